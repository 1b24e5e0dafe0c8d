#include "tools/dlc/run/tell.h"

#include <algorithm>
#include <cmath>

#include "runtime/report/format.h"

namespace dlc {

namespace {

constexpr double large_share = 0.2;
constexpr double worth_a_word = 0.1;  // seconds

}  // namespace

std::string place_text(const TrainingPlan& plan, const TrainingPosition& at) {
  const std::string step = "step " + std::to_string(at.step);
  if (!plan.has_data) return step + " of " + std::to_string(*plan.steps);
  return step + " in epoch " + std::to_string(at.epoch) + " of " + std::to_string(epochs_of(plan));
}

std::string finished_text(const TrainingPlan& plan, const TrainingPosition& at) {
  const std::string done =
      plan.steps ? counted(at.step, "step", "steps") : counted(at.epoch, "epoch", "epochs");
  const std::string more =
      plan.steps ? "steps=" + std::to_string(2 * at.step) : "epochs=" + std::to_string(2 * at.epoch);
  return "this run is finished, after " + done + "; to go on give it more than it had, such as " + more;
}

std::string best_text(const TrainingPlan& plan, const TrainingPosition& at) {
  return plan.has_data ? "epoch " + with_thousands(at.best_epoch) : "step " + with_thousands(at.best_step);
}

ProgressState progress_state(const TrainingPlan& plan, const TrainingProgress& progress) {
  const double share = static_cast<double>(progress.examples) / static_cast<double>(progress.of_examples);
  const double speed =
      std::max(static_cast<double>(progress.examples) / std::max(progress.seconds, 1e-9), 1e-9);
  const double left = (static_cast<double>(progress.epochs - progress.epoch) + 1 - share) *
                      static_cast<double>(progress.of_examples);
  ProgressState state{"epoch", progress.epoch, progress.epochs, share, progress.loss, speed, left / speed};
  if (!plan.has_data) {
    state.unit = "step";
    state.number = progress.step;
    state.of = *plan.steps;
  }
  return state;
}

EpochFigures epoch_figures(const TrainingPlan& plan, const std::vector<std::string>& columns,
                           const HistoryRow& row, double seconds) {
  EpochFigures figures;
  figures.unit = plan.has_data ? "epoch" : "step";
  figures.number = plan.has_data ? row.epoch : row.step;
  figures.of = plan.has_data ? epochs_of(plan) : *plan.steps;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (row.values[c]) figures.figures.push_back({columns[c], *row.values[c]});
  }
  figures.seconds = seconds;
  return figures;
}

std::string measured_text(const std::string& part, const Measured& measured,
                          const std::vector<Metric>& metrics) {
  std::string line = part + ".loss " + as_figure(measured.loss());
  for (const Metric& metric : metrics) {
    if (const std::optional<double> value = measured.number(metric.name))
      line += "  " + part + "." + metric.name + " " + as_figure(*value);
  }
  return line;
}

std::optional<std::string> gathering_text(const EpochSeconds& epoch, double of_run, std::int64_t batch,
                                          std::int64_t bytes_of_example) {
  const double share = epoch.gathering / std::max(epoch.all, 1e-9);
  if (share <= large_share || of_run < worth_a_word) return std::nullopt;
  return "note: " + std::to_string(std::lround(100 * share)) +
         " % of the time goes into putting batches together: for each step " + counted(batch, "row", "rows") +
         " of " + as_bytes_text(bytes_of_example) + (batch == 1 ? " is" : " are") +
         " copied, and the step itself takes little";
}

}  // namespace dlc
