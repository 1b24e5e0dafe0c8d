#pragma once

#include <string>
#include <vector>

namespace dlc {

/// A place on an axis where a number stands.
struct AxisTick {
  double value = 0;
  std::string label;
};

/// The numbers that an axis shows, from low to high (low < high), by distance or by ratio.
struct CurveAxis {
  double low = 0;
  double high = 1;
  bool logarithmic = false;
  std::vector<AxisTick> ticks;  // ascending, within low … high
};

/// For values from `least` to `most`, at most 1e250, with a little room around; by ratio if all are positive
/// and differ a thousandfold. Ticks are round: four to ten multiples of 1, 2 or 5 times a power of ten; by
/// ratio at least two powers of ten.
CurveAxis value_axis(double least, double most);

/// For whole numbers (epochs, steps) from `first` to `last`, without room around but at least one number
/// wide. `first` has a tick, and multiples of a round number where they are not too near to it.
CurveAxis count_axis(double first, double last, int most_ticks);

/// Where a value lies on the axis: 0 at low, 1 at high.
double place_on(const CurveAxis& axis, double value);

}  // namespace dlc
