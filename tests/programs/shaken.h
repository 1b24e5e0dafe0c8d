#pragma once

#include "compiler/graph/graph.h"

namespace dlc::tests {

/// The graph with a random relative error, at most `amount`, on the result of every operation that rounds. It
/// has one more input, the key of these errors, `shaking_key`. What its values are off by says how much
/// rounding can do to the graph's: everything where a step or a choice hangs on two values that are equal but
/// for rounding, and where a value is too large for a float.
Graph shaken(const Graph& graph, double amount);
inline constexpr const char* shaking_key = "key of shaking";

}  // namespace dlc::tests
