#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/scalar/scalar.h"
#include "dsl/elaborate/names/setting.h"

namespace dlc {

inline Setting setting(std::int64_t value) {
  return Setting{value};
}
inline Setting setting(double value) {
  return Setting{value};
}
inline Setting setting(bool value) {
  return Setting{value};
}
inline Setting setting(std::string value) {
  return Setting{std::move(value)};
}

/// What a setting is, in the user's words: "the integer 3", "the list [1, 2]".
std::string described(const Setting& setting);

std::optional<std::int64_t> as_integer(const Setting& setting);
/// An integer serves as a number.
std::optional<double> as_number(const Setting& setting);
std::optional<bool> as_boolean(const Setting& setting);
const std::string* as_text(const Setting& setting);
const ListSetting* as_list(const Setting& setting);

/// The numbers of a list (or of equally long such lists), the last dimension fastest; none if it is no
/// tensor.
struct ListTensor {
  std::vector<std::int64_t> shape;
  std::vector<double> elements;
  bool is_integer = true;
};
std::optional<ListTensor> as_tensor(const Setting& setting);

/// The result of an operation or scalar function, or why there is none.
struct NoSetting {
  enum class Why { kinds, division_by_zero, overflow } why = Why::kinds;
};
std::variant<Setting, NoSetting> applied(Scalar function, const Setting& a, const Setting& b);

}  // namespace dlc
