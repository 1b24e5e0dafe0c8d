#include "compiler/kernels/contraction/storage.h"

#include <algorithm>
#include <cstdlib>

namespace dlc {

namespace {

using Problem = ContractionProblem;

/// Indices that have a stride in the operand, the greatest first.
std::vector<std::size_t> by_falling_stride(const Problem& problem, Problem::Operand operand) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < problem.indices.size(); ++i) {
    if (problem.indices[i].stride[operand] != 0) found.push_back(i);
  }
  std::stable_sort(found.begin(), found.end(), [&](std::size_t x, std::size_t y) {
    return std::abs(problem.indices[x].stride[operand]) > std::abs(problem.indices[y].stride[operand]);
  });
  return found;
}

void lay_out_panels(const Problem& problem, const ContractionSchedule& schedule,
                    ContractionStorage& storage) {
  const std::size_t vector = *schedule.vector;
  std::int64_t elements = schedule.tile[vector];
  std::vector<std::size_t> order = by_falling_stride(problem, Problem::b);
  for (std::size_t i = order.size(); i-- > 0;) {
    if (order[i] == vector) continue;
    storage.packed_strides[order[i]] = elements;
    elements *= problem.indices[order[i]].extent;
  }
  // A panel follows a panel; the base of a tile is a multiple of the tile, so the division is exact.
  storage.packed_strides[vector] = elements / schedule.tile[vector];
  storage.packed_elements = elements * positions(problem, schedule, vector);
}

}  // namespace

ContractionStorage storage_of(const Problem& problem, const ContractionSchedule& schedule, bool plain_store) {
  ContractionStorage storage;
  storage.packed_strides.resize(problem.indices.size());
  storage.sum_strides.resize(problem.indices.size());
  if (schedule.packed) lay_out_panels(problem, schedule, storage);
  const bool cut = is_cut_sum(problem, schedule);
  if (schedule.outside > 0 || cut) {
    storage.sums_in_out = plain_store && !cut;
    std::int64_t elements = 1;
    const std::vector<std::size_t> order = by_falling_stride(problem, Problem::out);
    for (std::size_t i = order.size(); i-- > 0;) {
      storage.sum_strides[order[i]] = elements;
      elements *= problem.indices[order[i]].extent;
    }
    storage.sum_elements = elements;
  }
  storage.sums_offset = (storage.packed_elements + 15) / 16 * 16;
  const std::int64_t copies = cut ? schedule.chunks : storage.sums_in_out ? 0 : 1;
  storage.elements = storage.sums_offset + copies * storage.sum_elements;
  return storage;
}

}  // namespace dlc
