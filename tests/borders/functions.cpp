#include "tests/borders/functions.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace dlc::test {

namespace {

constexpr std::size_t deepest = 6;  // blanks before a member of a class in a class

std::size_t indentation(const std::string& line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.starts_with(word); });
}

/// Could this line begin a function?
bool may_begin(std::string_view text) {
  return !text.empty() &&
         !starts_with_any(text, {"//",      "#",       "}",      ")",      ":",      "{",     "namespace",
                                 "struct ", "class ",  "enum ",  "union ", "if ",    "if(",   "for ",
                                 "while ",  "switch ", "else",   "do ",    "return", "case ", "default",
                                 "public",  "private", "using ", "try",    "catch ", "BENCH"});
}

bool is_lambda(std::string_view text) {
  return text.find("[&") != std::string_view::npos || text.find("[=") != std::string_view::npos ||
         text.find("[](") != std::string_view::npos || text.find("[this") != std::string_view::npos;
}

/// The line that closes the block which begins here, or 0: the next line that stands no deeper must be its
/// brace.
std::size_t end_of_block(const std::vector<std::string>& lines, std::size_t first) {
  const std::size_t depth = indentation(lines[first]);
  bool has_parameters = false;
  bool is_open = false;
  for (std::size_t i = first; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (!is_open) {
      if (is_lambda(line) || line.find(" = {") != std::string::npos) return 0;
      has_parameters = has_parameters || line.find('(') != std::string::npos;
      if (line.ends_with(";")) return 0;
      is_open = line.ends_with("{");
    }
    if (i == first || line.empty() || indentation(line) > depth) continue;
    const std::string_view text = std::string_view(line).substr(indentation(line));
    if (text.starts_with("#") || (indentation(line) == depth && text.starts_with(")"))) continue;
    return is_open && has_parameters && indentation(line) == depth && text.starts_with("}") ? i : 0;
  }
  return 0;
}

}  // namespace

std::vector<FoundFunction> functions_of(const std::vector<std::string>& lines) {
  std::vector<FoundFunction> found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t depth = indentation(lines[i]);
    const std::string text = lines[i].substr(depth);
    if (depth > deepest || !may_begin(text)) continue;
    const std::size_t end = end_of_block(lines, i);
    if (end == 0) continue;
    found.push_back({text, i + 1, end - i + 1});
    i = end;
  }
  return found;
}

}  // namespace dlc::test
