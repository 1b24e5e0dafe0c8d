#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/scalar/scalar.h"

namespace dlc {

/// A derivative of the table scalar_functions.def, as an expression: a list in which operands stand before
/// what uses them; the last is the root. Operands are places in the list.
struct Formula {
  enum class Variable : std::uint8_t { a, b, y };  // the arguments and the result
  struct Number {
    double value = 0;
  };
  struct Call {
    Scalar function{};
    std::size_t a = 0;
    std::size_t b = 0;  // equal to a where the arity is 1
  };
  struct Select {
    std::size_t condition = 0;
    std::size_t a = 0;
    std::size_t b = 0;
  };
  using Node = std::variant<Number, Variable, Call, Select>;

  std::vector<Node> nodes;
};

/// Numbers, a, b, y, + - * / and comparisons with the usual precedence, unary -, brackets, calls of the
/// table's functions, select(condition, x, y). None if the text is anything else.
std::optional<Formula> parse_derivative(std::string_view text);

/// The parsed derivative by the first (0) or the second (1) argument.
const Formula& derivative(Scalar function, int argument);

/// Is that derivative anything but the number 0?
bool passes_gradient(Scalar function, int argument);

double evaluate(const Formula& formula, double a, double b, double y);

}  // namespace dlc
