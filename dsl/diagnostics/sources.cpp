#include "dsl/diagnostics/sources.h"

#include <algorithm>

namespace dlc {

std::size_t characters(std::string_view text) {
  // A byte 10xxxxxx continues a character.
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & '\xC0') != '\x80'; }));
}

FileId Sources::add(std::string name, std::string text, bool is_library) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";  // some editors write it; it says nothing
  if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
  File file{std::move(name), std::move(text), is_library, {0}};
  for (std::size_t i = 0; i < file.text.size(); ++i) {
    if (file.text[i] == '\n') file.line_starts.push_back(static_cast<std::uint32_t>(i + 1));
  }
  files_.push_back(std::move(file));
  return static_cast<FileId>(files_.size() - 1);
}

std::string_view Sources::text(const SourceRange& range) const {
  return text(range.file).substr(range.begin, range.end - range.begin);
}

LineColumn Sources::position(FileId file, std::uint32_t offset) const {
  const File& found = of(file);
  const auto after = std::upper_bound(found.line_starts.begin(), found.line_starts.end(), offset);
  const std::uint32_t start = *(after - 1);
  const std::string_view before = std::string_view(found.text).substr(start, offset - start);
  return {static_cast<std::uint32_t>(after - found.line_starts.begin()),
          static_cast<std::uint32_t>(characters(before) + 1)};
}

std::string_view Sources::line(FileId file, std::uint32_t line) const {
  const File& found = of(file);
  const std::uint32_t start = found.line_starts[line - 1];
  std::string_view rest = std::string_view(found.text).substr(start);
  rest = rest.substr(0, rest.find('\n'));
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return rest;
}

std::string Sources::place(const SourceRange& range) const {
  const LineColumn at = position(range.file, range.begin);
  return name(range.file) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

}  // namespace dlc
