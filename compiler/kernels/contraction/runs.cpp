#include "compiler/kernels/contraction/runs.h"

#include <algorithm>

namespace dlc {

namespace {

using Border = ContractionProblem::Border;

/// Appends whether the border holds, for all values of the named indices from `index` on that are not fixed
/// and all elements of those that are.
void append_signature(const ContractionProblem& problem, const Border& border,
                      const std::vector<TilePlace>& places, std::size_t index, std::int64_t sum,
                      std::vector<bool>& signature) {
  while (index < places.size() && !border.names(index)) ++index;
  if (index == places.size()) {
    signature.push_back(sum >= 0 && sum < border.extent);
    return;
  }
  const TilePlace& place = places[index];
  const std::int64_t first = place.fixed ? place.representative : 0;
  const std::int64_t count = place.fixed ? place.values : problem.indices[index].extent;
  for (std::int64_t value = first; value < first + count; ++value) {
    append_signature(problem, border, places, index + 1, sum + border.coefficients[index] * value, signature);
  }
}

std::vector<bool> signature_of(const ContractionProblem& problem, const std::vector<TilePlace>& places,
                               std::size_t index) {
  std::vector<bool> signature;
  for (const Border& border : problem.borders) {
    if (border.names(index)) append_signature(problem, border, places, 0, border.constant, signature);
  }
  return signature;
}

}  // namespace

std::vector<bool> special_indices(const ContractionProblem& problem, const ContractionSchedule& schedule) {
  std::vector<bool> special(problem.indices.size());
  for (std::size_t i = 0; i < special.size(); ++i) special[i] = schedule.tile[i] > 1;
  for (bool changed = true; changed;) {
    changed = false;
    for (const Border& border : problem.borders) {
      bool any = false;
      bool any_reduced = false;
      for (std::size_t i = 0; i < special.size(); ++i) {
        if (!border.names(i)) continue;
        any = any || special[i];
        any_reduced = any_reduced || !problem.indices[i].is_output();
      }
      // Among outputs alone: no sum may be skipped by a bound, for it must be written as 0.
      if (!any && any_reduced) continue;
      for (std::size_t i = 0; i < special.size(); ++i) {
        if (border.names(i) && !special[i]) special[i] = changed = true;
      }
    }
  }
  return special;
}

std::vector<TileRun> runs_of(const ContractionProblem& problem, const ContractionSchedule& schedule,
                             const std::vector<bool>& special, const std::vector<TilePlace>& places,
                             std::size_t index) {
  const std::int64_t extent = problem.indices[index].extent;
  const std::int64_t tile = schedule.tile[index];
  const std::int64_t count = positions(problem, schedule, index);
  std::vector<TileRun> runs;
  if (!special[index] || !problem.in_border(index)) {
    if (extent >= tile) runs.push_back({0, extent / tile, tile});
    if (extent % tile != 0) runs.push_back({count - 1, count, extent % tile});
    return runs;
  }
  std::vector<TilePlace> here = places;
  here[index].fixed = true;
  std::vector<bool> before;
  for (std::int64_t position = 0; position < count; ++position) {
    here[index].representative = position * tile;
    here[index].values = std::min(tile, extent - position * tile);
    std::vector<bool> signature = signature_of(problem, here, index);
    if (!runs.empty() && runs.back().values == here[index].values && signature == before) {
      runs.back().last = position + 1;
    } else {
      runs.push_back({position, position + 1, here[index].values});
      before = std::move(signature);
    }
  }
  return runs;
}

BorderBounds bounds_inside(const ContractionProblem::Border& border, std::size_t index,
                           const std::vector<TilePlace>& places) {
  Affine rest = border.constant;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i != index && border.names(i)) rest += places[i].base * border.coefficients[i];
  }
  const std::int64_t coefficient = border.coefficients[index];
  const std::int64_t size = std::abs(coefficient);
  // 0 <= rest + coefficient * index < extent; floor((x + size - 1) / size) is x / size rounded up.
  const Affine towards_start = coefficient > 0 ? rest * -1 + (size - 1) : rest + (size - border.extent);
  const Affine towards_end = coefficient > 0 ? rest * -1 + (border.extent + size - 1) : rest + size;
  return {{towards_start, size}, {towards_end, size}};
}

bool is_inside(const ContractionProblem& problem, const std::vector<bool>& special,
               const std::vector<TilePlace>& places, const std::vector<std::int64_t>& elements) {
  return std::all_of(problem.borders.begin(), problem.borders.end(), [&](const Border& border) {
    std::int64_t sum = border.constant;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (!border.names(i)) continue;
      if (!special[i]) return true;  // a bound of a loop sees to it
      sum += border.coefficients[i] * (places[i].representative + elements[i]);
    }
    return sum >= 0 && sum < border.extent;
  });
}

}  // namespace dlc
