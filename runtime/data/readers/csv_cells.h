#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/files/result.h"

namespace dlc {

/// One cell of a table of text, its quotes taken off.
struct CsvCell {
  std::string text;
  bool quoted = false;
  std::int64_t line = 0;    // where it begins, both from 1
  std::int64_t column = 0;  // in characters
};

using CsvRow = std::vector<CsvCell>;

/// The rows of RFC 4180: cells between separators, lines that end in LF or CRLF, quotes around what holds a
/// separator, a quote (doubled) or a line's end. A byte order mark is skipped, as are lines without any
/// character. The text must be UTF-8. The failure says line and column; `file` is the name for it.
Result<std::vector<CsvRow>> csv_rows(std::string_view text, char separator, const std::string& file);

}  // namespace dlc
