#include <algorithm>

#include "dsl/diagnostics/diagnostics.h"

namespace dlc {

namespace {

constexpr std::size_t number_width = 5;  // of the line's number, before " | "

std::string_view word(Severity severity) {
  switch (severity) {
    case Severity::error:
    case Severity::fallback: return "error";
    case Severity::warning: return "warning";
    case Severity::note: return "note";
  }
  return "";
}

std::string with_dashes(std::string_view identifier) {
  std::string result(identifier);
  std::replace(result.begin(), result.end(), '_', '-');
  return result;
}

std::string colored(std::string_view text, std::string_view code, bool in_color) {
  if (!in_color) return std::string(text);
  return "\x1B[" + std::string(code) + "m" + std::string(text) + "\x1B[0m";
}

/// The line, and below it carets under the part of the construct that stands in it.
std::string shown_line(const Sources& sources, const SourceRange& place, bool in_color) {
  const LineColumn at = sources.position(place.file, place.begin);
  const std::string_view line = sources.line(place.file, at.line);
  const std::string number = std::to_string(at.line);
  const std::size_t indent = number.size() < number_width ? number_width - number.size() : 0;
  std::string blanks;
  std::size_t passed = 0;
  std::size_t begin = 0;  // bytes before the construct
  for (; begin < line.size(); ++begin) {
    if ((line[begin] & '\xC0') != '\x80') ++passed;
    if (passed == at.column) break;
    if ((line[begin] & '\xC0') != '\x80') blanks += line[begin] == '\t' ? '\t' : ' ';
  }
  const std::size_t bytes = std::min<std::size_t>(place.end - place.begin, line.size() - begin);
  const std::size_t carets = std::max<std::size_t>(1, characters(line.substr(begin, bytes)));
  return std::string(indent, ' ') + number + " | " + std::string(line) + "\n" +
         std::string(number_width, ' ') + " | " + blanks +
         colored(std::string(carets, '^'), "1;32", in_color) + "\n";
}

std::string json_string(std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string result = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') {
      result += '\\';
      result += letter;
    } else if (letter == '\n') {
      result += "\\n";
    } else if (static_cast<unsigned char>(letter) < 0x20) {
      result += "\\u00";
      result += digits[static_cast<unsigned char>(letter) >> 4U];
      result += digits[static_cast<unsigned char>(letter) & 15U];
    } else {
      result += letter;
    }
  }
  return result + "\"";
}

std::string json_place(const Sources& sources, const SourceRange& place) {
  const LineColumn begin = sources.position(place.file, place.begin);
  const LineColumn end = sources.position(place.file, std::max(place.begin, place.end));
  return "\"file\": " + json_string(sources.name(place.file)) + ", \"line\": " + std::to_string(begin.line) +
         ", \"column\": " + std::to_string(begin.column) + ", \"end_line\": " + std::to_string(end.line) +
         ", \"end_column\": " + std::to_string(end.column);
}

}  // namespace

std::string to_text(const Diagnostics& diagnostics, const Sources& sources, bool in_color) {
  std::string result;
  for (const Diagnostic& diagnostic : diagnostics.sorted()) {
    const char* color = diagnostic.severity == Severity::warning ? "1;35" : "1;31";
    result += colored(sources.place(diagnostic.place) + ":", "1", in_color) + " " +
              colored(std::string(word(diagnostic.severity)) + ":", color, in_color) + " " + diagnostic.text +
              " [" + with_dashes(diagnostic.identifier) + "]\n" +
              shown_line(sources, diagnostic.place, in_color);
    for (const Note& note : diagnostic.notes) {
      result += colored("note:", "1;36", in_color) + " " + note.text;
      if (note.place) result += ", " + sources.place(*note.place);
      result += "\n";
    }
  }
  return result;
}

std::string to_json(const Diagnostics& diagnostics, const Sources& sources) {
  std::string result = "[";
  for (const Diagnostic& diagnostic : diagnostics.sorted()) {
    result += result.size() == 1 ? "\n" : ",\n";
    result += "  {" + json_place(sources, diagnostic.place) + R"(, "severity": ")" +
              std::string(word(diagnostic.severity)) + R"(", "identifier": ")" +
              with_dashes(diagnostic.identifier) + R"(", "message": )" + json_string(diagnostic.text) +
              ", \"notes\": [";
    for (std::size_t i = 0; i < diagnostic.notes.size(); ++i) {
      const Note& note = diagnostic.notes[i];
      result += std::string(i == 0 ? "" : ", ") + "{\"message\": " + json_string(note.text);
      if (note.place) result += ", " + json_place(sources, *note.place);
      result += "}";
    }
    result += "]}";
  }
  return result + (result.size() == 1 ? "]\n" : "\n]\n");
}

}  // namespace dlc
