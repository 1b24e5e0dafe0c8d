#include "runtime/report/axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "runtime/report/format.h"

namespace dlc {
namespace {

constexpr std::size_t least_ticks = 4;
constexpr double powers_for_logarithms = 3;
constexpr double tiny = 1e-250;  // less is nothing: its parts could not be told from zero
constexpr double room = 0.05;    // of the span, on each side

// The round number (1, 2 or 5 times a power of ten) that is next above.
double round_step(double rough) {
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

// The power of ten of a number's first digit.
int power_of(double value) {
  return static_cast<int>(std::floor(std::log10(std::abs(value)) + 1e-9));
}

// As many digits behind the point as a step of this size needs; powers of ten where the largest label would
// be long.
std::string label_of(double value, double step, double largest) {
  if (value == 0) return "0";
  if (largest >= 1e6 || step < 1e-4 * (1 - 1e-9)) {
    const int digits = std::clamp(power_of(value) - power_of(step), 0, 12);
    return in_powers_of_ten(value, digits);
  }
  if (step >= 1) return with_thousands(std::llround(value));
  std::array<char, 64> text{};
  const int digits = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6);
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

// The multiples of the step that lie on the axis.
std::vector<AxisTick> ticks_of(const CurveAxis& axis, double step) {
  std::vector<AxisTick> ticks;
  const double largest = std::max(std::abs(axis.low), std::abs(axis.high));
  for (double index = std::ceil(axis.low / step - 1e-9); index * step <= axis.high + step * 1e-9;
       index += 1) {
    ticks.push_back({index * step, label_of(index * step, step, largest)});
  }
  return ticks;
}

CurveAxis logarithmic_axis(double least, double most) {
  const double powers = std::log10(most) - std::log10(least);  // their quotient may be too large for a number
  CurveAxis axis{.low = least * std::pow(10, -room * powers),
                 .high = most * std::pow(10, room * powers),
                 .logarithmic = true,
                 .ticks = {}};
  const int first = static_cast<int>(std::ceil(std::log10(axis.low)));
  const int last = static_cast<int>(std::floor(std::log10(axis.high)));
  const int stride = std::max(1, (last - first) / 4 + ((last - first) % 4 > 0 ? 1 : 0));
  for (int power = first; power <= last; power += stride) {
    const double value = std::pow(10, power);
    axis.ticks.push_back({value, label_of(value, value, value)});
  }
  return axis;
}

}  // namespace

CurveAxis value_axis(double least, double most) {
  if (std::abs(least) < tiny) least = 0;
  if (std::abs(most) < tiny) most = 0;
  if (least > 0 && std::log10(most) - std::log10(least) >= powers_for_logarithms) {
    return logarithmic_axis(least, most);
  }
  double span = most - least;
  const double size = std::max(std::abs(least), std::abs(most));
  if (span <= size * 1e-9) {  // one value: it stands in the middle
    span = size > 0 ? size * 0.2 : 1;
    least -= size > 0 ? span / 2 : 0;
    most = least + span;
  }
  CurveAxis axis{.low = least - room * span, .high = most + room * span, .logarithmic = false, .ticks = {}};
  if (least >= 0) axis.low = std::max(axis.low, 0.0);  // no room below nothing
  const bool share = least >= 0 && most <= 1 && most > 0.9;
  if (share) axis.high = std::min(axis.high, 1.0);  // nor above all
  // The largest round step that gives enough ticks: from one to the next their number grows 2 or 2.5 times.
  for (double rough = (axis.high - axis.low) / 2; axis.ticks.size() < least_ticks; rough /= 2) {
    axis.ticks = ticks_of(axis, round_step(rough));
  }
  return axis;
}

CurveAxis count_axis(double first, double last, int most_ticks) {
  CurveAxis axis{.low = first, .high = last, .logarithmic = false, .ticks = {{first, label_of(first, 1, 0)}}};
  if (last - first < 1) {
    axis.low = first - 0.5;
    axis.high = first + 0.5;
    return axis;
  }
  const double step = std::max(1.0, round_step((last - first) / most_ticks));
  for (double index = std::floor(first / step) + 1; index * step <= last + 1e-9; index += 1) {
    const double value = index * step;
    if (value - first >= 0.6 * step) axis.ticks.push_back({value, label_of(value, step, 0)});
  }
  return axis;
}

double place_on(const CurveAxis& axis, double value) {
  if (axis.logarithmic) return std::log(value / axis.low) / std::log(axis.high / axis.low);
  return (value - axis.low) / (axis.high - axis.low);
}

}  // namespace dlc
