#include "runtime/data/readers/csv_cells.h"

#include <array>
#include <optional>

#include "runtime/files/input_file.h"

namespace dlc {
namespace {

constexpr std::array<std::string_view, 2> utf16_marks = {"\xff\xfe", "\xfe\xff"};

// How many bytes the UTF-8 character at the front has; 0 if it is none (Unicode 15, table 3-7).
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf && follows(1)) return 2;
  if (first >= 0xe0 && first <= 0xef && follows(1) && follows(2)) {
    const bool too_long = first == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = first == 0xed && byte(1) > 0x9f;
    return too_long || surrogate ? 0 : 3;
  }
  if (first >= 0xf0 && first <= 0xf4 && follows(1) && follows(2) && follows(3)) {
    const bool too_long = first == 0xf0 && byte(1) < 0x90;
    const bool too_large = first == 0xf4 && byte(1) > 0x8f;
    return too_long || too_large ? 0 : 4;
  }
  return 0;
}

class CsvText {
 public:
  CsvText(std::string_view text, char separator, const std::string& file)
      : rest_(text), separator_(separator), file_(file) {}

  Result<std::vector<CsvRow>> rows() {
    std::vector<CsvRow> rows;
    while (!rest_.empty()) {
      if (take_line_end()) continue;  // a line without any character
      Result<CsvRow> next = row();
      if (!next) return next.failure();
      rows.push_back(*std::move(next));
    }
    return rows;
  }

 private:
  Failure failed(std::string what) const {
    return {.what = std::move(what), .file = file_, .line = line_, .column = column_};
  }

  bool at_line_end() const { return rest_.empty() || rest_[0] == '\n' || rest_.substr(0, 2) == "\r\n"; }

  bool take_line_end() {
    if (rest_.empty() || !at_line_end()) return false;
    rest_.remove_prefix(rest_[0] == '\r' ? 2 : 1);
    ++line_;
    column_ = 1;
    return true;
  }

  // The character at the front moves to the end of `into`.
  std::optional<Failure> take_character(std::string& into) {
    const std::size_t length = character_length(rest_);
    if (length == 0) return failed("this byte is no UTF-8; save the file as UTF-8");
    if (rest_[0] == '\0') return failed("a zero byte: this is no table of text");
    into.append(rest_.substr(0, length));
    rest_.remove_prefix(length);
    ++column_;
    return std::nullopt;
  }

  Result<CsvRow> row() {
    CsvRow row;
    for (;;) {
      CsvCell cell{.text = {}, .quoted = false, .line = line_, .column = column_};
      cell.quoted = !rest_.empty() && rest_[0] == '"' && separator_ != '"';
      if (const auto failure = cell.quoted ? quoted(cell) : plain(cell)) return *failure;
      row.push_back(std::move(cell));
      if (take_line_end() || rest_.empty()) return row;
      rest_.remove_prefix(1);  // the separator: nothing else ends a cell
      ++column_;
    }
  }

  std::optional<Failure> plain(CsvCell& cell) {
    while (!at_line_end() && rest_[0] != separator_) {
      if (rest_[0] == '"') {
        return failed("a quote within a cell: put the cell in quotes, and write the quote in it twice");
      }
      if (rest_[0] == '\r')
        return failed("a carriage return without a line feed; save the file with LF or CRLF line ends");
      if (auto failure = take_character(cell.text)) return failure;
    }
    return std::nullopt;
  }

  std::optional<Failure> quoted(CsvCell& cell) {
    rest_.remove_prefix(1);
    ++column_;
    for (;;) {
      if (rest_.empty()) {
        return Failure{
            .what = "this quote is not closed", .file = file_, .line = cell.line, .column = cell.column};
      }
      if (rest_.substr(0, 2) == "\"\"") {
        cell.text += '"';
        rest_.remove_prefix(2);
        column_ += 2;
      } else if (rest_[0] == '"') {
        rest_.remove_prefix(1);
        ++column_;
        break;
      } else if (rest_[0] == '\n') {
        cell.text += '\n';
        rest_.remove_prefix(1);
        ++line_;
        column_ = 1;
      } else if (auto failure = take_character(cell.text)) {
        return failure;
      }
    }
    if (at_line_end() || rest_[0] == separator_) return std::nullopt;
    return failed("text after the closing quote: write a quote within a cell twice");
  }

  std::string_view rest_;
  char separator_;
  const std::string& file_;
  std::int64_t line_ = 1;
  std::int64_t column_ = 1;
};

}  // namespace

Result<std::vector<CsvRow>> csv_rows(std::string_view text, char separator, const std::string& file) {
  if (text.empty()) return Failure{.what = "the file is empty", .file = file};
  for (const std::string_view mark : utf16_marks) {
    if (text.substr(0, mark.size()) == mark) {
      return Failure{.what = "the file is UTF-16; save it as UTF-8", .file = file, .byte = 0};
    }
  }
  const std::string_view known = recognised(std::as_bytes(std::span(text)));
  if (!known.empty())
    return Failure{.what = "this is " + std::string(known) + ", not a table of text", .file = file};
  constexpr std::string_view mark = "\xef\xbb\xbf";
  if (text.substr(0, mark.size()) == mark) text.remove_prefix(mark.size());
  return CsvText(text, separator, file).rows();
}

}  // namespace dlc
