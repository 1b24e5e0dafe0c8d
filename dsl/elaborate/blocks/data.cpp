#include <algorithm>

#include "dsl/elaborate/blocks/field_reader.h"
#include "dsl/elaborate/blocks/reader_forms.h"
#include "dsl/elaborate/elaborator.h"

namespace dlc {

namespace {

bool is_image_size(const Setting& setting) {
  const ListSetting* list = as_list(setting);
  return list && list->elements.size() == 2 &&
         std::all_of(list->elements.begin(), list->elements.end(),
                     [](const Setting& element) { return as_integer(element).value_or(0) > 0; });
}

bool is_part(const std::string& name) {
  return name == "train" || name == "valid" || name == "test";
}

/// Is it a list of strings?
bool is_texts(const Setting& setting) {
  const ListSetting* list = as_list(setting);
  return list && std::all_of(list->elements.begin(), list->elements.end(),
                             [](const Setting& element) { return as_text(element) != nullptr; });
}

bool fits(OptionKind kind, const Setting& setting) {
  switch (kind) {
    case OptionKind::texts: return is_texts(setting);
    case OptionKind::text_or_texts: return is_texts(setting) || as_text(setting) != nullptr;
    case OptionKind::character: return as_text(setting) != nullptr && as_text(setting)->size() == 1;
    case OptionKind::image_size: return is_image_size(setting);
  }
  return false;
}

const char* wanted_text(OptionKind kind) {
  switch (kind) {
    case OptionKind::texts: return "a list of strings";
    case OptionKind::text_or_texts: return "a string or a list of strings";
    case OptionKind::character: return "a string of one character";
    case OptionKind::image_size: return "a list [height, width] of integers above 0";
  }
  return "";
}

bool splits_off_train(const Split& split) {
  return std::any_of(split.portions.begin(), split.portions.end(),
                     [](const Split::Portion& portion) { return portion.part == "train"; });
}

}  // namespace

/// csv("wine.csv", names = [...]): the reader and its arguments, settings all of them.
std::optional<DataReader> Elaborator::reader_call(const tree::Expression& expression) {
  const auto* call = std::get_if<tree::Call>(&expression.what);
  if (!call) {
    report(message::reader_wanted, expression.range);
    return std::nullopt;
  }
  const ReaderForm* form = find_reader(call->function.text);
  if (form == nullptr) {
    std::vector<std::string> names;
    for (const ReaderForm& each : reader_forms()) names.emplace_back(each.name);
    suggest(report(message::unknown_reader, call->function.range, call->function.text), call->function.text,
            names);
    return std::nullopt;
  }
  if (!form->is_there) {
    not_yet(call->function.range, "the reader `" + call->function.text + "`");
    return std::nullopt;
  }
  DataReader reader{call->function.text, {}, place_of(expression.range)};
  bool is_sound = true;
  for (const tree::Argument& argument : call->arguments) {
    std::optional<Setting> setting = setting_of(*argument.value);
    if (!setting || !fits_reader(*form, reader, argument, *setting)) {
      is_sound = false;
      continue;
    }
    reader.arguments.emplace_back(argument.name ? argument.name->text : "", std::move(*setting));
  }
  if (!is_sound) return std::nullopt;
  if (std::none_of(reader.arguments.begin(), reader.arguments.end(),
                   [&](const auto& argument) { return find_option(*form, argument.first) == nullptr; })) {
    report(message::reader_wanted, expression.range);
    return std::nullopt;
  }
  return reader;
}

/// Does the reader take this argument, and of this kind?
bool Elaborator::fits_reader(const ReaderForm& form, const DataReader& reader, const tree::Argument& argument,
                             const Setting& setting) {
  const std::string name = argument.name ? argument.name->text : "";
  for (const auto& [given, value] : reader.arguments) {
    if (name.empty() || given != name) continue;
    report(message::argument_twice, argument.range, name);
    return false;
  }
  const ReaderOption* option = name.empty() ? nullptr : find_option(form, name);
  if (option == nullptr && !name.empty() && !form.has_named_files) {
    std::vector<std::string> names;
    for (const ReaderOption& each : form.options) names.emplace_back(each.name);
    suggest(report(message::unknown_argument, argument.name->range, reader.reader, name), name, names);
    return false;
  }
  if (option == nullptr && name.empty() && !form.has_files) {
    report(message::reader_names_columns, argument.range, reader.reader);
    return false;
  }
  if (option != nullptr ? fits(option->kind, setting) : as_text(setting) != nullptr) return true;
  report(message::reader_argument, argument.value->range, reader.reader,
         name.empty() ? "a file" : "`" + name + "`",
         option != nullptr ? wanted_text(option->kind) : "a string", described(setting));
  return false;
}

/// Shares or counts: 0.7 is a share, 3 is a count of examples.
bool Elaborator::split_is_sound(const tree::SplitLine& line, const Split& split) {
  double shares = 0;
  for (std::size_t i = 0; i < split.portions.size(); ++i) {
    const Split::Portion& portion = split.portions[i];
    if (portion.is_share) shares += portion.share;
    if (portion.is_share == split.portions[0].is_share) continue;
    const Split::Portion& share = portion.is_share ? portion : split.portions[0];
    const Split::Portion& count = portion.is_share ? split.portions[0] : portion;
    report(message::split_mixed, line.portions[i].size.range, to_text(Setting{share.share}), count.count);
    return false;
  }
  if (shares <= 1 + 1e-9) return true;
  report(message::split_too_much, line.portions[0].size.range, to_text(Setting{shares}));
  return false;
}

void Elaborator::split_line(const tree::SplitLine& line, DataDescription& description) {
  Split split;
  split.in_order = line.in_order;
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
    split.portions.push_back(std::move(made));
  }
  if (split.portions.size() == line.portions.size()) split_is_sound(line, split);
  if (line.seed) {
    if (const std::optional<std::int64_t> seed = integer_setting(*line.seed, "a seed")) {
      split.seed = static_cast<std::uint64_t>(*seed);
    }
  }
  description.split = std::move(split);
}

