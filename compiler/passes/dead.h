#pragma once

#include "compiler/graph/graph.h"
#include "compiler/passes/runner/remarks.h"

namespace dlc {

/// Leaves out definitions and views that no output and no update needs. What comes from outside stays: it is
/// known by name there.
Graph dead(const Graph& before, Remarks& remarks);

}  // namespace dlc
