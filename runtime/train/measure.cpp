#include "runtime/train/measure.h"

#include <limits>

namespace dlc {

Measured::Measured(const std::vector<Metric>& metrics) : metrics_(&metrics) {
  for (const Metric& metric : metrics) sums_.emplace_back(static_cast<std::size_t>(count(metric.shape)), 0.0);
}

void Measured::add(const BoundStep& step) {
  const double weight = static_cast<double>(step.batch());
  examples_ += step.batch();
  loss_ += step.result("loss").front() * weight;
  for (std::size_t m = 0; m < sums_.size(); ++m) {
    const Metric& metric = (*metrics_)[m];
    if (metric.of_metrics) continue;
    const std::vector<double> values = step.result("metric." + metric.name);
    for (std::size_t i = 0; i < values.size(); ++i)
      sums_[m][i] += metric.is_sum ? values[i] : values[i] * weight;
  }
}

double Measured::loss() const {
  return examples_ == 0 ? std::numeric_limits<double>::quiet_NaN() : loss_ / static_cast<double>(examples_);
}

std::vector<double> Measured::values(std::size_t metric) const {
  if (!(*metrics_)[metric].of_metrics) return own_values(metric);
  std::vector<std::vector<double>> values = {{loss()}};
  for (std::size_t m = 0; m <= metric; ++m) {
    const Metric& each = (*metrics_)[m];
    values.push_back(each.of_metrics ? each.of_metrics(values) : own_values(m));
  }
  return values.back();
}

/// Of a metric that the step has a result for.
std::vector<double> Measured::own_values(std::size_t metric) const {
  std::vector<double> values = sums_[metric];
  if (!(*metrics_)[metric].is_sum) {
    for (double& value : values) value /= static_cast<double>(examples_);
  }
  return values;
}

std::optional<double> Measured::number(std::string_view name) const {
  if (name == "loss") return loss();
  for (std::size_t m = 0; m < metrics_->size(); ++m) {
    if ((*metrics_)[m].name == name && (*metrics_)[m].shape.empty()) return values(m).front();
  }
  return std::nullopt;
}

std::vector<double> Measured::sums() const {
  std::vector<double> sums = {static_cast<double>(examples_), loss_};
  for (const std::vector<double>& of_metric : sums_)
    sums.insert(sums.end(), of_metric.begin(), of_metric.end());
  return sums;
}

bool Measured::go_on(std::span<const double> sums) {
  if (sums.size() != this->sums().size() || !(sums[0] >= 0)) return false;
  examples_ = static_cast<std::int64_t>(sums[0]);
  loss_ = sums[1];
  auto next = sums.begin() + 2;
  for (std::vector<double>& of_metric : sums_) {
    for (double& sum : of_metric) sum = *next++;
  }
  return true;
}

}  // namespace dlc
