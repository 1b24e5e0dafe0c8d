#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/reference/evaluate.h"

namespace dlc::tests {

/// A whole step: gradients are definitions already.
struct NamedGraph {
  std::string name;
  Graph graph;
};

/// Those of tests/passes/graphs, each differentiated, in the order of their names.
std::vector<NamedGraph> all_graphs();

using Given = std::map<std::string, Tensor>;

/// Values for all that comes from outside, within its bounds.
Given random_values(const Graph& graph, unsigned seed);

/// The first output or next value that differs by more than `tolerance` (relative to its size where that is
/// above 1); empty if there is none.
std::string difference(const Values& wanted, const Values& found, double tolerance);

std::string contents(const std::string& file);

}  // namespace dlc::tests
