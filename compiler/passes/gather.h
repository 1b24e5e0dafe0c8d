#pragma once

#include "compiler/graph/graph.h"
#include "compiler/passes/runner/remarks.h"

namespace dlc {

/// A scatter whose write window can be solved becomes a gather: each element of the result asks for the
/// indices that reach it. After: sums that still write elsewhere than at their first indices either look up
/// where to write, or write phases of a stride (a bijection of their free indices; the others are summed
/// over).
Graph gather(const Graph& before, Remarks& remarks);

}  // namespace dlc
