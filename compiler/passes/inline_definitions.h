#pragma once

#include "compiler/graph/graph.h"
#include "compiler/passes/runner/remarks.h"

namespace dlc {

/// Element-wise definitions are computed in their reader, where that computes no element more often: in the
/// only reader, or in all if the body is no more than a moved read or a constant. Contractions keep their
/// form: what is read by them is stored. After: nothing is left that only such readers needed.
Graph inline_definitions(const Graph& before, Remarks& remarks);

}  // namespace dlc
