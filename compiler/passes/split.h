#pragma once

#include "compiler/graph/graph.h"
#include "compiler/passes/remarks.h"

namespace dlc {

/// A contraction that reads at index // c or index % c gets two indices in place of that one, and is affine
/// then; one that writes the phases of a stride writes them side by side. The value is a view of the result.
/// Before: gathered. After: contractions read at affine positions, and write at their first indices wherever
/// their phases cover the result exactly.
Graph split(const Graph& before, Remarks& remarks);

}  // namespace dlc
