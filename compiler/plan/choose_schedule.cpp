#include "compiler/plan/choose_schedule.h"

#include <algorithm>

#include "compiler/kernels/reduction.h"
#include "compiler/kernels/scatter.h"
#include "compiler/kernels/sweep.h"
#include "compiler/plan/product.h"
#include "compiler/plan/uses.h"

namespace dlc {

namespace {

/// The indices with those that the write does not name brought down to one value.
std::vector<Index> written_box(const Definition& definition) {
  std::vector<Index> box = definition.indices;
  for (const IndexId index : reduced_indices(definition)) box[number_of(index)].extent = 1;
  return box;
}

/// Does a subscript reach every position from 0 to extent − 1, by indices that no other subscript names?
bool covers(const Definition& definition, std::size_t subscript, std::int64_t extent) {
  const Position& position = definition.write[subscript];
  std::int64_t combinations = 1;
  for (std::size_t i = 0; i < definition.indices.size(); ++i) {
    if (!depends_on(position, IndexId(i))) continue;
    combinations *= definition.indices[i].extent;
    for (std::size_t other = 0; other < definition.write.size(); ++other) {
      if (other != subscript && depends_on(definition.write[other], IndexId(i))) return false;
    }
  }
  const Range reached = range(position, definition.indices);
  return reached.least <= 0 && reached.most >= extent - 1 && reached.most - reached.least + 1 == combinations;
}

bool writes_each_element_once(const Graph& graph, ValueId id) {
  const auto& definition = std::get<Definition>(graph[id].node);
  const Shape& shape = graph[id].type.shape;
  if (!is_affine(definition.write) || !writes_apart(definition.write, written_box(definition))) return false;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (!covers(definition, d, shape[d])) return false;
  }
  return true;
}

}  // namespace

Schedule schedule_of(const Graph& graph, ValueId id) {
  const auto& definition = std::get<Definition>(graph[id].node);
  if (definition.combiner == Combiner::none) return Schedule::sweep;
  if (writes_each_element_once(graph, id))
    return is_product(graph, id) ? Schedule::contraction : Schedule::reduction;
  return Schedule::scatter;
}

ScheduledKernel schedule(const Graph& graph, const Kernel& kernel, const std::vector<bool>& stored,
                         const Target& target) {
  KernelSource source{graph, kernel.computes, {}, kernel.roots};
  for (const ValueId id : kernel.computes) source.stored.push_back(stored[number_of(id)]);
  switch (kernel.schedule) {
    case Schedule::sweep: return schedule_sweep(source, target);
    case Schedule::contraction: return schedule_product(source, target);
    case Schedule::reduction: return schedule_reduction(source, target);
    case Schedule::scatter: return schedule_scatter(source, target);
  }
  __builtin_unreachable();
}

}  // namespace dlc
