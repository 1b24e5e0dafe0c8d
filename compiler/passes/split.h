#pragma once

#include "compiler/graph/graph.h"
#include "compiler/passes/runner/remarks.h"

namespace dlc {

/// A contraction that reads at index // c or index % c gets two indices in place of that one, and is affine
/// then; one that writes the phases of a stride writes them side by side. The value is a view of the result,
/// or its first elements where the last phase is short. Before: gathered. After: contractions write at their
/// first indices.
Graph split(const Graph& before, Remarks& remarks);

}  // namespace dlc
