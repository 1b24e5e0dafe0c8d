#pragma once

#include "compiler/graph/graph.h"
#include "compiler/kernels/lower/nest.h"
#include "compiler/plan/group.h"

namespace dlc {

/// How a definition is computed as the root of a kernel.
Schedule schedule_of(const Graph& graph, ValueId id);

/// The functions of a kernel.
ScheduledKernel schedule(const Graph& graph, const Kernel& kernel, const std::vector<bool>& stored,
                         const Target& target);

}  // namespace dlc
