#include <algorithm>

#include "compiler/kernels/contraction/emit.h"
#include "compiler/kernels/contraction/runs.h"

namespace dlc {

namespace {

/// The walk of emit_contraction, without its code.
void count(const ContractionProblem& problem, const ContractionSchedule& schedule,
           const std::vector<bool>& special, std::vector<TilePlace>& places, std::size_t depth,
           std::int64_t limit, BodyCount& total) {
  if (total.bodies >= limit) return;
  if (depth == schedule.order.size()) {
    std::int64_t products = 1;
    for (std::size_t i = 0; i < places.size(); ++i) {
      const std::int64_t step = schedule.vector == i ? schedule.lanes : 1;
      products *= (places[i].values + step - 1) / step;
    }
    ++total.bodies;
    total.products += products;
    return;
  }
  const std::size_t index = schedule.order[depth];
  for (const TileRun& run : runs_of(problem, schedule, special, places, index)) {
    places[index].fixed = true;
    places[index].representative = run.first * schedule.tile[index];
    places[index].values = run.values;
    count(problem, schedule, special, places, depth + 1, limit, total);
    places[index] = TilePlace();
  }
}

}  // namespace

BodyCount count_bodies(const ContractionProblem& problem, const ContractionSchedule& schedule,
                       std::int64_t limit) {
  BodyCount total;
  std::vector<TilePlace> places(problem.indices.size());
  count(problem, schedule, special_indices(problem, schedule), places, 0, limit, total);
  return total;
}

}  // namespace dlc
