#pragma once

#include "compiler/graph/graph.h"
#include "compiler/passes/runner/remarks.h"

namespace dlc {

/// What a stored value tells is not computed again: an expensive expression that is the body of an earlier
/// element-wise definition is read from it; and where r = maximum(a, c) is stored, a > c is asked as r > c,
/// so that nothing needs a any more (minimum likewise).
Graph reuse(const Graph& before, Remarks& remarks);

}  // namespace dlc
