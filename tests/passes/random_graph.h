#pragma once

#include "compiler/graph/graph.h"

namespace dlc::tests {

/// A small sound graph without meaning: reads through windows of all kinds, borders, lookups, reductions,
/// products, scatters, views, draws; often with the gradient of a sum over all of it.
Graph random_graph(unsigned seed);

}  // namespace dlc::tests
