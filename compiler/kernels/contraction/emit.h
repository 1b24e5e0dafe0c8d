#pragma once

#include "compiler/kernels/contraction/schedule.h"
#include "compiler/kernels/contraction/storage.h"

namespace dlc {

/// The loops of a schedule: perhaps a packing, the sums, perhaps the addition of partial sums.
std::vector<Loops> emit_contraction(const Contraction& contraction, const ContractionProblem& problem,
                                    const ContractionSchedule& schedule, const ContractionStorage& storage);

/// How many pieces of straight-line code the schedule has, and the most products in one of them; no more is
/// counted than `limit` pieces.
struct BodyCount {
  std::int64_t bodies = 0;
  std::int64_t products = 0;
};
BodyCount count_bodies(const ContractionProblem& problem, const ContractionSchedule& schedule,
                       std::int64_t limit);

}  // namespace dlc
