#pragma once

#include "compiler/graph/graph.h"

namespace dlc {

/// The definition that adds the body to the places of the window, for all indices. Where the window names
/// each element of the tensor by indices of its own, that is a usual definition with its indices in another
/// order.
Definition scatter(std::vector<Index> indices, Window window, Body body, const Shape& tensor);

}  // namespace dlc
