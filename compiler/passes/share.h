#pragma once

#include "compiler/graph/graph.h"
#include "compiler/passes/runner/remarks.h"

namespace dlc {

/// Equal definitions are computed once: those that read the same values through the same windows under the
/// same body, whatever their indices are called. Two random draws are equal only if they are the same draw.
/// After: no two definitions or views are equal; what stays keeps the places of both.
Graph share(const Graph& before, Remarks& remarks);

}  // namespace dlc
