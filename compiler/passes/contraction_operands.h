#pragma once

#include "compiler/graph/graph.h"
#include "compiler/passes/runner/remarks.h"

namespace dlc {

/// A sum of products over more indices than any of its factors has becomes a contraction: factors that depend
/// on the same indices and are no plain reads are stored as one operand, over the positions at which they
/// read.
Graph contraction_operands(const Graph& before, Remarks& remarks);

}  // namespace dlc
