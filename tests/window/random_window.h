#pragma once

#include <random>
#include <string>

#include "compiler/window/window.h"

namespace dlc::tests {

/// A window over a small box, into a small tensor.
struct RandomWindow {
  std::vector<Index> indices;
  Window window;
  Shape tensor;
};

/// At most four indices of extents 1 … 6; sums with coefficients −3 … 3, with quotients and remainders if
/// asked for, one form in each subscript. The tensor holds about what is reached.
RandomWindow random_window(std::mt19937_64& random, bool with_divisions);

int random_between(std::mt19937_64& random, int least, int most);

/// All combinations, as lists of values.
std::vector<std::vector<std::int64_t>> combinations(std::span<const Index> indices);

std::string describe(const Position& position);
std::string describe(const RandomWindow& box);

}  // namespace dlc::tests
