#pragma once

#include "compiler/graph/graph.h"

namespace dlc {

/// Every Gradient is replaced by definitions; all else stays as it is. The definitions of a gradient stand
/// where the first gradient of that number stood; gradients of one number by several values come from one
/// sweep. A value that the number does not depend on has the gradient 0. Integers and booleans have none.
Graph differentiate(const Graph& before);

}  // namespace dlc
