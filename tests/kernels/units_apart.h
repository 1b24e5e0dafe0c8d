#pragma once

#include <cmath>

namespace dlc::test {

/// How far apart, in units of the last place of the right result.
inline double units_apart(float found, double right) {
  if (std::isnan(right)) return std::isnan(found) ? 0 : INFINITY;
  const auto rounded = static_cast<float>(right);
  if (std::isinf(rounded)) {
    // The largest number stands beside infinity.
    return found == rounded ||
                   (std::fabs(found) == 3.40282347e38F && std::signbit(found) == std::signbit(right))
               ? 0
               : INFINITY;
  }
  if (std::isnan(found) || std::isinf(found)) return INFINITY;
  const float size = std::fabs(rounded);
  const double unit = static_cast<double>(std::nextafter(size, INFINITY)) - static_cast<double>(size);
  return std::fabs(static_cast<double>(found) - right) / unit;
}

}  // namespace dlc::test
