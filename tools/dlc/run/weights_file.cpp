#include "tools/dlc/run/weights_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
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

/// Reads what metadata_of has written of the position. The file may be from anywhere: the training counts on
/// from these numbers, so each of them is one that a training can come to.
class PositionReader {
 public:
  explicit PositionReader(const Metadata& metadata) : metadata_(metadata) {}

  Result<TrainingPosition> read(std::uint64_t seed) {
    const std::string* own_seed = find("seed");
    if (own_seed == nullptr)
      return Failure{.what = "this file does not say where the run stands", .file = {}};
    if (*own_seed != std::to_string(seed)) {
      return Failure{.what = "this file is of a run with the seed " + *own_seed + ", not " +
                             std::to_string(seed) + ": it is not this run's",
                     .file = {}};
    }
    TrainingPosition at;
    integer("step", at.step, 0, most_steps);
    integer("epoch", at.epoch, 1, std::max<std::int64_t>(at.step, 1));  // An epoch has at least one step.
    integer("next_example", at.next, 0, most_examples);
    integer("measured", at.measured, 0, at.step);
    best("best", at.best, "best_epoch", at.best_epoch, at.epoch);
    if (find("best_step") != nullptr) integer("best_step", at.best_step, 0, at.measured);
    best("stop_best", at.stop_best, "stop_epoch", at.stop_epoch, at.epoch);
    read_sums(at.sums);
    if (wrong_.empty()) return at;
    return Failure{.what = "where the run stands cannot be read: the file is damaged (" + wrong_ + ")",
                   .file = {}};
  }

 private:
  static constexpr std::int64_t most_steps = std::int64_t{1} << 40;
  static constexpr std::int64_t most_examples = std::int64_t{1} << 62;

  const std::string* find(const char* name) const {
    const auto found = metadata_.find(name);
    return found == metadata_.end() ? nullptr : &found->second;
  }

  /// The first that is wrong stays: what is wrong after it may be only for it.
  void tell(const char* name, const std::string& why = "") {
    if (!wrong_.empty()) return;
    const std::string* text = find(name);
    wrong_ = name + (text == nullptr ? std::string(" is missing") : " is " + *text + why);
  }

  void integer(const char* name, std::int64_t& value, std::int64_t least, std::int64_t most) {
    const std::string* text = find(name);
    if (text == nullptr || !read_number(*text, value)) {
      tell(name);
    } else if (value < least || value > most) {
      tell(name, ", it can be " + std::to_string(least) + " to " + std::to_string(most));
    }
  }

  /// A value of something that is watched, which may be infinite, and when it was reached.
  void best(const char* name, std::optional<double>& value, const char* epoch_name, std::int64_t& epoch,
            std::int64_t last_epoch) {
    const std::string* text = find(name);
    if (text == nullptr) return;
    double number = 0;
    if (!read_number(*text, number) || std::isnan(number)) tell(name);
    value = number;
    integer(epoch_name, epoch, 1, last_epoch);
  }

  /// The number of examples and then any numbers.
  void read_sums(std::vector<double>& sums) {
    const std::string* text = find("sums");
    for (std::string_view rest = text == nullptr ? "" : std::string_view(*text); !rest.empty();) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      if (!read_number(rest.substr(0, end), sums.emplace_back())) return tell("sums");
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (sums.empty()) return;
    const double examples = sums.front();
    if (!(examples >= 0 && examples <= static_cast<double>(most_examples)) ||
        examples != std::floor(examples))
      tell("sums");
  }

  const Metadata& metadata_;
  std::string wrong_;
};

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
  Result<TrainingPosition> position = PositionReader(tensors->metadata).read(seed);
  if (!position) return Failure{.what = position.failure().what, .file = path.string()};
  if (Result<void> filled = fill(*tensors, path, weights, model, true); !filled) return filled.failure();
  return position;
}

}  // namespace dlc
