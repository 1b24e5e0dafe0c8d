#include "runtime/report/curve.h"

#include <algorithm>
#include <set>

namespace dlc {
namespace {

CurveFrame& frame_named(std::vector<CurveFrame>& frames, const std::string& quantity) {
  const auto found = std::find_if(frames.begin(), frames.end(),
                                  [&](const CurveFrame& frame) { return frame.quantity == quantity; });
  if (found != frames.end()) return *found;
  frames.push_back({quantity, {}});
  return frames.back();
}

bool epochs_repeat(const History& history) {
  std::set<std::int64_t> epochs;
  for (const HistoryRow& row : history.rows) epochs.insert(row.epoch);
  return epochs.size() < history.rows.size();
}

}  // namespace

Curve curve_of(const History& history, std::string title, std::optional<std::int64_t> kept_step) {
  Curve curve{.title = std::move(title), .x_name = "epoch", .frames = {}, .kept = {}};
  const bool by_step = epochs_repeat(history);
  if (by_step) curve.x_name = "step";
  const auto x_of = [&](const HistoryRow& row) {
    return static_cast<double>(by_step ? row.step : row.epoch);
  };
  for (const HistoryRow& row : history.rows) {
    if (kept_step && row.step == *kept_step) curve.kept = x_of(row);
  }
  for (std::size_t column = 0; column < history.columns.size(); ++column) {
    const std::string& name = history.columns[column];
    const std::size_t point = name.find('.');
    CurveLine line{.part = name.substr(0, point), .points = {}};
    for (const HistoryRow& row : history.rows) {
      if (row.values[column]) line.points.push_back({x_of(row), *row.values[column]});
    }
    if (line.points.empty()) continue;
    frame_named(curve.frames, point == std::string::npos ? name : name.substr(point + 1))
        .lines.push_back(std::move(line));
  }
  return curve;
}

}  // namespace dlc
