#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dlc {

/// How many examples of each class go to each part: sizes[class][part]. The shares add up to 1. Each class
/// adds up to its size, each part to its largest remainder of all examples, and each size is its exact share
/// rounded down or up; larger remainders are rounded up first.
std::vector<std::vector<std::int64_t>> stratified_sizes(std::span<const std::int64_t> class_sizes,
                                                        std::span<const double> shares);

}  // namespace dlc
