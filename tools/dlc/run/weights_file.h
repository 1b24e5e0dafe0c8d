#pragma once

#include <filesystem>
#include <string>

#include "runtime/files/safetensors.h"
#include "runtime/train/train.h"
#include "tools/dlc/data/known_data.h"

namespace dlc {

/// best.safetensors and last.safetensors: the weights (in `best` without the states that only training
/// needs), what is needed to predict without the data (what is known of them, figures of standardised
/// fields), and in `last` where the run stands.
Result<void> write_weights(const std::filesystem::path& path, const Weights& weights, const Model& model,
                           const KnownData& data, const TrainingPosition* position, std::uint64_t seed);

/// Fills the weights from a file; what is missing there or has another shape is one failure that lists all
/// names.
Result<void> read_weights(const std::filesystem::path& path, Weights& weights, const Model& model);

/// What the file says of the data that the weights were trained with; none if it does not say it, as those of
/// earlier versions do not.
Result<std::optional<KnownData>> read_known_data(const std::filesystem::path& path);

/// Fills all of the weights, those too that only training needs, and gives where the run stands, from
/// `last.safetensors`. The run must have been begun with this seed.
Result<TrainingPosition> read_last(const std::filesystem::path& path, Weights& weights, const Model& model,
                                   std::uint64_t seed);

}  // namespace dlc
