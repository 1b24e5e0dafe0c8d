#include "compiler/scalar/derivative.h"

#include <array>
#include <cassert>
#include <charconv>

namespace dlc {

namespace {

/// Where an operand stands in the list; none after an error, which every rule hands on.
using Operand = std::optional<std::size_t>;

struct Operator {
  std::string_view text;
  Scalar function;
};

/// By longest text first, so that "<=" is not taken for "<".
constexpr std::array comparisons = {Operator{"<=", Scalar::less_equal}, Operator{">=", Scalar::greater_equal},
                                    Operator{"==", Scalar::equal},      Operator{"!=", Scalar::not_equal},
                                    Operator{"<", Scalar::less},        Operator{">", Scalar::greater}};
constexpr std::array sums = {Operator{"+", Scalar::add}, Operator{"-", Scalar::subtract}};
constexpr std::array terms = {Operator{"*", Scalar::multiply}, Operator{"/", Scalar::divide}};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Recursive descent; a rule a function, loosest first.
class DerivativeParser {
 public:
  explicit DerivativeParser(std::string_view text) : rest_(text) {}

  std::optional<Formula> parse() {
    const Operand root = comparison();
    skip_blanks();
    if (!root || !rest_.empty() || *root + 1 != formula_.nodes.size()) return std::nullopt;
    return formula_;
  }

 private:
  Operand comparison() {
    const Operand left = sum();
    if (!left) return left;
    for (const Operator& one : comparisons) {
      if (takes(one.text)) return binary(one.function, left, sum());
    }
    return left;
  }

  Operand sum() {
    Operand left = term();
    while (const Operator* one = left ? next_of(sums) : nullptr) left = binary(one->function, left, term());
    return left;
  }

  Operand term() {
    Operand left = factor();
    while (const Operator* one = left ? next_of(terms) : nullptr)
      left = binary(one->function, left, factor());
    return left;
  }

  Operand factor() {
    if (!takes("-")) return primary();
    const Operand operand = factor();
    if (!operand) return operand;
    if (auto* number = std::get_if<Formula::Number>(&formula_.nodes[*operand])) {
      number->value = -number->value;
      return operand;
    }
    return add(Formula::Call{Scalar::negate, *operand, *operand});
  }

  Operand primary() {
    if (takes("(")) {
      const Operand inner = comparison();
      return takes(")") ? inner : std::nullopt;
    }
    if (rest_.empty()) return std::nullopt;
    return is_digit(rest_.front()) ? number() : named();
  }

  Operand number() {
    double value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc()) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return add(Formula::Number{value});
  }

  Operand named() {
    std::size_t length = 0;
    while (length < rest_.size() && (is_letter(rest_[length]) || (length > 0 && is_digit(rest_[length]))))
      ++length;
    const std::string_view name = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (takes("(")) return call(name);
    if (name == "a") return add(Formula::Variable::a);
    if (name == "b") return add(Formula::Variable::b);
    if (name == "y") return add(Formula::Variable::y);
    return std::nullopt;
  }

  Operand call(std::string_view name) {
    std::vector<std::size_t> arguments;
    do {
      const Operand argument = comparison();
      if (!argument) return std::nullopt;
      arguments.push_back(*argument);
    } while (takes(","));
    if (!takes(")")) return std::nullopt;
    if (name == "select" && arguments.size() == 3) {
      return add(Formula::Select{arguments[0], arguments[1], arguments[2]});
    }
    const std::optional<Scalar> function = find_scalar(name);
    if (!function || static_cast<std::size_t>(facts(*function).arity) != arguments.size())
      return std::nullopt;
    return add(Formula::Call{*function, arguments.front(), arguments.back()});
  }

  Operand binary(Scalar function, Operand left, Operand right) {
    if (!left || !right) return std::nullopt;
    return add(Formula::Call{function, *left, *right});
  }

  std::size_t add(Formula::Node node) {
    formula_.nodes.push_back(node);
    return formula_.nodes.size() - 1;
  }

  void skip_blanks() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }

  bool takes(std::string_view text) {
    skip_blanks();
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    skip_blanks();
    return true;
  }

  template <std::size_t count>
  const Operator* next_of(const std::array<Operator, count>& operators) {
    for (const Operator& one : operators) {
      if (takes(one.text)) return &one;
    }
    return nullptr;
  }

  std::string_view rest_;
  Formula formula_;
};

std::vector<std::array<Formula, 2>> parsed_table() {
  constexpr std::array functions = {
#define SCALAR(name, arity, signature, cost, range, by_a, by_b, value) Scalar::name,
#include "compiler/scalar/scalar_functions.def"
  };
  std::vector<std::array<Formula, 2>> table;
  for (const Scalar function : functions) {
    std::array<Formula, 2>& row = table.emplace_back();
    for (std::size_t argument = 0; argument < static_cast<std::size_t>(facts(function).arity); ++argument) {
      const std::optional<Formula> formula = parse_derivative(facts(function).derivative[argument]);
      assert(formula && "a derivative of scalar_functions.def is no expression");
      row[argument] = *formula;
    }
  }
  return table;
}

}  // namespace

std::optional<Formula> parse_derivative(std::string_view text) {
  return DerivativeParser(text).parse();
}

const Formula& derivative(Scalar function, int argument) {
  static const std::vector<std::array<Formula, 2>> table = parsed_table();
  return table[static_cast<std::size_t>(function)][static_cast<std::size_t>(argument)];
}

bool passes_gradient(Scalar function, int argument) {
  const Formula& formula = derivative(function, argument);
  const auto* number = std::get_if<Formula::Number>(&formula.nodes.back());
  return number == nullptr || number->value != 0;
}

double evaluate(const Formula& formula, double a, double b, double y) {
  std::vector<double> values;
  for (const Formula::Node& node : formula.nodes) {
    if (const auto* number = std::get_if<Formula::Number>(&node)) {
      values.push_back(number->value);
    } else if (const auto* variable = std::get_if<Formula::Variable>(&node)) {
      values.push_back(*variable == Formula::Variable::a ? a : *variable == Formula::Variable::b ? b : y);
    } else if (const auto* call = std::get_if<Formula::Call>(&node)) {
      values.push_back(evaluate(call->function, values[call->a], values[call->b]));
    } else if (const auto* select = std::get_if<Formula::Select>(&node)) {
      values.push_back(values[select->condition] != 0 ? values[select->a] : values[select->b]);
    }
  }
  return values.back();
}

}  // namespace dlc
