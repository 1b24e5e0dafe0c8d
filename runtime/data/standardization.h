#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/data/column.h"

namespace dlc {

/// What `standardize` needs of the training part: (x − mean) * scale, element by element of `shape`.
struct Standardization {
  Shape shape;  // the field's without the dimensions that were pooled over, which lead
  std::vector<double> mean;
  std::vector<double> scale;  // 1 / deviation; 0 where the element is constant, so that it becomes 0
  bool operator==(const Standardization&) const = default;
};

/// Gathers means and deviations in double precision, by Welford's recurrence (Technometrics 1962), in one
/// sweep over blocks of examples.
class StandardizationSums {
 public:
  /// For examples of this shape; the first `pooled` dimensions share their figures.
  StandardizationSums(const Shape& example, std::size_t pooled);

  /// The next examples, one after another.
  template <class Number>
  void add(std::span<const Number> examples);

  /// Of all that was added. The deviation is the square root of the mean square, divided by n.
  Standardization finish() const;

 private:
  Shape shape_;
  double count_ = 0;
  std::vector<double> mean_;
  std::vector<double> squares_;
};

/// Of all examples of a number column.
Standardization standardization_of(const Column& column, std::size_t pooled);

}  // namespace dlc
