#include "tools/dlc/run/weights_file.h"

#include <array>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>

#include "runtime/report/format.h"

namespace dlc {

namespace {

constexpr const char* known_data_key = "data";

bool is_needed_to_predict(const Weights::Entry& entry) {
  // An optimizer's states are named PARAMETER:STATE; all others belong to the net or to the data.
  return entry.name.find(':') == std::string::npos;
}

/// The shortest text that reads back to the same number, infinities and what is no number too.
std::string exact(double value) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

/// The whole text as a number.
template <class Number>
bool read_number(std::string_view text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

/// What metadata_of has written; none if anything is missing or is not what it should be.
std::optional<TrainingPosition> position_of(const Metadata& metadata, std::uint64_t seed) {
  const auto number = [&](const char* name, auto& value) {
    const auto found = metadata.find(name);
    return found != metadata.end() && read_number(found->second, value);
  };
  TrainingPosition at;
  std::uint64_t own_seed = 0;
  if (!number("seed", own_seed) || own_seed != seed || !number("epoch", at.epoch) ||
      !number("step", at.step) || !number("next_example", at.next) || !number("measured", at.measured) ||
      at.epoch < 1 || at.step < 0 || at.next < 0) {
    return std::nullopt;
  }
  for (const auto& [name, value, epoch, of] :
       {std::tuple("best", &at.best, "best_epoch", &at.best_epoch),
        std::tuple("stop_best", &at.stop_best, "stop_epoch", &at.stop_epoch)}) {
    if (!metadata.contains(name)) continue;
    double best = 0;
    if (!number(name, best) || !number(epoch, *of)) return std::nullopt;
    *value = best;
  }
  number("best_step", at.best_step);  // Earlier versions did not write it.
  const auto sums = metadata.find("sums");
  for (std::string_view rest = sums == metadata.end() ? "" : std::string_view(sums->second); !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    if (!read_number(rest.substr(0, end), at.sums.emplace_back())) return std::nullopt;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return at;
}

Metadata metadata_of(const Model& model, const KnownData& data, const TrainingPosition* position,
                     std::uint64_t seed) {
  Metadata metadata;
  metadata["dlc"] = DLC_VERSION;
  metadata[known_data_key] = to_json(data);
  for (const Field& field : model.data.fields) {
    if (!field.is_class) continue;
    if (data.learned.classes.contains(field.class_column))
      metadata["classes." + field.name] = nlohmann::json(data.learned.names_of(field.class_column)).dump();
  }
  if (position == nullptr) return metadata;
  metadata["seed"] = std::to_string(seed);
  metadata["epoch"] = std::to_string(position->epoch);
  metadata["step"] = std::to_string(position->step);
  metadata["next_example"] = std::to_string(position->next);
  metadata["order"] = "epoch_order(count, seed, epoch)";
  metadata["measured"] = std::to_string(position->measured);
  for (const double sum : position->sums) metadata["sums"] += exact(sum) + " ";
  if (position->best) {
    metadata["best"] = exact(*position->best);
    metadata["best_epoch"] = std::to_string(position->best_epoch);
    metadata["best_step"] = std::to_string(position->best_step);
  }
  if (position->stop_best) {
    metadata["stop_best"] = exact(*position->stop_best);
    metadata["stop_epoch"] = std::to_string(position->stop_epoch);
  }
  return metadata;
}

}  // namespace

Result<void> write_weights(const std::filesystem::path& path, const Weights& weights, const Model& model,
                           const KnownData& data, const TrainingPosition* position, std::uint64_t seed) {
  std::vector<TensorView> views;
  for (const Weights::Entry& entry : weights.entries()) {
    if (position == nullptr && !is_needed_to_predict(entry)) continue;
    views.push_back({entry.name, ElementType::f32, entry.shape, {entry.buffer.data(), entry.buffer.size()}});
  }
  return write_safetensors(path, views, metadata_of(model, data, position, seed));
}

namespace {

Result<void> fill(const Tensors& tensors, const std::filesystem::path& path, Weights& weights,
                  const Model& model, bool all) {
  std::string trouble;
  for (Weights::Entry& entry : weights.entries()) {
    if (!all && !is_needed_to_predict(entry)) continue;
    const TensorView* view = tensors.find(entry.name);
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
  return Failure{.what = "these weights are of another net: " + trouble, .file = path.string()};
}

}  // namespace

Result<void> read_weights(const std::filesystem::path& path, Weights& weights, const Model& model) {
  const Result<Tensors> tensors = read_safetensors(path);
  if (!tensors) return tensors.failure();
  return fill(*tensors, path, weights, model, false);
}

Result<std::optional<KnownData>> read_known_data(const std::filesystem::path& path) {
  const Result<Tensors> tensors = read_safetensors(path);
  if (!tensors) return tensors.failure();
  const auto text = tensors->metadata.find(known_data_key);
  if (text == tensors->metadata.end()) return std::optional<KnownData>();
  Result<KnownData> known = known_data_of(text->second);
  if (!known) return Failure{.what = known.failure().what, .file = path.string()};
  // A net without data has nothing to say.
  if (known->columns.empty()) return std::optional<KnownData>();
  return std::optional(*std::move(known));
}

Result<TrainingPosition> read_last(const std::filesystem::path& path, Weights& weights, const Model& model,
                                   std::uint64_t seed) {
  const Result<Tensors> tensors = read_safetensors(path);
  if (!tensors) return tensors.failure();
  std::optional<TrainingPosition> position = position_of(tensors->metadata, seed);
  if (!position)
    return Failure{"this file does not say where the run stands", path.string(), 0, 0, -1, false};
  if (Result<void> filled = fill(*tensors, path, weights, model, true); !filled) return filled.failure();
  return *std::move(position);
}

}  // namespace dlc
