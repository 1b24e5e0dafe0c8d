#pragma once

#include <algorithm>
#include <string>

namespace dlc::tests {

/// In notes, std/layers.net:52:13 becomes std/layers.net:·, so that an entry of the library may get lines
/// without a change of any test.
inline std::string without_library_places(const std::string& text) {
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    std::string line = text.substr(begin, end - begin);
    begin = end;
    const std::size_t file = line.starts_with("note: ") ? line.find(" std/") : std::string::npos;
    const std::size_t colon = file == std::string::npos ? file : line.find(".net:", file);
    if (colon != std::string::npos) {
      const std::size_t place = colon + 5;
      line.replace(place, line.find_first_not_of("0123456789:", place) - place, "·");
    }
    result += line;
  }
  return result;
}

}  // namespace dlc::tests