/// The columns of fields with `missing drop`: an example with an empty cell in one of them is none, whatever
/// its class.
std::vector<std::string> Elaborator::dropping_columns(const tree::Data& block) {
  const bool drops = std::any_of(block.lines.begin(), block.lines.end(), [](const tree::DataLine& line) {
    const auto* field = std::get_if<tree::FieldLine>(&line.line);
    return field && field->missing && std::holds_alternative<tree::MissingDrop>(*field->missing);
  });
  if (!drops || is_looking_ahead_) return {};
  Elaborator ahead(setup_, 1, Mode::evaluation);
  ahead.muted_ = 1;
  ahead.is_looking_ahead_ = true;
  std::vector<std::string> columns;
  for (const ColumnUse& use : ahead.bind_data(block).columns) {
    if (use.missing == ColumnUse::Missing::drop)
      columns.insert(columns.end(), use.columns.begin(), use.columns.end());
  }
  return columns;
}

/// The stratified field is known once all fields are.
void Elaborator::stratify_by(const tree::Name& name, DataDescription& description,
                             std::vector<Binding>& fields) {
  const Binding* const bound = named_field(name, description, fields);
  if (bound == nullptr || is_poison(bound->meaning)) return;
  for (const Field& field : description.fields) {
    if (field.name != name.text) continue;
    if (field.class_column.empty()) {
      report(message::stratify_class, name.range, name.text);
    } else {
      description.split->stratify = field.class_column;
    }
    return;
  }
}

DataDescription Elaborator::bind_data(const tree::Data& block) {
  DataDescription description;
  description.name = block.name.text;
  const bool is_scratch = activations_.empty();
  if (is_scratch) open_activation("");
  refuse_repeated(block);
  std::vector<Binding> fields;
  for (const tree::DataLine& line : block.lines) {
    if (const auto* part = std::get_if<tree::PartLine>(&line.line)) {
      if (!is_part(part->part.text)) continue;
      // A part whose reader is wrong is there all the same: a reader without a name reads nothing.
      description.parts.emplace(part->part.text, reader_call(part->reader).value_or(DataReader{}));
    } else if (const auto* from = std::get_if<tree::FromLine>(&line.line)) {
      description.from = reader_call(from->reader);
    } else if (const auto* split = std::get_if<tree::SplitLine>(&line.line)) {
      split_line(*split, description);
    }
  }
  const bool has_train =
      description.parts.contains("train") || (description.split && splits_off_train(*description.split));
  if (!has_train && errors_ == 0) report(message::no_train_part, block.name.range, block.name.text);
  if (description.split && !description.from && errors_ == 0) {
    report(message::split_without_from, block.name.range, block.name.text);
  }
  const std::vector<std::string> dropping = dropping_columns(block);
  if (description.from) description.from->dropping = dropping;
  for (auto& [part, reader] : description.parts) reader.dropping = dropping;
  for (const tree::DataLine& line : block.lines) {
    builder.places = {place_of(line.range)};
    if (const auto* field = std::get_if<tree::FieldLine>(&line.line)) {
      if (std::any_of(fields.begin(), fields.end(),
                      [&](const Binding& b) { return b.name == field->name.text; })) {
        report(message::declared_twice, field->name.range, field->name.text);
        continue;
      }
      Meaning meaning = FieldReader(*this, description, block, *field).read();
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
    if (split && split->stratify && description.split) stratify_by(*split->stratify, description, fields);
  }
  for (Binding& field : fields) now().scopes.back().push_back(std::move(field));
  if (is_scratch) activations_.pop_back();
  return description;
}

/// The field that a line is about; null after saying that the block has none of that name.
Binding* Elaborator::named_field(const tree::Name& name, const DataDescription& description,
                                 std::vector<Binding>& fields) {
  const auto field = std::find_if(fields.begin(), fields.end(),
                                  [&](const Binding& binding) { return binding.name == name.text; });
  if (field != fields.end()) return &*field;
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const Binding& binding : fields) names.push_back(binding.name);
  suggest(report(message::unknown_field, name.range, name.text, description.name), name.text, names);
  return nullptr;
}

/// The field becomes (x − mean) / deviation; the figures are states that the runtime fills from the training
/// part.
void Elaborator::standardize(const tree::StandardizeLine& line, DataDescription& description,
                             std::vector<Binding>& fields) {
  Binding* const field = named_field(line.field, description, fields);
  if (field == nullptr) return;
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
