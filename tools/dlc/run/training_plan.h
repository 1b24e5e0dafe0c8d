#pragma once

#include "runtime/train/train.h"
#include "tools/dlc/compilation.h"
#include "tools/dlc/data/data_source.h"

namespace dlc {

/// Whether the file has what training needs: a train block and data. If not, it has been said.
bool can_train(Session& session);

/// The train block's lines, with the data. `data` must outlive the plan.
TrainingPlan training_plan(const Model& model, const LoadedData& data, std::uint64_t seed);

/// Without what training does not ask for.
Step make_training_step(const Model& model, Compilation& compilation, std::int64_t batch);

MakeStep step_maker(const Model& model, Compilation& compilation);

std::vector<Metric> metrics_of(const Model& model);

}  // namespace dlc
