#pragma once

#include <optional>
#include <string>

#include "runtime/files/history.h"
#include "runtime/report/progress.h"
#include "runtime/train/train.h"

namespace dlc {

// What a person is told of a training. Its epochs are counted, or its steps where there are no data.

/// How far it has come: "step 300 in epoch 2 of 10", "step 300 of 500".
std::string place_text(const TrainingPlan& plan, const TrainingPosition& at);

/// Of a run that is done and is to go on: what it did, and what would prolong it.
std::string finished_text(const TrainingPlan& plan, const TrainingPosition& at);

/// When the best value was measured: "epoch 9", "step 300".
std::string best_text(const TrainingPlan& plan, const TrainingPosition& at);

ProgressState progress_state(const TrainingPlan& plan, const TrainingProgress& progress);

/// Of a row of the history, whose columns are these.
EpochFigures epoch_figures(const TrainingPlan& plan, const std::vector<std::string>& columns,
                           const HistoryRow& row, double seconds);

/// test.loss 0.51  test.accuracy 0.83
std::string measured_text(const std::string& part, const Measured& measured,
                          const std::vector<Metric>& metrics);

/// Where putting batches together takes more than a fifth of an epoch, and in the whole run more than is
/// worth a word: how much, and why.
std::optional<std::string> gathering_text(const EpochSeconds& epoch, double of_run, std::int64_t batch,
                                          std::int64_t bytes_of_example);

}  // namespace dlc
