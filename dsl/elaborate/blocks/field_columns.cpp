#include <algorithm>
#include <tuple>

#include "dsl/elaborate/blocks/field_reader.h"
#include "dsl/elaborate/blocks/reader_forms.h"

// The columns that a field names: what is known of them, and the inputs of a step that they become.

namespace dlc {

namespace {

/// What a step reads besides columns; a column of such a name is another input.
bool is_step_input(const std::string& name) {
  constexpr std::string_view names[] = {step_input::step,   step_input::steps, step_input::epoch,
                                        step_input::epochs, step_input::key,   step_input::epoch_key,
                                        step_input::example};
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// As many columns as a note names.
constexpr std::size_t most_listed = 12;

std::string without_blanks(std::string text) {
  std::erase_if(text, [](char letter) { return letter == ' ' || letter == '\t'; });
  return text;
}

/// The character that a table's cells are separated by, if the whole header was taken for one column.
std::optional<char> other_separator(const std::vector<std::string>& columns) {
  if (columns.size() != 1) return std::nullopt;
  const std::size_t found = columns[0].find_first_of(";\t|");
  return found == std::string::npos ? std::nullopt : std::optional(columns[0][found]);
}

/// What others write into a cell that is empty.
bool stands_for_nothing(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
  });
  constexpr std::string_view words[] = {"nan", "na", "n/a", "null", "none", "?", "-", "nil", "missing"};
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

}  // namespace

/// The reader's columns, as far as the file's text or the data say.
std::vector<std::string> FieldReader::known_columns() const {
  const DataReader* from = reader();
  if (!from) return {};
  const ElaborateOptions& options = elaborator_.setup_.options;
  if (options.list_columns) {
    std::vector<std::string> listed = options.list_columns(*from);
    if (!listed.empty()) return listed;
  }
  const ReaderForm& form = *find_reader(from->reader);
  std::vector<std::string> names;
  for (const auto& [name, setting] : from->arguments) {
    const ReaderOption* option = find_option(form, name);
    if (name.empty()) {
      for (const ReaderColumn& column : form.columns) names.emplace_back(column.name);
    } else if (option == nullptr) {
      names.push_back(name);
    } else if (option->names_columns) {
      for (const Setting& element : as_list(setting)->elements) names.push_back(*as_text(element));
    }
  }
  return names;
}

/// Does each column of the reader have a shape that only its data tell, and they are not there?
bool FieldReader::needs_data_for_shapes() const {
  const DataReader* from = reader();
  if (!from || find_reader(from->reader)->shapes != ColumnShapes::in_the_files) return false;
  const ElaborateOptions& options = elaborator_.setup_.options;
  return !options.list_columns || options.list_columns(*from).empty();
}

/// What a column's shape is where the data are not there: its reader's, else the one that is declared.
Shape FieldReader::shape_without_data(const std::string& column) const {
  const DataReader* from = reader();
  const ReaderForm* form = from ? find_reader(from->reader) : nullptr;
  if (form == nullptr || form->shapes == ColumnShapes::in_the_files) return declared_.value_or(Shape{});
  const auto found = std::find_if(form->columns.begin(), form->columns.end(),
                                  [&](const ReaderColumn& each) { return each.name == column; });
  return found == form->columns.end() ? Shape{} : found->shape;
}

/// Looks a column up; facts are absent where the data are not there. False if there is no such column.
bool FieldReader::find_column(const std::string& name, std::optional<ColumnFacts>& facts) {
  const DataReader* from = reader();
  if (!from) return true;
  const ElaborateOptions& options = elaborator_.setup_.options;
  if (options.find_column) facts = options.find_column(*from, name);
  if (facts) return true;
  const std::vector<std::string> known = known_columns();
  return known.empty() || std::find(known.begin(), known.end(), name) != known.end();
}

std::optional<Meaning> FieldReader::column(const std::string& name, const SourceRange& place) {
  std::optional<ColumnFacts> facts;
  if (!find_column(name, facts)) return std::nullopt;
  // Where nothing is known of the columns, a constant is none.
  if (!facts && known_columns().empty() && elaborator_.setup_.program.constants.contains(name))
    return std::nullopt;
  return add(name, {name}, place);
}

/// Of a class: written, by its names, or as many as there are distinct values.
void FieldReader::count_classes(ColumnUse& use, const std::optional<ColumnFacts>& facts,
                                const SourceRange& place) {
  use.is_class = true;
  use.classes_are_given = classes_.has_value();
  use.names = names_;
  use.names_file = names_file_;
  if (classes_) {
    use.classes = *classes_;
  } else if (facts && !facts->distinct.empty()) {
    std::vector<std::string> distinct = facts->distinct;
    const std::string filled =
        missing_text_ ? *missing_text_ : to_text(Setting{static_cast<std::int64_t>(missing_value_)});
    const bool is_filled = facts->has_empty && missing_ == ColumnUse::Missing::value;
    if (is_filled && std::find(distinct.begin(), distinct.end(), filled) == distinct.end()) {
      distinct.push_back(filled);
      // Texts are numbered by their bytes; of numbers only how many there are is used here.
      if (facts->is_text) std::sort(distinct.begin(), distinct.end());
    }
    use.classes = static_cast<std::int64_t>(distinct.size());
    if (names_.empty() && facts->is_text) use.names = distinct;
  } else {
    use.classes = assumed_classes;
    const auto& found_damage = elaborator_.setup_.options.found_damage;
    // Of what is there, and is no class, those who take the data tell more.
    if (!facts && !(found_damage && found_damage()))
      elaborator_.sink().add(message::classes_assumed, place, field_.name);
  }
}

Meaning FieldReader::no_column(const std::string& name, const SourceRange& place) {
  const auto added = elaborator_.report(message::unknown_column, place, name);
  const std::vector<std::string> known = known_columns();
  if (const std::optional<char> separator = other_separator(known)) {
    added.note(message::write_instead, std::string("separator = \"") + *separator + "\"");
    return Poison{};
  }
  for (const tree::DataLine& line : block_.lines) {
    const auto* field = std::get_if<tree::FieldLine>(&line.line);
    if (!field || field->name.text != name || field == &line_) continue;
    added.note(message::field_sees_columns, name, elaborator_.text_of(field->value.range));
    return Poison{};
  }
  const auto twin = std::find_if(known.begin(), known.end(), [&](const std::string& other) {
    return without_blanks(other) == without_blanks(name);
  });
  if (twin != known.end()) {
    added.note(message::write_instead, "column(\"" + *twin + "\")");
  } else {
    elaborator_.suggest(added, name, known);
  }
  std::string list;
  for (std::size_t i = 0; i < std::min(known.size(), most_listed); ++i)
    list += (i == 0 ? "`" : ", `") + known[i] + "`";
  if (known.size() > most_listed) list += " and " + std::to_string(known.size() - most_listed) + " more";
  if (!list.empty()) added.note(message::columns_listed, list);
  return Poison{};
}

/// Does `missing` give an empty cell of this column what such a column holds?
bool FieldReader::missing_fits(const std::string& column, bool is_text) {
  const bool gives_text = missing_ == ColumnUse::Missing::value && missing_text_;
  const bool gives_number =
      missing_ == ColumnUse::Missing::mean || (missing_ == ColumnUse::Missing::value && !missing_text_);
  if (is_text ? !gives_number : !gives_text) return true;
  const auto* expression = std::get_if<tree::Expression>(&*line_.missing);
  elaborator_.report(message::missing_kind, expression ? expression->range : line_.name.range, column,
                     is_text ? "a string" : "a number",
                     expression ? elaborator_.text_of(expression->range) : "`mean`");
  return false;
}

const ColumnUse* FieldReader::find_use(const std::string& input) const {
  const auto found = std::find_if(description_.columns.begin(), description_.columns.end(),
                                  [&](const ColumnUse& use) { return use.input == input; });
  return found == description_.columns.end() ? nullptr : &*found;
}

/// The same column is read once for each way of reading it: as a class and as a number, or with other cells
/// where it is empty.
std::string FieldReader::input_name(const ColumnUse& use, const std::string& title) const {
  const auto way = [](const ColumnUse& each) {
    return std::tie(each.is_class, each.classes, each.names, each.names_file, each.missing,
                    each.missing_value, each.missing_text);
  };
  std::string name = is_step_input(title) ? "column(" + title + ")" : title;
  for (int number = 2;; ++number) {
    const ColumnUse* const other = find_use(name);
    if (other == nullptr || way(*other) == way(use)) return name;
    name = "column(" + title + ", " + std::to_string(number) + ")";
  }
}

Meaning FieldReader::add(const std::string& title, std::vector<std::string> columns,
                         const SourceRange& place) {
  Elaborator& e = elaborator_;
  const bool as_class = field_.is_class && is_plain_column_;
  std::optional<ColumnFacts> facts;
  for (const std::string& column : columns) {
    std::optional<ColumnFacts> one;
    if (!find_column(column, one)) return no_column(column, place);
    if (one && one->is_text && !as_class) {
      const auto added = e.report(message::text_column, place, column, field_.name);
      if (!one->text_cell.empty()) added.note(message::text_cell, one->text_cell + ": \"" + one->text + "\"");
      if (stands_for_nothing(one->text))
        added.note(message::write_instead, "csv(…, missing = \"" + one->text + "\")");
      return Poison{};
    }
    if (one && line_.missing && !missing_fits(column, one->is_text)) return Poison{};
    if (!facts) facts = std::move(one);
  }
  if (is_unknown_ && !facts) return Poison{};
  ColumnUse use;
  use.columns = std::move(columns);
  use.place = e.place_of(place);
  use.missing = missing_;
  use.missing_value = missing_value_;
  use.missing_text = missing_text_.value_or("");
  const bool is_several = title.starts_with("columns(");
  if (is_several) {
    use.shape = {static_cast<std::int64_t>(use.columns.size())};
  } else if (facts) {
    use.shape = facts->shape;
  } else {
    use.shape = shape_without_data(use.columns.front());
  }
  Type type;
  if (as_class) {
    count_classes(use, facts, place);
    type = {Kind::integer, Element::i32, {}, 0, use.classes - 1};
    field_.class_names = use.names;
  } else {
    type.element = facts && !is_several ? facts->element : Element::f32;
  }
  use.input = input_name(use, title);
  if (as_class) field_.class_column = use.input;
  type.shape = {e.batch_};
  type.shape.insert(type.shape.end(), use.shape.begin(), use.shape.end());
  const std::string input = use.input;
  if (std::find(field_.inputs.begin(), field_.inputs.end(), input) == field_.inputs.end())
    field_.inputs.push_back(input);
  if (find_use(input) == nullptr) description_.columns.push_back(std::move(use));
  const std::vector<IndexId> frame = {e.batch_axis_};
  return e.builder.input(input, std::move(type), frame);
}

Meaning FieldReader::call(const tree::Name& function, const std::vector<tree::Argument>& arguments,
                          const SourceRange& range) {
  if (function.text == "columns") return columns(arguments, range);
  if (function.text != "column") return elaborator_.not_yet(range, "`" + function.text + "`");
  const std::optional<Setting> name =
      arguments.size() == 1 ? elaborator_.setting_of(*arguments[0].value) : std::nullopt;
  const std::string* text = name ? as_text(*name) : nullptr;
  if (!text) {
    elaborator_.report(message::column_name, range);
    return Poison{};
  }
  return add(*text, {*text}, range);
}

/// columns("a" .. "b", "d"): number columns side by side.
Meaning FieldReader::columns(const std::vector<tree::Argument>& arguments, const SourceRange& range) {
  Elaborator& e = elaborator_;
  const std::vector<std::string> known = known_columns();
  std::vector<std::string> chosen;
  std::string title;
  for (const tree::Argument& argument : arguments) {
    const std::optional<Setting> first = e.setting_of(*argument.value);
    const std::optional<Setting> last = argument.to ? e.setting_of(**argument.to) : first;
    const std::string* from = first ? as_text(*first) : nullptr;
    const std::string* to = last ? as_text(*last) : nullptr;
    if (!from || !to) {
      e.report(message::column_name, argument.range);
      return Poison{};
    }
    title += (title.empty() ? "" : ", ") + *from + (argument.to ? " .. " + *to : "");
    if (!argument.to) {
      chosen.push_back(*from);
      continue;
    }
    const auto begin = std::find(known.begin(), known.end(), *from);
    const auto end = std::find(known.begin(), known.end(), *to);
    if (known.empty()) {
      // Without the file only the declared shape says how many there are.
      const std::int64_t wanted = declared_ ? count(*declared_) : 2;
      for (std::int64_t i = 0; i < wanted; ++i) chosen.push_back(*from + "+" + std::to_string(i));
      continue;
    }
    if (begin != known.end() && end != known.end() && end < begin) {
      e.report(message::column_order, argument.range, *to, *from);
      return Poison{};
    }
    if (begin == known.end() || end == known.end()) {
      return no_column(begin == known.end() ? *from : *to, argument.range);
    }
    chosen.insert(chosen.end(), begin, end + 1);
  }
  return add("columns(" + title + ")", std::move(chosen), range);
}

}  // namespace dlc
