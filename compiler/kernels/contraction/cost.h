#pragma once

#include "compiler/kernels/contraction/schedule.h"

namespace dlc {

/// What of a processor a tile depends on.
struct TileTarget {
  const VectorWidth& width;
  const CacheSizes& caches;
  std::uint32_t widest_bits;  // of the vectors of this processor
};

/// The tile alone, without the order of the loops: core cycles of all bodies, overheads of tiles included;
/// none if the registers do not suffice or a body grows too large.
std::optional<double> tile_cost(const ContractionProblem& problem, const ContractionSchedule& schedule,
                                const TileTarget& target, double limit);

/// What the order of the loops, packing and the parallel cut add to that: core cycles. `schedule.cost` is
/// that of the tile.
double order_cost(const ContractionProblem& problem, const ContractionSchedule& schedule,
                  const Target& target);

}  // namespace dlc
