#include <algorithm>
#include <cstdio>

#include "runtime/report/format.h"
#include "runtime/report/text_table.h"
#include "tools/dlc/commands/commands.h"

namespace dlc {

namespace {

constexpr std::int64_t records_shown = 5;
constexpr std::int64_t classes_shown = 100;
constexpr std::int64_t numbers_shown = 4;

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

struct Range {
  double least = 0;
  double most = 0;
  double mean = 0;
};

/// Of the numbers from `first` on, every `step`-th; at least one.
Range range_of(const Column& column, std::int64_t first, std::int64_t step = 1) {
  Range range = {number_at(column, first), number_at(column, first), 0};
  visit_numbers(column, [&](auto numbers) {
    std::int64_t count = 0;
    for (auto at = static_cast<std::size_t>(first); at < numbers.size();
         at += static_cast<std::size_t>(step)) {
      const auto number = static_cast<double>(numbers[at]);
      range.least = std::min(range.least, number);
      range.most = std::max(range.most, number);
      range.mean += number;
      ++count;
    }
    range.mean /= static_cast<double>(count);
  });
  return range;
}

/// [14.23, 1.71, 2.43, 15.6, …]; of tensors of more dimensions from where to where they go.
std::string example_text(const Column& column, std::int64_t record) {
  const std::int64_t size = elements_of(column.shape);
  std::vector<double> numbers;
  for (std::int64_t i = 0; i < size; ++i) numbers.push_back(number_at(column, record * size + i));
  if (column.shape.size() > 1) {
    const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
    return number_text(*least) + " … " + number_text(*most);
  }
  std::string text;
  for (std::int64_t i = 0; i < std::min(size, numbers_shown); ++i)
    text += (i > 0 ? ", " : "[") + number_text(numbers[static_cast<std::size_t>(i)]);
  return text + (size > numbers_shown ? ", …]" : "]");
}

std::string type_of(const Field& field) {
  const std::string shape = field.shape.empty() ? "" : shape_text(field.shape);
  if (!field.is_class) return shape.empty() ? "number" : shape;
  return (shape.empty() ? "" : shape + " ") + "class[" + std::to_string(field.classes) + "]";
}

/// The tables of one `data` block, to standard output.
class DataReport {
 public:
  DataReport(const DataDescription& data, const LoadedData& loaded)
      : data_(data), loaded_(loaded), train_(*loaded.find("train")) {}

  void print() const {
    std::printf("data %s\n\n", data_.name.c_str());
    parts();
    fields();
    for (const Field& field : data_.fields) {
      if (field.is_class && !field.class_column.empty()) classes(field);
    }
    records();
  }

 private:
  void parts() const {
    TextTable table{{Align::left, Align::right}, {{"part", "examples"}}};
    for (const LoadedPart& part : loaded_.parts)
      table.rows.push_back({part.name, with_thousands(part.count)});
    std::fputs(table_text(table).c_str(), stdout);
  }

  /// Each field with the columns that it reads, as they lie in the files.
  void fields() const {
    TextTable table{
        {Align::left, Align::left, Align::left, Align::left, Align::right, Align::right, Align::right},
        {{"field", "type", "reads", "as", "least", "most", "mean"}}};
    for (const Field& field : data_.fields) {
      std::vector<std::string> row = {field.name, type_of(field)};
      for (const ColumnUse& use : data_.columns) {
        const auto column = train_.columns.find(use.input);
        if (!reads(field, use) || column == train_.columns.end()) continue;
        const auto side_by_side = static_cast<std::int64_t>(use.columns.size());
        for (std::int64_t i = 0; i < side_by_side; ++i) {
          const Range range = range_of(column->second, i, side_by_side);
          row.push_back(use.columns[static_cast<std::size_t>(i)]);
          row.push_back(use.is_class ? "class" : layout_of(column->second, side_by_side > 1));
          row.push_back(number_text(range.least));
          row.push_back(number_text(range.most));
          if (!use.is_class) row.push_back(number_text(range.mean));
          table.rows.push_back(std::move(row));
          row = {"", ""};
        }
      }
    }
    std::printf("\nfields (figures of the columns in train, before the field's expression)\n%s",
                table_text(table).c_str());
  }

