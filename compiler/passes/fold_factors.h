#pragma once

#include "compiler/graph/graph.h"
#include "compiler/passes/runner/remarks.h"

namespace dlc {

/// A factor of a contraction's result that one of its operands could have as well is multiplied into that
/// operand, where the operand is much smaller than the result. What is added stays where it is.
/// Only contractions with a single reader, which then reads the scaled one.
Graph fold_factors(const Graph& before, Remarks& remarks);

}  // namespace dlc
