#pragma once

#include <vector>

#include "compiler/kernels/contraction/schedule.h"

namespace dlc {

inline std::int64_t rounded_up(std::int64_t value, std::int64_t step) {
  return (value + step - 1) / step;
}

/// Reduced indices, by falling stride in both operands.
std::vector<std::size_t> reduced_order(const ContractionProblem& problem);

/// The best tiles, without and with packing; those that cost much more than `limit` are not looked at.
std::vector<ContractionSchedule> best_tiles(const ContractionProblem& problem, const Target& target,
                                            double limit);

/// Nothing unrolled but the lanes, where no border names their index: small code whatever the borders.
ContractionSchedule plain_tile(const ContractionProblem& problem, const Target& target);

}  // namespace dlc
