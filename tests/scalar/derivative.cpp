#include "compiler/scalar/derivative.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

namespace dlc {
namespace {

const std::vector<Scalar> all_functions = {
#define SCALAR(name, arity, signature, cost, range, by_a, by_b, value) Scalar::name,
#include "compiler/scalar/scalar_functions.def"
};

/// Central difference of the function by one argument, with the error it may have: that of the step and that
/// of the rounding.
struct Difference {
  double value;
  double error;
};
Difference difference(Scalar function, int argument, double a, double b) {
  const auto slope = [&](double step) {
    const auto at = [&](double x) {
      return argument == 0 ? evaluate(function, x, b) : evaluate(function, a, x);
    };
    const double middle = argument == 0 ? a : b;
    return (at(middle + step) - at(middle - step)) / (2 * step);
  };
  const double size = std::max(std::fabs(argument == 0 ? a : b), 1e-3);
  const double fine = slope(1e-5 * size);
  const double coarse = slope(2e-5 * size);
  const double rounding = 1e-15 * std::fabs(evaluate(function, a, b)) / (1e-5 * size);
  return {fine, std::fabs(fine - coarse) + 10 * rounding + 1e-9 * std::fabs(fine) + 1e-12};
}

/// A kink or a jump within the steps of the difference.
bool is_smooth_at(Scalar function, double a, double b) {
  switch (function) {
    case Scalar::maximum:
    case Scalar::minimum: return a != b;
    case Scalar::abs:
    case Scalar::sign: return a != 0;
    case Scalar::floor: return std::fabs(a - std::round(a)) > 1e-3;
    case Scalar::power: return a != 0;
    default: return true;
  }
}

bool is_of_numbers(Scalar function) {
  return result_kind(function, Kind::number, Kind::number) == Kind::number;
}

TEST_CASE("every derivative of the table is the limit of differences", "[scalar][law]") {
  const std::vector<double> points = {-30.2, -3.7, -1.0, -0.6, -1e-3, 0.0, 1e-3, 0.4, 1.0, 2.3, 17.9, 250.6};
  for (const Scalar function : all_functions) {
    if (!is_of_numbers(function) || function == Scalar::stop_gradient) continue;
    int compared = 0;
    for (int argument = 0; argument < facts(function).arity; ++argument) {
      for (const double a : points) {
        for (const double b : points) {
          const double y = evaluate(function, a, b);
          if (!std::isfinite(y) || !is_smooth_at(function, a, b)) continue;
          const Difference expected = difference(function, argument, a, b);
          if (!std::isfinite(expected.value) || !std::isfinite(expected.error)) continue;
          const double found = evaluate(derivative(function, argument), a, b, y);
          INFO(facts(function).name << " by argument " << argument << " at " << a << ", " << b << ": "
                                    << found << ", difference " << expected.value << " ± " << expected.error);
          CHECK(std::fabs(found - expected.value) <= expected.error);
          ++compared;
        }
      }
    }
    INFO(facts(function).name);
    CHECK(compared >= 12);
  }
}

TEST_CASE("derivatives where the function has a kink", "[scalar]") {
  const auto by = [](Scalar function, int argument, double a, double b) {
    return evaluate(derivative(function, argument), a, b, evaluate(function, a, b));
  };
  CHECK(by(Scalar::maximum, 0, 2, 2) == 0);  // so relu(0) has 0
  CHECK(by(Scalar::maximum, 1, 2, 2) == 1);
  CHECK(by(Scalar::minimum, 0, 2, 2) == 0);
  CHECK(by(Scalar::minimum, 1, 2, 2) == 1);
  CHECK(by(Scalar::abs, 0, 0, 0) == 0);
  CHECK(by(Scalar::stop_gradient, 0, 3, 3) == 0);
  CHECK(by(Scalar::power, 0, 0, 1) == 1);
  CHECK(by(Scalar::power, 1, 0, 2) == 0);
  CHECK(by(Scalar::power, 1, -2, 2) == 0);
}

TEST_CASE("which functions pass a gradient", "[scalar]") {
  for (const Scalar function : all_functions) {
    for (int argument = 0; argument < facts(function).arity; ++argument) {
      INFO(facts(function).name);
      const bool blocks = !is_of_numbers(function) || function == Scalar::stop_gradient ||
                          function == Scalar::sign || function == Scalar::floor;
      CHECK(passes_gradient(function, argument) == !blocks);
    }
  }
}

TEST_CASE("expressions of derivatives", "[scalar]") {
  const auto value = [](std::string_view text) { return evaluate(parse_derivative(text).value(), 3, 5, 7); };
  CHECK(value("1 - y * y") == -48);
  CHECK(value("a - b - y") == -9);
  CHECK(value("y / a / b") == Approx(7.0 / 15));
  CHECK(value("-a * a") == -9);
  CHECK(value("-(a + b) * 2") == -16);
  CHECK(value("- -a") == 3);
  CHECK(value("1.5e2 + 0.5") == 150.5);
  CHECK(value("select(a < b, y, 0)") == 7);
  CHECK(value("select(a >= b, y, 0)") == 0);
  CHECK(value("select(a + 2 == b, 1, 2)") == 1);
  CHECK(value("power(a, b - 3)") == 9);
  CHECK(value("exp(log(b))") == Approx(5));
}

TEST_CASE("what is no expression is not parsed", "[scalar]") {
  for (const char* text : {"", "a +", "+ a", "a b", "(a", "a)", "exp()", "exp(a", "exp(a, b)", "power(a)",
                           "c", "sech(a)", "select(a, b)", "1..2", "a < b < y", "a, b", "2a"}) {
    INFO(text);
    CHECK_FALSE(parse_derivative(text).has_value());
  }
}

}  // namespace
}  // namespace dlc
