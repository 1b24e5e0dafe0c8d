#include "tools/dlc/weights_file.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "runtime/report/format.h"

namespace dlc {

namespace {

bool is_needed_to_predict(const Weights::Entry& entry) {
  // An optimizer's states are named PARAMETER:STATE; all others belong to the net or to the data.
  return entry.name.find(':') == std::string::npos;
}

std::string exact(double value) {
  return nlohmann::json(value).dump();
}

Metadata metadata_of(const Model& model, const LoadedData& data, const TrainingPosition* position,
                     std::uint64_t seed) {
  Metadata metadata;
  metadata["dlc"] = DLC_VERSION;
  for (const Field& field : model.data.fields) {
    if (!field.is_class) continue;
    const auto names = data.classes.find(field.class_column);
    if (names != data.classes.end()) metadata["classes." + field.name] = nlohmann::json(names->second).dump();
  }
  if (position == nullptr) return metadata;
  metadata["seed"] = std::to_string(seed);
  metadata["epoch"] = std::to_string(position->epoch);
  metadata["step"] = std::to_string(position->step);
  metadata["next_example"] = std::to_string(position->next);
  metadata["order"] = "epoch_order(count, seed, epoch)";
  if (position->best) {
    metadata["best"] = exact(*position->best);
    metadata["best_epoch"] = std::to_string(position->best_epoch);
  }
  if (position->stop_best) {
    metadata["stop_best"] = exact(*position->stop_best);
    metadata["stop_epoch"] = std::to_string(position->stop_epoch);
  }
  return metadata;
}

}  // namespace

Result<void> write_weights(const std::filesystem::path& path, const Weights& weights, const Model& model,
                           const LoadedData& data, const TrainingPosition* position, std::uint64_t seed) {
  std::vector<TensorView> views;
  for (const Weights::Entry& entry : weights.entries()) {
    if (position == nullptr && !is_needed_to_predict(entry)) continue;
    views.push_back({entry.name, ElementType::f32, entry.shape, {entry.buffer.data(), entry.buffer.size()}});
  }
  return write_safetensors(path, views, metadata_of(model, data, position, seed));
}

Result<void> read_weights(const std::filesystem::path& path, Weights& weights, const Model& model) {
  const Result<Tensors> tensors = read_safetensors(path);
  if (!tensors) return tensors.failure();
  std::string trouble;
  for (Weights::Entry& entry : weights.entries()) {
    if (!is_needed_to_predict(entry)) continue;
    const TensorView* view = tensors->find(entry.name);
    if (view == nullptr) {
      trouble += (trouble.empty() ? "" : "; ") + entry.name + " is not in it";
    } else if (view->shape != entry.shape || view->element != ElementType::f32) {
      trouble += (trouble.empty() ? "" : "; ") + entry.name + " is " + shape_text(view->shape) + " in it, " +
                 shape_text(entry.shape) + " in " + model.file;
    } else {
      std::memcpy(entry.buffer.data(), view->data.data(), view->data.size());
    }
  }
  if (trouble.empty()) return {};
  return Failure{"these weights are of another net: " + trouble, path.string(), 0, 0, -1, false};
}

}  // namespace dlc
