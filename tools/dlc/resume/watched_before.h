#pragma once

#include <string>

#include "runtime/files/history.h"
#include "runtime/train/train.h"

namespace dlc {

/// The best values so far are of what `keep` and `stop` watched when they were measured. Where the file
/// watches something else now, no row of the history confirms them: they begin anew. What is to be told of
/// that; empty if they stay.
std::string forget_other_bests(const TrainingPlan& plan, const History& history, TrainingPosition& position);

}  // namespace dlc
