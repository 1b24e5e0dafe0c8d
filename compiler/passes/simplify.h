#pragma once

#include "compiler/graph/graph.h"
#include "compiler/passes/runner/remarks.h"

namespace dlc {

/// Algebra on bodies (algebra.h) and on definitions: indices that run over one value or that nothing depends
/// on go, factors without reduced indices leave their sum, a sum of two contractions is parted, a sum of
/// which one term remains is looked up, and a definition that is another value is replaced by it. After: what
/// a sum holds depends on its reduced indices; stop_gradient is gone once no Gradient is left.
Graph simplify(const Graph& before, Remarks& remarks);

}  // namespace dlc
