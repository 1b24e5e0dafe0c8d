#include "compiler/kernels/sweep.h"

namespace dlc {

ScheduledKernel schedule_sweep(const KernelSource& source, const Target& target) {
  const Uses uses = uses_of(source);
  const std::vector<Axis> axes =
      merged_axes(written_indices(source.root(), uses), source.root().indices, uses);
  const std::uint32_t lanes = axes.empty() ? 1 : lanes_for(axes.back().extent, target, 2);
  const std::int64_t pieces = axes.size() == 1 ? axes[0].extent / lanes : axes.empty() ? 1 : axes[0].extent;
  Nest nest(source, source.graph[source.members[0]].name);
  nest.chunked(axes, lanes, chunk_count(work_of(source), pieces), [&] { nest.finish_members(0, {}); });
  ScheduledKernel kernel;
  kernel.launches.push_back(std::move(nest).finish());
  return kernel;
}

}  // namespace dlc
