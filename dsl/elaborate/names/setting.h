#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace dlc {

struct Setting;

struct NoneSetting {
  bool operator==(const NoneSetting&) const = default;
};

/// The name of a declared function, as an argument for a `function` setting.
struct FunctionSetting {
  std::string name;
  bool operator==(const FunctionSetting&) const = default;
};

/// A path of a net or of a part of one: "cnn", "cnn.dense_1.w".
struct PathSetting {
  std::string path;
  bool operator==(const PathSetting&) const = default;
};

struct ListSetting {
  std::vector<Setting> elements;
  bool operator==(const ListSetting&) const = default;
};

/// What is known when the file is read.
struct Setting {
  std::variant<NoneSetting, std::int64_t, double, bool, std::string, ListSetting, FunctionSetting,
               PathSetting>
      value;
  bool operator==(const Setting&) const = default;
};

/// As it would be written in a file: 12, 0.5, "text", [1, 2], none.
std::string to_text(const Setting& setting);

}  // namespace dlc
