#pragma once

#include <cstdint>

#include "compiler/graph/graph.h"

namespace dlc::tests {

/// A small sound graph without meaning, the same for the same seed. It has every form that a graph can have:
/// numbers, integers and booleans, all combiners, windows with strides, quotients, remainders and lookups,
/// borders with `else`, scatters that add and scatters that write each element once, shared expressions,
/// draws, views, updates, outputs, places, names that are no words. Values stay moderate,
/// and no step function follows a sum, so that rounding stays rounding.
Graph random_program(std::uint64_t seed);

}  // namespace dlc::tests
