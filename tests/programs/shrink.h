#pragma once

#include <functional>

#include "compiler/graph/graph.h"

namespace dlc::tests {

/// A smaller graph that still fails: outputs, updates and statements go, what is computed comes from outside,
/// extents are halved, bodies and windows become simpler, as long as `fails` holds. Only sound graphs are
/// tried.
Graph shrunk(Graph graph, const std::function<bool(const Graph&)>& fails);

}  // namespace dlc::tests
