#include <algorithm>

#include "dsl/elaborate/blocks/field_reader.h"
#include "dsl/elaborate/elaborator.h"

namespace dlc {

namespace {

constexpr const char* reader_names[] = {"csv", "cifar", "idx", "images", "audio", "text", "lines"};

bool is_part(const std::string& name) {
  return name == "train" || name == "valid" || name == "test";
}

}  // namespace

/// csv("wine.csv", names = [...]): the reader and its arguments, settings all of them.
std::optional<DataReader> Elaborator::reader_call(const tree::Expression& expression) {
  const auto* call = std::get_if<tree::Call>(&expression.what);
  const std::vector<std::string> names(std::begin(reader_names), std::end(reader_names));
  if (!call) {
    report(message::reader_wanted, expression.range);
    return std::nullopt;
  }
  if (std::find(names.begin(), names.end(), call->function.text) == names.end()) {
    suggest(report(message::unknown_reader, call->function.range, call->function.text), call->function.text,
            names);
    return std::nullopt;
  }
  DataReader reader{call->function.text, {}, place_of(expression.range)};
  for (const tree::Argument& argument : call->arguments) {
    std::optional<Setting> setting = setting_of(*argument.value);
    if (!setting) return std::nullopt;
    reader.arguments.emplace_back(argument.name ? argument.name->text : "", std::move(*setting));
  }
  return reader;
}

void Elaborator::split_line(const tree::SplitLine& line, DataDescription& description) {
  Split split;
  split.in_order = line.in_order;
  double shares = 0;
  for (const tree::SplitLine::Portion& portion : line.portions) {
    const std::optional<Setting> size = setting_of(portion.size);
    const std::optional<double> number = size ? as_number(*size) : std::nullopt;
    if (!number || *number < 0) {
      if (size) report(message::split_size, portion.size.range, to_text(*size));
      continue;
    }
    Split::Portion made;
    made.part = portion.part.text;
    made.is_share = !as_integer(*size).has_value();
    made.share = *number;
    made.count = as_integer(*size).value_or(0);
    if (made.is_share) shares += *number;
    split.portions.push_back(std::move(made));
  }
  if (shares > 1 + 1e-9)
    report(message::split_too_much, line.portions[0].size.range, to_text(Setting{shares}));
  if (line.seed) {
    if (const std::optional<std::int64_t> seed = integer_setting(*line.seed, "a seed")) {
      split.seed = static_cast<std::uint64_t>(*seed);
    }
  }
  description.split = std::move(split);
}

/// The stratified field is known once all fields are.
void Elaborator::stratify_by(const tree::Name& name, DataDescription& description) {
  std::vector<std::string> names;
  for (const Field& field : description.fields) {
    names.push_back(field.name);
    if (field.name != name.text) continue;
    if (field.class_column.empty()) {
      report(message::stratify_class, name.range, name.text);
    } else {
      description.split->stratify = field.class_column;
    }
    return;
  }
  suggest(report(message::unknown_field, name.range, name.text, description.name), name.text, names);
}

DataDescription Elaborator::bind_data(const tree::Data& block) {
  DataDescription description;
  description.name = block.name.text;
  const bool is_scratch = activations_.empty();
  if (is_scratch) open_activation("");
  std::vector<Binding> fields;
  for (const tree::DataLine& line : block.lines) {
    if (const auto* part = std::get_if<tree::PartLine>(&line.line)) {
      if (!is_part(part->part.text)) continue;
      if (std::optional<DataReader> reader = reader_call(part->reader)) {
        if (!description.parts.emplace(part->part.text, std::move(*reader)).second) {
          report(message::part_twice, part->part.range, part->part.text);
        }
      }
    } else if (const auto* from = std::get_if<tree::FromLine>(&line.line)) {
      if (description.from) report(message::part_twice, line.range, "from");
      description.from = reader_call(from->reader);
    } else if (const auto* split = std::get_if<tree::SplitLine>(&line.line)) {
      split_line(*split, description);
    }
  }
  const bool has_train = description.parts.contains("train") || description.split;
  if (!has_train && errors_ == 0) report(message::no_train_part, block.name.range, block.name.text);
  if (description.split && !description.from && errors_ == 0) {
    report(message::split_without_from, block.name.range, block.name.text);
  }
  for (const tree::DataLine& line : block.lines) {
    builder.places = {place_of(line.range)};
    if (const auto* field = std::get_if<tree::FieldLine>(&line.line)) {
      if (std::any_of(fields.begin(), fields.end(),
                      [&](const Binding& b) { return b.name == field->name.text; })) {
        report(message::declared_twice, field->name.range, field->name.text);
        continue;
      }
      Meaning meaning = FieldReader(*this, description, *field).read();
      if (wants_raw_ && std::holds_alternative<Quantity>(meaning))
        raw_[field->name.text] = std::get<Quantity>(meaning);
      fields.push_back(
          {field->name.text, std::move(meaning), Binding::Role::value, field->name.range, false, {}});
    } else if (const auto* standardized = std::get_if<tree::StandardizeLine>(&line.line)) {
      standardize(*standardized, description, fields);
    } else if (const auto* augmented = std::get_if<tree::AugmentLine>(&line.line)) {
      augment(*augmented, description, fields);
    }
  }
  for (const tree::DataLine& line : block.lines) {
    const auto* split = std::get_if<tree::SplitLine>(&line.line);
    if (split && split->stratify && description.split) stratify_by(*split->stratify, description);
  }
  for (Binding& field : fields) now().scopes.back().push_back(std::move(field));
  if (is_scratch) activations_.pop_back();
  return description;
}

/// The field becomes (x − mean) / deviation; the figures are states that the runtime fills from the training
/// part.
void Elaborator::standardize(const tree::StandardizeLine& line, DataDescription& description,
                             std::vector<Binding>& fields) {
  const auto field = std::find_if(fields.begin(), fields.end(),
                                  [&](const Binding& binding) { return binding.name == line.field.text; });
  if (field == fields.end()) {
    std::vector<std::string> names;
    for (const Binding& binding : fields) names.push_back(binding.name);
    suggest(report(message::unknown_field, line.field.range, line.field.text, description.name),
            line.field.text, names);
    return;
  }
  auto* tensor = std::get_if<Quantity>(&field->meaning);
  if (!tensor) return;
  if (tensor->kind != Kind::number) {
    report(message::standardize_class, line.field.range, line.field.text);
    return;
  }
  const std::size_t rank = tensor->dimensions.size();
  if (line.kept.size() > rank) {
    report(message::standardize_rank, line.field.range, line.field.text, shape_text(*tensor));
    return;
  }
  const std::size_t pooled = line.pooled ? rank - line.kept.size() : 0;
  Standardize made{line.field.text, {}, pooled};
  for (std::size_t i = pooled; i < rank; ++i) made.figures.push_back(builder.extent(tensor->dimensions[i]));
  const std::string stem = "data." + line.field.text;
  const auto figure = [&](const char* which) {
    Type type{Kind::number, Element::f32, made.figures, 0, 0};
    Quantity state = builder.node(stem + "." + which, std::move(type), State{}, {});
    AxisMap map;
    for (std::size_t i = 0; i < made.figures.size(); ++i) {
      map.emplace_back(state.dimensions[i].axis, dlc::position_of(tensor->dimensions[pooled + i].axis));
    }
    state.body = substituted(state.body, map, builder.axes);
    state.dimensions = tensor->dimensions;
    return state;
  };
  const Quantity mean = figure("mean");
  const Quantity deviation = figure("deviation");
  const auto number = [](double value) { return constant_body(value, Kind::number); };
  // What is constant becomes 0.
  Quantity brought = *tensor;
  brought.body =
      call_body(Scalar::divide, call_body(Scalar::subtract, tensor->body, mean.body), deviation.body);
  brought.body =
      select_body(call_body(Scalar::equal, deviation.body, number(0)), number(0), std::move(brought.body));
  *tensor = builder.materialized(brought, stem + ".standardized");
  figures_[line.field.text] = {mean, deviation};
  description.standardize.push_back(std::move(made));
}

}  // namespace dlc
