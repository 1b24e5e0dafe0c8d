#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/files/history.h"

namespace dlc {

struct CurvePoint {
  double x = 0;
  double y = 0;  // may be not finite: the line has a gap there
};

/// One quantity of one part, or of one of several runs.
struct CurveLine {
  std::string name;  // train, valid or test; or the run's
  std::vector<CurvePoint> points;
  std::optional<double> ringed{};    // the x of a point with a ring: its weights are kept
  std::optional<std::size_t> run{};  // the place among several runs
};

/// One quantity, all parts that have it in one frame; or one of a part, of all runs.
struct CurveFrame {
  std::string quantity;
  std::vector<CurveLine> lines;
};

/// A picture of one run, curve.svg, or of several.
struct Curve {
  std::string title;
  std::string x_name = "epoch";
  std::vector<CurveFrame> frames;
  std::optional<double> kept;       // the x where the weights that are kept were measured, of one run
  std::vector<std::string> runs{};  // the names of several, told once for all frames
};

/// The frames of a run: a frame for each name behind the point of a column, in the order of the columns. Over
/// epochs, or over steps where an epoch has several rows.
Curve curve_of(const History& history, std::string title, std::optional<std::int64_t> kept_step);

struct PlottedRun {
  std::string name;
  History history;
  std::optional<std::int64_t> kept_step{};
};

/// A frame for each column of the histories with a line for each run that has it: the columns of a quantity
/// beside each other. Over steps only if a run has several rows of an epoch.
Curve curve_of_runs(std::span<const PlottedRun> runs, std::string title);

/// A picture in SVG that needs nothing else: two frames beside each other, its own colours for light and dark
/// surroundings.
std::string curve_svg(const Curve& curve);

}  // namespace dlc
