#pragma once

#include "compiler/kernels/contraction/schedule.h"

namespace dlc {

/// Where the walk through the loops of a contraction stands in one index.
struct TilePlace {
  bool fixed = false;  // its loop is entered
  std::int64_t representative =
      0;                    // a value at which its tile may begin; any other of its run has the same borders
  std::int64_t values = 1;  // in the tile
  Affine base;              // where the tile begins
};

/// Positions first … last - 1 of an index whose tiles have as many values and the same products inside the
/// borders.
struct TileRun {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t values = 1;
};

/// Which indices are cut into runs: those tiled, and those in a border with such a one. Borders among the
/// others become bounds of loops.
std::vector<bool> special_indices(const ContractionProblem& problem, const ContractionSchedule& schedule);

/// The positions of an index, cut where a tile changes its size or, if the index is special, where a border
/// changes; the places of indices of outer loops are fixed. One run for each piece of code.
std::vector<TileRun> runs_of(const ContractionProblem& problem, const ContractionSchedule& schedule,
                             const std::vector<bool>& special, const std::vector<TilePlace>& places,
                             std::size_t index);

/// From which value to which (the end not included) an index that is not tiled stays inside a border.
struct BorderBounds {
  Bound::Term first, last;
};
BorderBounds bounds_inside(const ContractionProblem::Border& border, std::size_t index,
                           const std::vector<TilePlace>& places);

/// Whether a product lies inside all borders of special indices; `elements` are its distances from the tiles'
/// beginnings.
bool is_inside(const ContractionProblem& problem, const std::vector<bool>& special,
               const std::vector<TilePlace>& places, const std::vector<std::int64_t>& elements);

}  // namespace dlc
