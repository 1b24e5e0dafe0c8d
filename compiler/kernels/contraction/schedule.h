#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/kernels/contraction/problem.h"

namespace dlc {

/// Products in straight-line code take time to compile: so many of them are worth as much as the whole cost.
constexpr double dear_products = 8000;

/// All that is decided of a contraction. Together with the problem it gives the loops; nothing is chosen
/// later.
struct ContractionSchedule {
  bool swapped = false;               // a and b have changed places (in the problem too)
  std::uint32_t lanes = 1;            // 1: no vectors
  std::optional<std::size_t> vector;  // the index that runs across the lanes
  std::vector<std::int64_t> tile;     // by index: values unrolled; of the vector index a multiple of lanes
  std::vector<std::size_t>
      order;  // loops, the outermost first: `outside` reduced ones, outputs, the other reduced ones
  std::size_t outside = 0;  // reduced loops around the outputs: accumulators then lie in memory between them
  bool packed = false;      // b is copied to panels of tile[vector] columns

  std::optional<std::size_t> parallel;  // the index whose positions are cut into chunks: an output, or a
                                        // reduced one with partial sums
  std::int64_t chunk_positions = 1;     // positions in one chunk
  std::int64_t chunks = 1;

  double cost = 0;            // core cycles
  double cost_with_code = 0;  // the size of its code weighed in; of the tile alone, to choose between tiles
};

/// How often the loop of an index turns, tiles that are not whole included.
inline std::int64_t positions(const ContractionProblem& problem, const ContractionSchedule& schedule,
                              std::size_t index) {
  const std::int64_t tile = schedule.tile[index];
  return (problem.indices[index].extent + tile - 1) / tile;
}

/// The parallel cut is through a sum: each chunk writes its part of it to scratch memory.
inline bool is_cut_sum(const ContractionProblem& problem, const ContractionSchedule& schedule) {
  return schedule.parallel && !problem.indices[*schedule.parallel].is_output();
}

std::string describe(const ContractionProblem& problem, const ContractionSchedule& schedule);

/// The schedules worth trying, the cheapest first by the cost model; those whose tile alone costs much more
/// than `limit` are not. The last is plain, with little code whatever the borders.
std::vector<ContractionSchedule> candidates(const ContractionProblem& problem, const Target& target,
                                            double limit);

}  // namespace dlc
