#pragma once

#include "compiler/graph/graph.h"

namespace dlc {

/// What the output "predict" needs and nothing else: without the loss the inputs of what is to be predicted
/// are not read, which new examples do not have.
Graph prediction_graph(const Graph& evaluation);

}  // namespace dlc
