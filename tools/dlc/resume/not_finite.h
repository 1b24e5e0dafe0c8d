#pragma once

#include <string>

#include "runtime/train/train.h"
#include "tools/dlc/compilation.h"

namespace dlc {

/// What made a training end with a loss or with weights that are not finite: the step, the first value that
/// was not finite, its line in the user's text. `weights` are those of the position `from`, from where the
/// steps up to `last` are run again by `steps`: every run of a step gives the same bits, so a training keeps
/// nothing for this and is slowed by nothing. The weights are changed.
std::string why_not_finite(Session& session, Compilation& compilation, const TrainingPlan& plan, Steps& steps,
                           Weights& weights, TrainingPosition from, std::int64_t last);

}  // namespace dlc
