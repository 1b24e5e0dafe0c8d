#pragma once

#include <variant>

#include "dsl/elaborate/builder.h"

namespace dlc {

/// Why an operation on tensors has no result.
enum class Misfit {
  shapes,           // two shapes that differ, none of them a single number
  boolean_operand,  // a boolean where numbers are wanted
  boolean_wanted,   // a number where booleans are wanted
  kinds,            // a boolean compared with a number
  integers_wanted,  // // and % of numbers
  divisor,          // // and % by something that may be 0 or less
  too_large,        // an integer that may leave 32 bits
  draw_with_shape,  // one draw for all elements of a shape
};
using Outcome = std::variant<Quantity, Misfit>;

/// Element by element: equal shapes, or a single number with any shape. Frames join. Integers become numbers
/// where one is wanted.
Outcome combined(const Builder& builder, Scalar function, Quantity a, Quantity b);
Outcome combined(const Builder& builder, Scalar function, Quantity a);
/// a^b; small integer powers are products.
Outcome power(const Builder& builder, Quantity a, Quantity b);
Outcome selected(const Builder& builder, Quantity condition, Quantity a, Quantity b);
/// x rounded down and held in 0 … bound − 1.
Outcome integer_of(const Builder& builder, Quantity x, std::int64_t bound);

/// As a number: of an integer or a boolean too.
Quantity as_number(Quantity tensor);

}  // namespace dlc
