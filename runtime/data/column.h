#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/files/element.h"
#include "runtime/files/result.h"

namespace dlc {

/// An empty cell of a table file, where a number or a text should stand.
struct MissingCell {
  std::int64_t example = 0;
  std::int64_t file = 0;  // which of the table's files
  std::int64_t line = 0;
  std::int64_t column = 0;  // in characters
  bool operator==(const MissingCell&) const = default;
};

/// The first cell that makes a column text: it is neither empty nor a number.
struct TextCell {
  std::string text;
  std::int64_t file = 0;
  std::int64_t line = 0;
  std::int64_t column = 0;
  bool operator==(const TextCell&) const = default;
};

/// What a reader found under one name: a tensor, or a text, for each example. Numbers stay as the file has
/// them: bytes stay bytes.
struct Column {
  std::string name;
  ElementType element = ElementType::u8;
  Shape shape;                       // of one example; empty for single numbers and texts
  std::int64_t count = 0;            // examples
  std::vector<std::byte> data;       // count * bytes_of_example; empty for a text column
  std::vector<std::string> text;     // count of them, for a text column
  std::optional<TextCell> why_text;  // set exactly for a text column
  std::vector<MissingCell> missing;  // by example; the cell's number is 0, its text empty
  std::optional<std::int64_t> classes;  // what the format says: integers 0 … classes − 1

  bool is_text() const { return why_text.has_value(); }
};

/// The columns of a reader; all have the same count.
struct DataTable {
  std::vector<Column> columns;
  std::vector<std::string> files;  // all files that were read, as they were found
  std::int64_t count = 0;

  /// Null if there is no column of this name.
  const Column* find(std::string_view name) const;
};

std::int64_t bytes_of_example(const Column& column);

/// One number of a number column, whatever its element type.
double number_at(const Column& column, std::int64_t element);

/// The numbers of a number column (i64 is never a column's type).
template <class Number>
std::span<const Number> numbers_of(const Column& column) {
  return {reinterpret_cast<const Number*>(column.data.data()), column.data.size() / sizeof(Number)};
}

/// Calls `visit` with the span of the column's own numbers, so that a loop over them is compiled for each
/// type once.
template <class Visit>
auto visit_numbers(const Column& column, Visit&& visit) {
  switch (column.element) {
    case ElementType::u8: return visit(numbers_of<std::uint8_t>(column));
    case ElementType::i32: return visit(numbers_of<std::int32_t>(column));
    case ElementType::i64: return visit(numbers_of<std::int64_t>(column));
    case ElementType::f32: break;
  }
  return visit(numbers_of<float>(column));
}

/// The same numbers as f32 (an i32 beyond 2^24 is rounded). Missing cells stay missing.
Column as_f32(const Column& column);

/// The examples with these indices, in this order; a missing cell goes along with its example.
Column take(const Column& column, std::span<const std::int64_t> examples);
DataTable take(const DataTable& table, std::span<const std::int64_t> examples);

/// The examples of `more` behind those of `table`. Columns have the same names, in any order; bytes become
/// i32 or f32, i32 becomes f32, a number column becomes text never: that is a failure, as other shapes are.
/// `more` is named by its files.
Result<void> append(DataTable& table, DataTable more);

/// Copies the rows one after another to `into`, which has room for all of them exactly.
void gather_rows(const Column& column, std::span<const std::int64_t> rows, std::span<std::byte> into);

/// Numbers of any element type, one after another, as a column of the given type. Values are known to fit.
template <class Number>
std::vector<std::byte> bytes_of(std::span<const Number> numbers) {
  const std::span<const std::byte> bytes = std::as_bytes(numbers);
  return {bytes.begin(), bytes.end()};
}

}  // namespace dlc
