#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/files/history.h"

namespace dlc {

struct CurvePoint {
  double x = 0;
  double y = 0;  // may be not finite: the line has a gap there
};

/// One quantity of one part.
struct CurveLine {
  std::string part;  // train, valid or test
  std::vector<CurvePoint> points;
};

/// One quantity, all parts that have it in one frame.
struct CurveFrame {
  std::string quantity;
  std::vector<CurveLine> lines;
};

/// What curve.svg shows.
struct Curve {
  std::string title;
  std::string x_name = "epoch";
  std::vector<CurveFrame> frames;
  std::optional<double> kept;  // the x where the weights that are kept were measured
};

/// The frames of a run: a frame for each name behind the point of a column, in the order of the columns. Over
/// epochs, or over steps where an epoch has several rows.
Curve curve_of(const History& history, std::string title, std::optional<std::int64_t> kept_step);

/// A picture in SVG that needs nothing else: two frames beside each other, its own colours for light and dark
/// surroundings.
std::string curve_svg(const Curve& curve);

}  // namespace dlc
