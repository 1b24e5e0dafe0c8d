#include "runtime/data/standardization.h"

#include <cassert>
#include <cmath>

namespace dlc {

StandardizationSums::StandardizationSums(const Shape& example, std::size_t pooled)
    : shape_(example.begin() + static_cast<std::ptrdiff_t>(pooled), example.end()) {
  const auto size = static_cast<std::size_t>(elements_of(shape_));
  mean_.assign(size, 0);
  squares_.assign(size, 0);
}

template <class Number>
void StandardizationSums::add(std::span<const Number> examples) {
  assert(mean_.empty() || examples.size() % mean_.size() == 0);
  for (std::size_t first = 0; first < examples.size(); first += mean_.size()) {
    count_ += 1;
    const double weight = 1 / count_;
    for (std::size_t i = 0; i < mean_.size(); ++i) {
      const auto value = static_cast<double>(examples[first + i]);
      const double off = value - mean_[i];
      mean_[i] += off * weight;
      squares_[i] += off * (value - mean_[i]);
    }
  }
}

template void StandardizationSums::add(std::span<const float>);
template void StandardizationSums::add(std::span<const double>);
template void StandardizationSums::add(std::span<const std::uint8_t>);
template void StandardizationSums::add(std::span<const std::int32_t>);
template void StandardizationSums::add(std::span<const std::int64_t>);

Standardization StandardizationSums::finish() const {
  Standardization result{.shape = shape_, .mean = mean_, .scale = {}};
  for (const double squares : squares_) {
    const double deviation = count_ > 0 ? std::sqrt(squares / count_) : 0;
    result.scale.push_back(deviation > 0 ? 1 / deviation : 0);
  }
  return result;
}

Standardization standardization_of(const Column& column, std::size_t pooled) {
  StandardizationSums sums(column.shape, pooled);
  visit_numbers(column, [&](auto numbers) { sums.add(numbers); });
  return sums.finish();
}

}  // namespace dlc
