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

double x_of(const HistoryRow& row, bool by_step) {
  return static_cast<double>(by_step ? row.step : row.epoch);
}

/// Where the weights that are kept were measured.
std::optional<double> kept_x(const History& history, std::optional<std::int64_t> kept_step, bool by_step) {
  for (const HistoryRow& row : history.rows) {
    if (kept_step && row.step == *kept_step) return x_of(row, by_step);
  }
  return std::nullopt;
}

std::vector<CurvePoint> points_of(const History& history, std::size_t column, bool by_step) {
  std::vector<CurvePoint> points;
  for (const HistoryRow& row : history.rows) {
    if (row.values[column]) points.push_back({x_of(row, by_step), *row.values[column]});
  }
  return points;
}

/// "valid" and "loss" of valid.loss.
struct ColumnName {
  std::string part;
  std::string quantity;
};
ColumnName name_of(const std::string& column) {
  const std::size_t point = column.find('.');
  return {column.substr(0, point), point == std::string::npos ? column : column.substr(point + 1)};
}

/// The columns that any of the runs has, those of a quantity behind each other.
std::vector<std::string> columns_by_quantity(std::span<const PlottedRun> runs) {
  std::vector<std::string> quantities;
  std::vector<std::string> columns;
  for (const PlottedRun& run : runs) {
    for (const std::string& column : run.history.columns) {
      if (std::find(columns.begin(), columns.end(), column) != columns.end()) continue;
      columns.push_back(column);
      if (std::find(quantities.begin(), quantities.end(), name_of(column).quantity) == quantities.end())
        quantities.push_back(name_of(column).quantity);
    }
  }
  std::stable_sort(columns.begin(), columns.end(), [&](const std::string& a, const std::string& b) {
    return std::find(quantities.begin(), quantities.end(), name_of(a).quantity) <
           std::find(quantities.begin(), quantities.end(), name_of(b).quantity);
  });
  return columns;
}

}  // namespace

Curve curve_of(const History& history, std::string title, std::optional<std::int64_t> kept_step) {
  Curve curve{.title = std::move(title), .x_name = "epoch", .frames = {}, .kept = {}};
  const bool by_step = epochs_repeat(history);
  if (by_step) curve.x_name = "step";
  curve.kept = kept_x(history, kept_step, by_step);
  for (std::size_t column = 0; column < history.columns.size(); ++column) {
    const auto [part, quantity] = name_of(history.columns[column]);
    CurveLine line{.name = part, .points = points_of(history, column, by_step)};
    if (line.points.empty()) continue;
    if (part != "train") line.ringed = curve.kept;  // Its weights were others in each of the epoch's steps.
    frame_named(curve.frames, quantity).lines.push_back(std::move(line));
  }
  return curve;
}

Curve curve_of_runs(std::span<const PlottedRun> runs, std::string title) {
  Curve curve{.title = std::move(title), .x_name = "epoch", .frames = {}, .kept = {}};
  const bool by_step =
      std::any_of(runs.begin(), runs.end(), [](const PlottedRun& run) { return epochs_repeat(run.history); });
  if (by_step) curve.x_name = "step";
  for (const PlottedRun& run : runs) curve.runs.push_back(run.name);
  for (const std::string& column : columns_by_quantity(runs)) {
    CurveFrame frame{column, {}};
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const History& history = runs[i].history;
      const auto place = std::find(history.columns.begin(), history.columns.end(), column);
      if (place == history.columns.end()) continue;
      CurveLine line{
          .name = runs[i].name,
          .points = points_of(history, static_cast<std::size_t>(place - history.columns.begin()), by_step)};
      line.run = i;
      if (name_of(column).part != "train") line.ringed = kept_x(history, runs[i].kept_step, by_step);
      if (!line.points.empty()) frame.lines.push_back(std::move(line));
    }
    if (!frame.lines.empty()) curve.frames.push_back(std::move(frame));
  }
  return curve;
}

}  // namespace dlc
