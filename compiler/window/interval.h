#pragma once

#include "compiler/window/window.h"

namespace dlc {

/// A range that holds all values of the position while each index stays in its own range, given by number;
/// exact where every index takes one value and no lookup occurs. Lookups take any value in their bound.
Range range_within(const Position& position, std::span<const Range> indices);

/// 0 … extent − 1 of each.
std::vector<Range> whole_ranges(std::span<const Index> indices);

}  // namespace dlc
