#pragma once

#include "compiler/graph/graph.h"
#include "compiler/passes/runner/remarks.h"

namespace dlc {

/// A number that depends on nothing outside of its definition is computed now, in double precision, if that
/// takes no more than a few thousand evaluations of its body.
Graph constants(const Graph& before, Remarks& remarks);

}  // namespace dlc
