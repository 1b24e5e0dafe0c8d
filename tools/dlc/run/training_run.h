#pragma once

#include <optional>

#include "runtime/train/train.h"
#include "tools/dlc/compilation.h"
#include "tools/dlc/data/data_source.h"
#include "tools/dlc/resume/stopped_run.h"
#include "tools/dlc/session.h"

namespace dlc {

/// All that a training needs; what is referred to outlives it.
struct TrainingRun {
  Session& session;
  Compilation& compilation;
  const LoadedData& data;
  const TrainingPlan& plan;
  MakeStep make_step;
  Weights& weights;  // at their initial values
};

/// Trains in a new folder or, going on, in that of the stopped run: shows how it goes, writes the run's
/// files, and says how it ended and what may be wanted next.
ExitStatus train_in_folder(TrainingRun run, std::optional<StoppedRun> stopped);

}  // namespace dlc
