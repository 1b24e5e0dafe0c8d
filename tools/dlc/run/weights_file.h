#pragma once

#include <filesystem>
#include <string>

#include "runtime/files/safetensors.h"
#include "runtime/train/train.h"
#include "tools/dlc/data_source.h"

namespace dlc {

/// best.safetensors and last.safetensors: the weights (in `best` without the states that only training
/// needs), what is needed to predict without the data (names of classes, figures of standardised fields), and
/// in `last` where the run stands.
Result<void> write_weights(const std::filesystem::path& path, const Weights& weights, const Model& model,
                           const LoadedData& data, const TrainingPosition* position, std::uint64_t seed);

/// Fills the weights from a file; what is missing there or has another shape is one failure that lists all
/// names.
Result<void> read_weights(const std::filesystem::path& path, Weights& weights, const Model& model);

/// Fills all of the weights, those too that only training needs, and gives where the run stands, from
/// `last.safetensors`. The run must have been begun with this seed.
Result<TrainingPosition> read_last(const std::filesystem::path& path, Weights& weights, const Model& model,
                                   std::uint64_t seed);

}  // namespace dlc
