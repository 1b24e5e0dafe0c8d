#pragma once

#include "compiler/graph/graph.h"
#include "compiler/passes/runner/remarks.h"

namespace dlc {

/// Integers that stay within the step and fit into a byte are stored as bytes: the places of maxima take a
/// quarter of the memory.
Graph narrow(const Graph& before, Remarks& remarks);

}  // namespace dlc
