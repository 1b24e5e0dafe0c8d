// The library's initial values against the distributions that they are said to have.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "compiler/reference/evaluate.h"
#include "tests/elaborate/load.h"

namespace dlc::tests {

namespace {

constexpr int fan_in = 150;
constexpr int fan_out = 200;

/// The values of one matrix of fan_in * fan_out elements, for the seed 1, sorted.
std::vector<double> drawn(const std::string& initial) {
  const std::unique_ptr<Loaded> loaded =
      load("net n(x[k]) { x |> dense(" + std::to_string(fan_out) + ", init = " + initial +
           ") }\ntrain {\n  batch 1\n  steps 1\n  x[i < " + std::to_string(fan_in) +
           "] = normal(0, 1)\n  minimize sum(n(x)) with sgd(0.1)\n}\n");
  INFO(loaded->messages());
  REQUIRE(loaded->model);
  std::vector<double> values;
  for (const auto& [name, tensor] : evaluate(loaded->model->initial, {{"key", {{}, {1}}}}).outputs) {
    if (tensor.elements.size() > values.size()) values = tensor.elements;
  }
  REQUIRE(values.size() == std::size_t{fan_in} * fan_out);
  std::sort(values.begin(), values.end());
  return values;
}

double normal_share(double x) {
  return std::erfc(-x / std::sqrt(2.0)) / 2;
}

using Share = std::function<double(double x)>;  // of the distribution that lies below x

Share normal(double deviation) {
  return [deviation](double x) { return normal_share(x / deviation); };
}

Share uniform(double limit) {
  return [limit](double x) { return std::clamp((x + limit) / (2 * limit), 0.0, 1.0); };
}

/// The largest distance between the shares that are drawn below a value and those that should be (Kolmogorov
/// and Smirnov), times the root of their number: above 1.95 in one of a thousand draws.
double distance(const std::vector<double>& sorted, const Share& share) {
  const auto count = static_cast<double>(sorted.size());
  double largest = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double expected = share(sorted[i]);
    const auto below = static_cast<double>(i);
    largest = std::max({largest, expected - below / count, (below + 1) / count - expected});
  }
  return largest * std::sqrt(count);
}

}  // namespace

TEST_CASE("initial values have the distributions that the library says", "[elaborate][library][law]") {
  const std::vector<std::pair<std::string, Share>> all = {
      {"glorot_uniform", uniform(std::sqrt(6.0 / (fan_in + fan_out)))},
      {"glorot_normal", normal(std::sqrt(2.0 / (fan_in + fan_out)))},
      {"he_uniform", uniform(std::sqrt(6.0 / fan_in))},
      {"he_normal", normal(std::sqrt(2.0 / fan_in))},
      {"lecun_normal", normal(std::sqrt(1.0 / fan_in))},
      {"unit_normal", normal(1)},
      {"small_normal", normal(0.02)},
  };
  for (const auto& [name, share] : all) {
    INFO(name);
    const std::vector<double> values = drawn(name);
    CHECK(distance(values, share) < 1.95);
    CHECK(distance(values, [&](double x) { return share(1.1 * x); }) >
          1.95);  // it sees a tenth of the deviation
  }
}

TEST_CASE("a truncated normal is a normal without its tails", "[elaborate][library][law]") {
  const std::vector<double> values = drawn("truncated_normal");
  const double tail = normal_share(-2);
  const double inside = 1 - 2 * tail;
  CHECK(values.front() >= -0.04);
  CHECK(values.back() <= 0.04);
  CHECK(values.front() < -0.0399);  // up to the bounds, not short of them
  CHECK(values.back() > 0.0399);
  // What was still beyond them after eight draws would lie on them: 2e-11 of all.
  CHECK(std::count_if(values.begin(), values.end(), [](double x) { return std::abs(x) == 0.04; }) == 0);
  CHECK(distance(values, [&](double x) { return (normal_share(x / 0.02) - tail) / inside; }) < 1.95);

  double sum = 0;
  double squares = 0;
  for (const double value : values) {
    sum += value;
    squares += value * value;
  }
  const auto count = static_cast<double>(values.size());
  const double mean = sum / count;
  const double deviation = std::sqrt(squares / count - mean * mean);
  const double pi = std::acos(-1.0);
  const double density = std::exp(-2.0) / std::sqrt(2 * pi);           // of the normal at two deviations
  const double expected = 0.02 * std::sqrt(1 - 4 * density / inside);  // 0.0176: the tails are gone
  CHECK(std::abs(mean) < 4 * expected / std::sqrt(count));
  CHECK(deviation == Approx(expected).epsilon(4 / std::sqrt(2 * count)));
}

}  // namespace dlc::tests
