#pragma once

#include "compiler/graph/graph.h"
#include "compiler/passes/runner/remarks.h"

namespace dlc {

/// An expensive part of a body that depends on fewer indices than the body is evaluated for becomes a
/// definition over those indices: the optimizer's powers of the step number once in place of once a weight, a
/// row's division once a row. After: such parts that are left are too cheap, or evaluated too seldom, to be
/// worth storing.
Graph invariants(const Graph& before, Remarks& remarks);

}  // namespace dlc
