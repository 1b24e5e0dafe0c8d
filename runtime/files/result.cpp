#include "runtime/files/result.h"

namespace dlc {
namespace {

// File names and cells of tables may hold anything; what a person reads stays one line.
std::string without_control_characters(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    const bool control = static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
    result += control ? '?' : letter;
  }
  return result;
}

}  // namespace

std::string one_line(const Failure& failure) {
  std::string line = failure.file;
  if (!failure.file.empty() && failure.line > 0) {
    line += ":" + std::to_string(failure.line);
    if (failure.column > 0) line += ":" + std::to_string(failure.column);
  }
  if (!line.empty()) line += ": ";
  line += failure.what;
  if (failure.byte >= 0) line += " (at byte " + std::to_string(failure.byte) + ")";
  return without_control_characters(line);
}

}  // namespace dlc
