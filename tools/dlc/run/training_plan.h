#pragma once

#include <map>
#include <string>

#include "runtime/train/train.h"
#include "tools/dlc/compilation.h"
#include "tools/dlc/data/data_source.h"

namespace dlc {

/// Whether the file has what training needs. If not, it has been said.
bool can_train(Session& session);

/// Whether there is a step to look at; if not, it has been said.
bool has_step(Session& session);

/// The same of what is done with examples, such as "to evaluate": it needs data too.
bool can_use_data(Session& session, const std::string& what);

/// The inputs that a training needs of the data, and how they lie in memory: what its steps read, what
/// `standardize` measures even if no step reads it (a later text may), and the classes that are predicted.
std::map<std::string, Element> inputs_of_training(const Model& model);

/// The same of an evaluation.
std::map<std::string, Element> inputs_of_evaluation(const Model& model);

/// The train block's lines, with the data. `data` must outlive the plan.
TrainingPlan training_plan(const Model& model, const LoadedData& data, std::uint64_t seed);

/// Without what training does not ask for.
Step make_training_step(const Model& model, Compilation& compilation, std::int64_t batch);

MakeStep step_maker(const Model& model, Compilation& compilation);

std::vector<Metric> metrics_of(const Model& model);

}  // namespace dlc
