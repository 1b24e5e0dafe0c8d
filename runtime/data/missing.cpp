#include "runtime/data/missing.h"

#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>

namespace dlc {
namespace {

bool fits_i32(double value) {
  return value == std::floor(value) && value >= std::numeric_limits<std::int32_t>::min() &&
         value <= std::numeric_limits<std::int32_t>::max();
}

template <class Number>
void put(Column& column, std::int64_t example, Number value) {
  std::memcpy(column.data.data() + static_cast<std::size_t>(example) * sizeof value, &value, sizeof value);
}

}  // namespace

Result<void> refuse_missing(const Column& column, std::span<const std::string> files) {
  if (column.missing.empty()) return {};
  const MissingCell& cell = column.missing.front();
  const auto file = static_cast<std::size_t>(cell.file);
  const std::size_t others = column.missing.size() - 1;
  const std::string more = others == 0 ? "" : " (and " + std::to_string(others) + " more)";
  return Failure{.what = "an empty cell in the column \"" + column.name + "\"" + more +
                         "; write missing mean, missing drop or missing with a value behind the field",
                 .file = file < files.size() ? files[file] : "",
                 .line = cell.line,
                 .column = cell.column};
}

void fill_missing(Column& column, double value) {
  assert(!column.is_text());
  if (column.missing.empty()) return;
  if (column.element == ElementType::i32 && !fits_i32(value)) column = as_f32(column);
  for (const MissingCell& cell : column.missing) {
    if (column.element == ElementType::i32) put(column, cell.example, static_cast<std::int32_t>(value));
    if (column.element == ElementType::f32) put(column, cell.example, static_cast<float>(value));
  }
  column.missing.clear();
}

void fill_missing(Column& column, const std::string& value) {
  assert(column.is_text());
  for (const MissingCell& cell : column.missing) column.text[static_cast<std::size_t>(cell.example)] = value;
  column.missing.clear();
}

std::optional<double> mean_of_present(const Column& column) {
  assert(!column.is_text());
  double sum = 0;
  std::int64_t present = 0;
  auto missing = column.missing.begin();
  for (std::int64_t example = 0; example < column.count; ++example) {
    if (missing != column.missing.end() && missing->example == example) {
      ++missing;
      continue;
    }
    sum += number_at(column, example);
    ++present;
  }
  if (present == 0) return std::nullopt;
  return sum / static_cast<double>(present);
}

std::vector<std::int64_t> complete_examples(std::span<const Column* const> columns, std::int64_t count) {
  std::vector<bool> lacks(static_cast<std::size_t>(count), false);
  for (const Column* column : columns) {
    for (const MissingCell& cell : column->missing) lacks[static_cast<std::size_t>(cell.example)] = true;
  }
  std::vector<std::int64_t> complete;
  for (std::int64_t example = 0; example < count; ++example) {
    if (!lacks[static_cast<std::size_t>(example)]) complete.push_back(example);
  }
  return complete;
}

}  // namespace dlc
