#pragma once

#include <map>
#include <string>

#include "compiler/graph/graph.h"

namespace dlc::tests {

/// How often each construct of a graph occurs; those that do not are there with 0.
using Constructs = std::map<std::string, int>;
Constructs no_constructs();
void count_constructs(const Graph& graph, Constructs& counts);

/// The graph with an output "ties of NAME" for each maximum, minimum, argmax and argmin of numbers: how many
/// values reach each extreme (1: no tie).
Graph with_ties(const Graph& graph);

}  // namespace dlc::tests
