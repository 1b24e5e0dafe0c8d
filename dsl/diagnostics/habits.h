#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dlc {

/// Where a habit of another language shows.
enum class Habit : std::uint8_t {
  sign,   // between operands: **
  word,   // first in a statement: for
  value,  // as a value: None
};

/// What users of Keras, PyTorch and Python write first, and what to write here (habits.def); none if it is no
/// known habit.
std::optional<std::string_view> habit(Habit kind, std::string_view written);

/// What is said where // may have been meant to begin a comment.
inline constexpr std::string_view comment_habit = "a comment begins with `#`: `//` is a division";

}  // namespace dlc
