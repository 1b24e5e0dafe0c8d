#include "runtime/data/column.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace dlc {
namespace {

template <class To>
void convert(Column& column, ElementType element) {
  std::vector<To> converted;
  visit_numbers(column, [&](auto numbers) {
    converted.reserve(numbers.size());
    for (const auto number : numbers) converted.push_back(static_cast<To>(number));
  });
  column.data = bytes_of(std::span<const To>(converted));
  column.element = element;
}

ElementType common_element(ElementType a, ElementType b) {
  if (a == b) return a;
  return a == ElementType::f32 || b == ElementType::f32 ? ElementType::f32 : ElementType::i32;
}

void convert_to(Column& column, ElementType element) {
  if (column.element == element) return;
  if (element == ElementType::f32) convert<float>(column, element);
  if (element == ElementType::i32) convert<std::int32_t>(column, element);
}

std::string shape_text(const Shape& shape) {
  std::string text = "[";
  for (const std::int64_t extent : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
  return text + "]";
}

Result<void> append_column(Column& column, Column more, std::int64_t file_offset, const std::string& file) {
  if (column.is_text() != more.is_text()) {
    const std::string_view is = more.is_text() ? "text" : "numbers";
    const std::string_view was = more.is_text() ? "numbers" : "text";
    Failure failure{.what = "the column \"" + column.name + "\" is " + std::string(is) + ", but " +
                            std::string(was) + " in the files before",
                    .file = file};
    if (more.why_text) {
      failure.line = more.why_text->line;
      failure.column = more.why_text->column;
    }
    return failure;
  }
  if (column.shape != more.shape) {
    return Failure{.what = "\"" + column.name + "\" has examples of shape " + shape_text(more.shape) +
                           ", but " + shape_text(column.shape) + " in the files before",
                   .file = file};
  }
  if (!column.is_text()) {
    const ElementType element = common_element(column.element, more.element);
    convert_to(column, element);
    convert_to(more, element);
  }
  column.data.insert(column.data.end(), more.data.begin(), more.data.end());
  std::move(more.text.begin(), more.text.end(), std::back_inserter(column.text));
  for (MissingCell cell : more.missing) {
    cell.example += column.count;
    cell.file += file_offset;
    column.missing.push_back(cell);
  }
  column.count += more.count;
  return {};
}

}  // namespace

const Column* DataTable::find(std::string_view name) const {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

std::int64_t bytes_of_example(const Column& column) {
  return elements_of(column.shape) * size_of(column.element);
}

double number_at(const Column& column, std::int64_t element) {
  return visit_numbers(column, [&](auto numbers) {
    assert(element >= 0 && static_cast<std::size_t>(element) < numbers.size());
    return static_cast<double>(numbers[static_cast<std::size_t>(element)]);
  });
}

Column as_f32(const Column& column) {
  assert(!column.is_text());
  Column result = column;
  convert_to(result, ElementType::f32);
  return result;
}

Column take(const Column& column, std::span<const std::int64_t> examples) {
  Column result{.name = column.name,
                .element = column.element,
                .shape = column.shape,
                .count = static_cast<std::int64_t>(examples.size()),
                .data = {},
                .text = {},
                .why_text = column.why_text,
                .missing = {},
                .classes = column.classes};
  if (column.is_text()) {
    for (const std::int64_t example : examples)
      result.text.push_back(column.text[static_cast<std::size_t>(example)]);
  } else {
    result.data.resize(static_cast<std::size_t>(result.count * bytes_of_example(column)));
    gather_rows(column, examples, result.data);
  }
  if (column.missing.empty()) return result;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    auto cell =
        std::lower_bound(column.missing.begin(), column.missing.end(), examples[i],
                         [](const MissingCell& a, std::int64_t example) { return a.example < example; });
    if (cell == column.missing.end() || cell->example != examples[i]) continue;
    result.missing.push_back(*cell);
    result.missing.back().example = static_cast<std::int64_t>(i);
  }
  return result;
}

DataTable take(const DataTable& table, std::span<const std::int64_t> examples) {
  DataTable result{.columns = {}, .files = table.files, .count = static_cast<std::int64_t>(examples.size())};
  for (const Column& column : table.columns) result.columns.push_back(take(column, examples));
  return result;
}

Result<void> append(DataTable& table, DataTable more) {
  const std::string file = more.files.empty() ? "" : more.files.front();
  if (more.columns.size() != table.columns.size()) {
    const std::string columns = more.columns.size() == 1 ? " column" : " columns";
    return Failure{.what = "this file has " + std::to_string(more.columns.size()) + columns +
                           ", the files before have " + std::to_string(table.columns.size()),
                   .file = file};
  }
  for (Column& column : table.columns) {
    const auto same = std::find_if(more.columns.begin(), more.columns.end(),
                                   [&](const Column& other) { return other.name == column.name; });
    if (same == more.columns.end()) {
      return Failure{.what = "there is no column \"" + column.name + "\", which the files before have",
                     .file = file};
    }
    const auto files_before = static_cast<std::int64_t>(table.files.size());
    if (auto done = append_column(column, std::move(*same), files_before, file); !done) return done;
  }
  table.count += more.count;
  table.files.insert(table.files.end(), more.files.begin(), more.files.end());
  return {};
}

void gather_rows(const Column& column, std::span<const std::int64_t> rows, std::span<std::byte> into) {
  const auto size = static_cast<std::size_t>(bytes_of_example(column));
  assert(into.size() == rows.size() * size);
  if (size == 0) return;
  std::byte* target = into.data();
  for (const std::int64_t row : rows) {
    assert(row >= 0 && row < column.count);
    std::memcpy(target, column.data.data() + static_cast<std::size_t>(row) * size, size);
    target += size;
  }
}

}  // namespace dlc
