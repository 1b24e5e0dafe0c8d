#pragma once

#include <array>
#include <string>
#include <vector>

#include "compiler/kernels/contraction/contraction.h"

namespace dlc {

/// More indices than a contraction ever has.
constexpr std::size_t most_indices = 16;
using IndexValues = std::array<std::int64_t, most_indices>;

/// A contraction without extents of 1 and with indices merged that run through all operands as one.
struct ContractionProblem {
  enum Operand : std::size_t { out, a, b };

  struct Index {
    std::string name;
    std::int64_t extent = 1;
    std::array<std::int64_t, 3> stride{};
    std::vector<std::int64_t> extra;
    bool is_output() const { return stride[out] != 0; }
  };
  struct Border {
    std::int64_t constant = 0;
    std::vector<std::int64_t> coefficients;  // by index
    std::int64_t extent = 0;
    bool guards_b = false;
    bool names(std::size_t index) const { return coefficients[index] != 0; }
  };

  std::vector<Index> indices;
  std::vector<Border> borders;

  bool in_border(std::size_t index) const;
  double multiply_adds() const;  // borders not counted off
  double outputs() const;
};

/// With `keep_windows`, indices stay apart that share their stride in a with a third (a window slides there):
/// merged, a row of tiles would not see that neighbours read the same.
ContractionProblem simplified(const Contraction& contraction, bool keep_windows);

/// a and b in each other's place.
ContractionProblem swapped(ContractionProblem problem);

}  // namespace dlc
