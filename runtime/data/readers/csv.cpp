#include "runtime/data/readers/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>

#include "runtime/data/readers/csv_cells.h"
#include "runtime/files/input_file.h"

namespace dlc {
namespace {

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// One number from the whole text; none if it is anything else. What is too small for a double is 0; what is
// too large is infinite.
std::optional<double> number_of(std::string_view text) {
  text = without_blanks(text);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc::result_out_of_range && stop == end)
    return std::strtod(std::string(text).c_str(), nullptr);
  if (error != std::errc() || stop != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

bool written_as_integer(std::string_view text) {
  return without_blanks(text).find_first_not_of("+-0123456789") == std::string_view::npos;
}

// The cells of one column under its name, on the way to its type.
struct ColumnCells {
  std::string name;
  std::vector<CsvCell*> cells;
};

class CsvColumns {
 public:
  CsvColumns(const ReaderCall& call, const std::string& file) : call_(call), file_(file) {}

  Result<Column> column(const ColumnCells& cells) const {
    Column column{.name = cells.name,
                  .element = ElementType::i32,
                  .shape = {},
                  .count = static_cast<std::int64_t>(cells.cells.size()),
                  .data = {},
                  .text = {},
                  .why_text = {},
                  .missing = {},
                  .classes = {}};
    std::vector<double> numbers;
    for (std::size_t i = 0; i < cells.cells.size(); ++i) {
      CsvCell& cell = *cells.cells[i];
      if (is_missing(cell)) {
        column.missing.push_back(
            {.example = static_cast<std::int64_t>(i), .file = 0, .line = cell.line, .column = cell.column});
        cell.text.clear();
        numbers.push_back(0);
        continue;
      }
      const std::optional<double> number = number_of(cell.text);
      if (!number && !column.why_text) {
        column.why_text = TextCell{.text = cell.text, .file = 0, .line = cell.line, .column = cell.column};
      }
      numbers.push_back(number.value_or(0));
      constexpr double least = std::numeric_limits<std::int32_t>::min();
      constexpr double most = std::numeric_limits<std::int32_t>::max();
      const bool integer = written_as_integer(cell.text) && numbers.back() >= least && numbers.back() <= most;
      if (!integer) column.element = ElementType::f32;
    }
    if (column.is_text()) {
      for (CsvCell* cell : cells.cells) column.text.push_back(std::move(cell->text));
      return column;
    }
    if (const auto filled = fill(column, numbers, cells); !filled) return filled.failure();
    return column;
  }

 private:
  bool is_missing(const CsvCell& cell) const {
    const std::string_view text = without_blanks(cell.text);
    return text.empty() || std::find(call_.missing.begin(), call_.missing.end(), text) != call_.missing.end();
  }

  Result<void> fill(Column& column, const std::vector<double>& numbers, const ColumnCells& cells) const {
    if (column.element == ElementType::i32) {
      const std::vector<std::int32_t> integers(numbers.begin(), numbers.end());
      column.data = bytes_of(std::span<const std::int32_t>(integers));
      return {};
    }
    std::vector<float> floats;
    floats.reserve(numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (std::abs(numbers[i]) > static_cast<double>(std::numeric_limits<float>::max())) {
        const CsvCell& cell = *cells.cells[i];
        return Failure{.what = cell.text + " is too large for a 32-bit number",
                       .file = file_,
                       .line = cell.line,
                       .column = cell.column};
      }
      floats.push_back(static_cast<float>(numbers[i]));
    }
    column.data = bytes_of(std::span<const float>(floats));
    return {};
  }

  const ReaderCall& call_;
  const std::string& file_;
};

std::string cells_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " cell" : " cells");
}

// The names of the columns, and how many rows they take from the front.
struct Header {
  std::vector<std::string> names;
  std::size_t rows = 0;
};

Result<Header> header_of(const std::vector<CsvRow>& rows, const ReaderCall& call, const std::string& file) {
  if (!call.names.empty()) return Header{call.names, 0};
  Header header{{}, 1};
  std::map<std::string, const CsvCell*> seen;
  for (const CsvCell& cell : rows[0]) {
    const auto [twin, is_new] = seen.try_emplace(cell.text, &cell);
    if (!is_new) {
      return Failure{.what = "two columns are named \"" + cell.text + "\", the first at column " +
                             std::to_string(twin->second->column),
                     .file = file,
                     .line = cell.line,
                     .column = cell.column};
    }
    header.names.push_back(cell.text);
  }
  return header;
}

Result<void> check_row(const CsvRow& row, const Header& header, const std::string& file) {
  const std::size_t wanted = header.names.size();
  if (row.size() == wanted) return {};
  // The first cell too many, or the last that there is.
  const CsvCell& where = row[std::min(row.size() - 1, wanted)];
  const std::string_view rule = header.rows == 0 ? "names gives " : "the header has ";
  return Failure{.what = "this row has " + cells_text(row.size()) + ", but " + std::string(rule) +
                         std::to_string(wanted),
                 .file = file,
                 .line = where.line,
                 .column = where.column};
}

}  // namespace

Result<DataTable> read_csv_file(const std::filesystem::path& path, const ReaderCall& call) {
  const Result<std::string> text = read_whole(path);
  if (!text) return text.failure();
  const std::string file = path.string();
  Result<std::vector<CsvRow>> rows = csv_rows(*text, call.separator, file);
  if (!rows) return rows.failure();
  if (rows->empty()) return Failure{.what = "the file has no rows, only line ends", .file = file};
  const Result<Header> header = header_of(*rows, call, file);
  if (!header) return header.failure();
  if (rows->size() == header->rows)
    return Failure{.what = "the file has a header, but no rows", .file = file};

  std::vector<ColumnCells> cells;
  for (const std::string& name : header->names) cells.push_back({name, {}});
  for (std::size_t row = header->rows; row < rows->size(); ++row) {
    if (const auto checked = check_row((*rows)[row], *header, file); !checked) return checked.failure();
    for (std::size_t i = 0; i < cells.size(); ++i) cells[i].cells.push_back(&(*rows)[row][i]);
  }
  DataTable table{
      .columns = {}, .files = {file}, .count = static_cast<std::int64_t>(rows->size() - header->rows)};
  const CsvColumns columns(call, file);
  for (const ColumnCells& one : cells) {
    Result<Column> column = columns.column(one);
    if (!column) return column.failure();
    table.columns.push_back(*std::move(column));
  }
  return table;
}

Result<DataTable> read_csv(const ReaderCall& call, const SearchPlaces& places, ReadingDepth) {
  DataTable table;
  for (const ReaderFiles& files : call.files) {
    const auto paths = find_data_files(files.pattern, places);
    if (!paths) return paths.failure();
    for (const std::filesystem::path& path : *paths) {
      Result<DataTable> more = read_csv_file(path, call);
      if (!more) return more.failure();
      if (table.files.empty()) {
        table = *std::move(more);
      } else if (const auto done = append(table, *std::move(more)); !done) {
        return done.failure();
      }
    }
  }
  return table;
}

}  // namespace dlc