  static bool reads(const Field& field, const ColumnUse& use) {
    return std::find(field.inputs.begin(), field.inputs.end(), use.input) != field.inputs.end();
  }

  static std::string layout_of(const Column& column, bool is_part) {
    const std::string element(name_of(column.element));
    return column.shape.empty() || is_part ? element : element + " " + shape_text(column.shape);
  }

  std::string class_name(const std::string& input, std::int64_t number) const {
    const std::vector<std::string> names = loaded_.learned.names_of(input);
    return number < static_cast<std::int64_t>(names.size()) ? names[static_cast<std::size_t>(number)]
                                                            : std::to_string(number);
  }

  void classes(const Field& field) const {
    TextTable table{{Align::left}, {{field.name}}};
    std::vector<std::vector<std::int64_t>> counts;  // of each part, by class
    for (const LoadedPart& part : loaded_.parts) {
      const auto column = part.columns.find(field.class_column);
      if (column == part.columns.end()) return;
      table.columns.push_back(Align::right);
      table.rows.front().push_back(part.name);
      counts.emplace_back(static_cast<std::size_t>(field.classes));
      for (const std::int32_t label : numbers_of<std::int32_t>(column->second)) {
        if (label >= field.classes) counts.back().resize(static_cast<std::size_t>(label) + 1);
        ++counts.back()[static_cast<std::size_t>(label)];
      }
    }
    for (std::int64_t label = 0; label < std::min(field.classes, classes_shown); ++label) {
      std::vector<std::string> row = {class_name(field.class_column, label)};
      for (const auto& part : counts) row.push_back(with_thousands(part[static_cast<std::size_t>(label)]));
      table.rows.push_back(std::move(row));
    }
    std::printf("\nclasses of %s\n%s", field.name.c_str(), table_text(table).c_str());
    if (field.classes > classes_shown)
      std::printf("… and %s more\n", with_thousands(field.classes - classes_shown).c_str());
  }

  std::string cell_text(const ColumnUse& use, const Column& column, std::int64_t record) const {
    if (!column.shape.empty()) return example_text(column, record);
    const double number = number_at(column, record);
    return use.is_class ? class_name(use.input, static_cast<std::int64_t>(number)) : number_text(number);
  }

  void records() const {
    TextTable table{{Align::right}, {{"record"}}};
    std::vector<const ColumnUse*> shown;
    for (const ColumnUse& use : data_.columns) {
      if (!train_.columns.contains(use.input)) continue;
      shown.push_back(&use);
      table.columns.push_back(Align::left);
      const Shape& shape = train_.columns.at(use.input).shape;
      table.rows.front().push_back(use.input + (shape.empty() ? "" : " " + shape_text(shape)));
    }
    for (std::int64_t record = 0; record < std::min(train_.count, records_shown); ++record) {
      std::vector<std::string> row = {std::to_string(record)};
      for (const ColumnUse* use : shown)
        row.push_back(cell_text(*use, train_.columns.at(use->input), record));
      table.rows.push_back(std::move(row));
    }
    std::printf("\nthe first records of train\n%s", table_text(table).c_str());
  }

  const DataDescription& data_;
  const LoadedData& loaded_;
  const LoadedPart& train_;
};

}  // namespace

ExitStatus data_command(Session& session) {
  if (!session.elaborate()) return session.status();
  const DataDescription& data = session.model().data;
  if (data.columns.empty()) {
    session.fail(ExitStatus::model_is_wrong, session.options().file + " reads no data");
    return session.status();
  }
  const Result<LoadedData> loaded = session.data().load(data, session.data().elements_in_files(data));
  if (!loaded) return session.fail(loaded.failure()), session.status();
  DataReport(data, *loaded).print();
  return ExitStatus::done;
}

}  // namespace dlc
