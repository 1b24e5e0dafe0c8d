#pragma once

#include "compiler/graph/graph.h"
#include "compiler/passes/runner/remarks.h"

namespace dlc {

/// An element-wise definition that reads a reduction through a view is computed in the shape of the
/// reduction, whose epilogue it can be; the view comes after it. A view costs nothing, so the others that it
/// reads are viewed likewise.
Graph views(const Graph& before, Remarks& remarks);

}  // namespace dlc
