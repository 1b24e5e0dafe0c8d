#include <algorithm>

#include "dsl/elaborate/elaborator.h"
#include "dsl/elaborate/graphs.h"

namespace dlc {

void Elaborator::open_activation(std::string site) {
  auto activation = std::make_unique<Activation>();
  activation->site = std::move(site);
  activation->ambient = {batch_axis_};
  activation->first_inner_axis = static_cast<std::uint32_t>(builder.axes.indices.size());
  activation->scopes.emplace_back();
  activations_.push_back(std::move(activation));
}

/// epochs=, steps= and batch= of the command line take the place of the lines.
const tree::Expression& Elaborator::given_or(const std::string& name, const tree::Expression& written) const {
  const auto given = setup_.overrides.find(name);
  return given == setup_.overrides.end() ? written : given->second;
}

std::optional<std::int64_t> Elaborator::positive(const std::string& name, const tree::Expression& written) {
  const tree::Expression& expression = given_or(name, written);
  const std::optional<std::int64_t> value = integer_setting(expression, name.c_str());
  if (value && *value < 1) {
    report(message::not_positive, expression.range, name, *value);
    return std::nullopt;
  }
  return value;
}

TrainDescription Elaborator::train(const tree::Train& block) {
  TrainDescription description;
  description.present = true;
  open_activation("");
  refuse_repeated(block);
  for (const tree::TrainLine& line : block.lines) {
    const auto* use = std::get_if<tree::DataUse>(&line.line);
    if (!use) continue;
    const auto found = setup_.program.data.find(use->data.text);
    if (found == setup_.program.data.end()) {
      std::vector<std::string> names;
      for (const auto& [name, data] : setup_.program.data) names.push_back(name);
      suggest(report(message::unknown_data, use->data.range, use->data.text), use->data.text, names);
      fields_are_unknown_ = true;
      continue;
    }
    setup_.data = bind_data(*found->second);
  }
  for (const tree::TrainLine& line : block.lines) train_line(line, description);
  for (const tree::TrainLine& line : block.lines) {
    if (const auto* keep = std::get_if<tree::Keep>(&line.line)) keep_line(*keep, description);
    if (const auto* stop = std::get_if<tree::Stop>(&line.line)) stop_line(*stop, description);
  }
  override_length(description);
  require_lines(block, description);
  if (mode_ == Mode::training) add_updates();
  return description;
}

/// A length from the command line takes the place of the one that is written, whichever word that has.
void Elaborator::override_length(TrainDescription& description) {
  const auto steps = setup_.overrides.find("steps");
  const auto epochs = setup_.overrides.find("epochs");
  if (steps != setup_.overrides.end()) {
    description.steps = positive("steps", steps->second);
    description.epochs.reset();
  } else if (epochs != setup_.overrides.end()) {
    description.epochs = positive("epochs", epochs->second);
    description.steps.reset();
  }
}

/// A train block says what is minimised, on how many examples at once, and how long.
void Elaborator::require_lines(const tree::Train& block, const TrainDescription& description) {
  bool has_minimize = false;
  bool has_batch = false;
  bool has_length = description.epochs || description.steps;
  for (const tree::TrainLine& line : block.lines) {
    has_minimize = has_minimize || std::holds_alternative<tree::Minimize>(line.line) ||
                   std::holds_alternative<tree::Step>(line.line);
    has_batch = has_batch || std::holds_alternative<tree::Batch>(line.line);
    has_length = has_length || std::holds_alternative<tree::Epochs>(line.line) ||
                 std::holds_alternative<tree::Steps>(line.line);
  }
  const SourceRange& place = setup_.program.train_place;
  const bool has_data = setup_.data || fields_are_unknown_;
  if (!has_minimize) report(message::missing_line, place, "minimize E with OPTIMIZER");
  if (!has_batch) report(message::missing_line, place, "batch N");
  if (!has_length) report(message::missing_line, place, has_data ? "epochs N" : "steps N");
  if (has_data) return;
  if (description.epochs) report(message::steps_without_data, place);
  if (has_batch && description.batch_is_all) report(message::batch_without_data, place);
}

void Elaborator::train_line(const tree::TrainLine& line, TrainDescription& description) {
  builder.places = {place_of(line.range)};
  std::visit(tree::match{
                 [](const tree::DataUse&) {},
                 [&](const tree::Batch& batch) { batch_line(batch, description); },
                 [&](const tree::Epochs& epochs) { description.epochs = positive("epochs", epochs.count); },
                 [&](const tree::Steps& steps) { description.steps = positive("steps", steps.count); },
                 [&](const tree::Minimize& line_of_loss) { minimize(line_of_loss); },
                 [&](const tree::Metric& line_of_metric) { metric(line_of_metric, description); },
                 [&](const tree::Predict& line_of_field) { predict(line_of_field, description); },
                 [&](const tree::Sample&) { not_yet(line.range, "`sample`"); },
                 [&](const tree::Start& start) {
                   description.start = {start.file.value, place_of(start.file.range)};
                 },
                 [&](const tree::Validate& validate) {
                   description.validate_steps = positive("validate", validate.steps);
                 },
                 [](const tree::Keep&) {},
                 [](const tree::Stop&) {},
                 [&](const tree::Step&) { not_yet(line.range, "`step` blocks"); },
                 [&](const tree::Every&) { not_yet(line.range, "`every`"); },
                 [&](const tree::Statement& statement) { run(statement, false, false); },
             },
             line.line);
}

void Elaborator::batch_line(const tree::Batch& batch, TrainDescription& description) {
  const bool is_given = setup_.overrides.contains("batch");
  if (setup_.batch_is_all || (!batch.size && !is_given)) {
    description.batch_is_all = true;
    return;
  }
  const tree::Expression* size = is_given ? &setup_.overrides.find("batch")->second : &*batch.size;
  if (const std::optional<std::int64_t> value = positive("batch", *size)) description.batch = *value;
}

std::int64_t Elaborator::batch_of(const tree::Train& block) {
  TrainDescription description;
  open_activation("");
  for (const tree::TrainLine& line : block.lines) {
    if (const auto* batch = std::get_if<tree::Batch>(&line.line)) batch_line(*batch, description);
  }
  return description.batch;
}

void Elaborator::raw_fields(const tree::Train& block) {
  wants_raw_ = true;
  open_activation("");
  for (const tree::TrainLine& line : block.lines) {
    const auto* use = std::get_if<tree::DataUse>(&line.line);
    const auto found = use ? setup_.program.data.find(use->data.text) : setup_.program.data.end();
    if (found == setup_.program.data.end()) continue;
    for (const Standardize& each : bind_data(*found->second).standardize) {
      const std::string name = "field." + each.field;
      builder.graph.outputs.push_back({name, builder.value_of(raw_.at(each.field), name)});
    }
  }
}

/// What --predict writes: scores of the classes of a field, or a value like it, brought back from where
/// `standardize` took the field.
void Elaborator::predict(const tree::Predict& line, TrainDescription& description) {
  if (description.predict) return;  // refuse_repeated tells of it
  const Meaning meaning = evaluate(line.value);
  description.predict = TrainDescription::Predict{line.field.text};
  std::optional<Quantity> tensor = tensor_of(meaning, line.value.range);
  const Field* field = nullptr;
  std::vector<std::string> names;
  if (setup_.data) {
    for (const Field& each : setup_.data->fields) {
      names.push_back(each.name);
      if (each.name == line.field.text) field = &each;
    }
  }
  if (!field) {
    if (fields_are_unknown_) return;
    const Binding* bound = find_binding(line.field.text);
    if (bound && is_poison(bound->meaning)) return;  // a field that is wrong itself
    suggest(report(message::unknown_field, line.field.range, line.field.text,
                   setup_.data ? setup_.data->name : "data"),
            line.field.text, names);
    return;
  }
  if (!tensor) return;
  const Shape shape = builder.shape_of(*tensor);
  const bool fits = field->is_class
                        ? !shape.empty() && (field->classes == 0 || shape.back() >= field->classes)
                        : shape == field->shape;
  if (!fits) {
    const Shape wanted = field->is_class ? Shape{field->classes} : field->shape;
    const auto added = report(message::predict_shape, line.value.range, field->name, wanted, shape);
    note_history(added, *tensor);
    return;
  }
  Quantity value = as_number(std::move(*tensor));
  if (const auto figures = figures_.find(field->name); figures != figures_.end()) {
    Quantity scaled_up =
        std::get<Quantity>(combined(builder, Scalar::multiply, value, figures->second.deviation));
    value = std::get<Quantity>(combined(builder, Scalar::add, std::move(scaled_up), figures->second.mean));
  }
  // One for each example, whatever it depends on.
  const std::vector<IndexId> frame = builder.frame_of(value);
  if (std::find(frame.begin(), frame.end(), batch_axis_) == frame.end()) {
    report(message::predict_without_example, line.value.range);
    return;
  }
  builder.graph.outputs.push_back({"predict", builder.value_of(value, "predict")});
}

/// `line` is the word that the metric stands behind.
bool Elaborator::is_known_metric(const tree::Path& path, const TrainDescription& description,
                                 const char* line) {
  std::vector<std::string> known = {"loss"};
  for (const MetricDescription& metric : description.metrics) known.push_back(metric.name);
  const std::string& part = path.names[0].text;
  if (path.names.size() != 2 || (part != "train" && part != "valid" && part != "test")) {
    suggest(report(message::part_and_metric, path.range, text_of(path.range)), part,
            {"train", "valid", "test"});
    return false;
  }
  const std::string& name = path.names[1].text;
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    const auto added = report(message::unknown_metric, path.names[1].range, name);
    suggest(added, name, known);
    std::string listed;
    for (const std::string& each : known) listed += (listed.empty() ? "`" : ", `") + each + "`";
    added.note(message::metrics_listed, listed);
    return false;
  }
  if (part == "test") {
    report(message::test_is_measured_once, path.range, line);
    return false;
  }
  for (const MetricDescription& metric : description.metrics) {
    if (metric.name != name || metric.shape.empty()) continue;
    report(message::metric_shape, path.range, line, name, metric.shape);
    return false;
  }
  if (part == "train") return true;
  if (!setup_.data) {
    if (!fields_are_unknown_) report(message::part_without_data, path.names[0].range, part, line);
    return false;
  }
  bool has_part = setup_.data->parts.contains(part);
  if (setup_.data->split) {
    for (const Split::Portion& portion : setup_.data->split->portions)
      has_part = has_part || portion.part == part;
  }
  if (!has_part) report(message::unknown_part, path.names[0].range, part, setup_.data->name);
  return has_part;
}

void Elaborator::keep_line(const tree::Keep& line, TrainDescription& description) {
  if (!is_known_metric(line.metric, description, "keep")) return;
  description.keep = {line.highest ? Direction::highest : Direction::lowest, line.metric.names[0].text,
                      line.metric.names[1].text};
}

void Elaborator::stop_line(const tree::Stop& line, TrainDescription& description) {
  const std::optional<std::int64_t> epochs = integer_setting(line.epochs, "the epochs of `stop`");
  if (!is_known_metric(line.metric, description, "stop") || !epochs) return;
  if (*epochs < 1) {
    report(message::not_positive, line.epochs.range, "stop after", *epochs);
    return;
  }
  description.stop = {*epochs, line.higher ? Direction::highest : Direction::lowest,
                      line.metric.names[0].text, line.metric.names[1].text};
}

}  // namespace dlc
