#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/files/history.h"
#include "runtime/train/examples.h"
#include "runtime/train/steps.h"

namespace dlc {

/// PART.METRIC of a keep or stop line, and which values of it are better.
struct Watched {
  std::string part;  // "train" or "valid"
  std::string metric;
  bool lowest = true;
};

struct StopRule {
  Watched watched;
  std::int64_t epochs = 0;  // without a better value
};

/// What a train block asks for, with the data it asks it of. Without data all its steps are one epoch.
struct TrainingPlan {
  bool has_data = true;
  Part train;  // without data: no inputs, and as many examples as all steps have
  std::optional<Part> valid;
  std::optional<Part> test;
  std::int64_t batch = 1;
  std::optional<std::int64_t> epochs;  // or
  std::optional<std::int64_t> steps;
  std::uint64_t seed = 0;
  std::vector<Metric> metrics;
  std::optional<Watched> keep;
  std::optional<StopRule> stop;
  std::optional<std::int64_t> validate_steps;
  ExamplesOfStep examples;  // of the training part
};

/// Where a run stands after its latest step: with the weights, all that it needs to go on.
struct TrainingPosition {
  std::int64_t epoch = 1;      // the one that is under way
  std::int64_t step = 0;       // steps done
  std::int64_t next = 0;       // the example of this epoch's order that the next batch begins with
  std::int64_t measured = 0;   // after this step all was measured last
  double seconds = 0;          // without what a resumed run has slept
  std::vector<double> sums;    // of this epoch's steps so far, as Measured gives them
  std::optional<double> best;  // the best value so far of what `keep` watches
  std::int64_t best_epoch = 0;
  std::int64_t best_step = 0;  // after which it was measured
  std::optional<double> stop_best;
  std::int64_t stop_epoch = 0;  // when it was reached
};

struct TrainingProgress {
  std::int64_t epoch = 0;
  std::int64_t epochs = 0;
  std::int64_t step = 0;      // done
  std::int64_t examples = 0;  // done in this epoch
  std::int64_t of_examples = 0;
  double loss = 0;     // over this epoch's steps
  double seconds = 0;  // of this epoch
};

/// What an epoch took so far.
struct EpochSeconds {
  double all = 0;        // the measuring too
  double gathering = 0;  // putting batches together
};

/// What is to be done on the way; all but `stop` may be empty. A sentence from `keep` or `save` ends the run.
struct TrainingWatcher {
  std::function<bool()> interrupted;
  std::function<void(const TrainingProgress&)> progress;  // after each step
  std::function<void(const HistoryRow&, bool is_best, const EpochSeconds&)>
      epoch;  // after each epoch, or validation between
  std::function<std::optional<std::string>()>
      keep;  // the weights, after a measurement that was the best so far
  /// All that going on needs: after the first measurements, later after those that a second or more lies
  /// before, and when a run ends or is interrupted.
  std::function<std::optional<std::string>(const TrainingPosition&)> save;
};

/// The examples of one step and what it is told besides. The examples stay until the next step is asked for.
struct StepCall {
  std::span<const std::int64_t> examples;
  StepNumbers numbers;
};

/// Whether the step that follows is the first of the next epoch.
bool is_epoch_over(const TrainingPlan& plan, const TrainingPosition& position);

/// The step that follows this position, whose epoch is not over.
StepCall next_step(const TrainingPlan& plan, const TrainingPosition& position);

enum class TrainingEnd { finished, stopped_early, interrupted, not_finite, failed };

struct TrainingResult {
  TrainingEnd end = TrainingEnd::finished;
  TrainingPosition position;
  std::string failure;  // why it failed
  std::optional<Measured> test;
};

/// The names of the history's columns: train.loss, train.accuracy, …, valid.loss, …
std::vector<std::string> history_columns(const TrainingPlan& plan);

/// How many orders of the examples a training begins.
std::int64_t epochs_of(const TrainingPlan& plan);

/// Whether the plan asks for no step after this position.
bool is_done(const TrainingPlan& plan, const TrainingPosition& position);

/// Whether a training that goes on from there can measure the whole epoch that is under way: the sums it has
/// are of the plan's metrics. Else it measures the epoch's remaining steps.
bool measures_whole_epoch(const TrainingPlan& plan, const TrainingPosition& position);

/// Trains the weights, from the beginning or from where a run was saved: it then goes on as if it had never
/// stopped. The same numbers for any number of threads behind `parallel`.
TrainingResult train(const TrainingPlan& plan, Steps& steps, const TrainingWatcher& watcher,
                     const ParallelChunks& parallel, const TrainingPosition& from = {});

}  // namespace dlc
