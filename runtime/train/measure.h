#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/train/part.h"

namespace dlc {

/// A metric of the train block: the step's result "metric.NAME".
struct Metric {
  std::string name;
  bool is_sum =
      false;    // of integers: added over the examples; else the mean over a batch, weighted by its size
  Shape shape;  // empty for a single number
  /// Of a metric that is made of others, from the values of the loss and of the metrics before it; the step
  /// has no result for it.
  std::function<std::vector<double>(std::span<const std::vector<double>> earlier)> of_metrics{};
};

/// The loss and the metrics over many examples, gathered batch by batch.
class Measured {
 public:
  explicit Measured(const std::vector<Metric>& metrics);

  /// Takes in what the step's last run gave for its batch.
  void add(const BoundStep& step);

  std::int64_t examples() const { return examples_; }
  double loss() const;
  /// All elements of the metric: a mean, a sum, or what is made of those.
  std::vector<double> values(std::size_t metric) const;
  /// The loss, or a metric that is a single number.
  std::optional<double> number(std::string_view name) const;

  /// All that was gathered: the number of examples, the sum of the loss, the sums of each metric.
  std::vector<double> sums() const;
  /// Goes on from there; false if these are the sums of other metrics.
  [[nodiscard]] bool go_on(std::span<const double> sums);

 private:
  std::vector<double> own_values(std::size_t metric) const;

  const std::vector<Metric>* metrics_;
  std::int64_t examples_ = 0;
  double loss_ = 0;
  std::vector<std::vector<double>> sums_;
};

}  // namespace dlc
