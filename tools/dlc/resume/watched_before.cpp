#include "tools/dlc/resume/watched_before.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dlc {

namespace {

/// What was measured so far of what is watched, but what is no number.
std::vector<double> values_of(const History& history, const Watched& watched) {
  const auto column =
      std::find(history.columns.begin(), history.columns.end(), watched.part + "." + watched.metric);
  if (column == history.columns.end()) return {};
  std::vector<double> values;
  for (const HistoryRow& row : history.rows) {
    const std::optional<double>& value =
        row.values[static_cast<std::size_t>(column - history.columns.begin())];
    if (value && !std::isnan(*value)) values.push_back(*value);
  }
  return values;
}

/// Is this, none too, the best that was measured of what is watched?
bool is_best_of(const History& history, const Watched& watched, const std::optional<double>& best) {
  if (best && std::isinf(*best)) return true;  // The history has no infinite values to compare with.
  const std::vector<double> values = values_of(history, watched);
  if (values.empty() || !best) return values.empty() && !best;
  return *best == (watched.lowest ? *std::min_element(values.begin(), values.end())
                                  : *std::max_element(values.begin(), values.end()));
}

}  // namespace

std::string forget_other_bests(const TrainingPlan& plan, const History& history, TrainingPosition& position) {
  std::string told;
  if (!plan.keep || !is_best_of(history, *plan.keep, position.best)) {
    position.best.reset();
    position.best_epoch = 0;
    position.best_step = 0;
    if (plan.keep) told = "what `keep` watches: the best value begins anew";
  }
  if (!plan.stop || !is_best_of(history, plan.stop->watched, position.stop_best)) {
    position.stop_best.reset();
    position.stop_epoch = position.epoch;
    if (plan.stop)
      told += std::string(told.empty() ? "" : "; ") + "what `stop` watches: its epochs count anew";
  }
  return told;
}

}  // namespace dlc
