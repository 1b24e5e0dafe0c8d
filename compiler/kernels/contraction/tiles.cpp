// Tiles: an index across the lanes, panels of it, one or two output indices in registers, and what is
// unrolled of the sum; the best of them by the cost of their code alone.

#include "compiler/kernels/contraction/tiles.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "compiler/kernels/contraction/cost.h"
#include "compiler/kernels/contraction/runs.h"

namespace dlc {

std::vector<std::size_t> reduced_order(const ContractionProblem& problem) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < problem.indices.size(); ++i) {
    if (!problem.indices[i].is_output()) order.push_back(i);
  }
  const auto step = [&](std::size_t i) {
    return std::abs(problem.indices[i].stride[ContractionProblem::a]) +
           std::abs(problem.indices[i].stride[ContractionProblem::b]);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t x, std::size_t y) { return step(x) > step(y); });
  return order;
}

namespace {

using Problem = ContractionProblem;
using Schedules = std::vector<ContractionSchedule>;

constexpr std::size_t tiles_kept = 24;
constexpr double worth_keeping = 1.25;  // times the best tile
constexpr std::int64_t longest_window = 16;

/// The size of the most equal pieces of at most `most`: 29 by 12 is 10 + 10 + 9, not 12 + 12 + 5.
std::int64_t balanced(std::int64_t extent, std::int64_t most) {
  return rounded_up(extent, rounded_up(extent, most));
}

std::vector<std::int64_t> balanced_sizes(std::int64_t extent, std::int64_t most) {
  std::vector<std::int64_t> sizes;
  for (std::int64_t size = 1; size <= std::min(extent, most); ++size) {
    const std::int64_t even = balanced(extent, size);
    if (sizes.empty() || sizes.back() != even) sizes.push_back(even);
  }
  return sizes;
}

/// Packing walks the indices that move in b: its borders may name no others.
bool may_pack(const Problem& problem) {
  return std::none_of(problem.borders.begin(), problem.borders.end(), [&](const Problem::Border& border) {
    if (!border.guards_b) return false;
    for (std::size_t i = 0; i < problem.indices.size(); ++i) {
      if (border.names(i) && problem.indices[i].stride[Problem::b] == 0) return true;
    }
    return false;
  });
}

/// Does an output index move in a by the same elements, so that the reduced index is (or has) a window?
bool is_window(const Problem& problem, std::size_t reduced) {
  const Problem::Index& i = problem.indices[reduced];
  if (i.is_output() || i.stride[Problem::a] == 0) return false;
  return std::any_of(problem.indices.begin(), problem.indices.end(), [&](const Problem::Index& j) {
    const std::int64_t step_i = std::abs(i.stride[Problem::a]);
    const std::int64_t step_j = std::abs(j.stride[Problem::a]);
    if (!j.is_output() || step_j == 0) return false;
    const std::int64_t least = std::min(step_i, step_j);
    return std::max(step_i, step_j) % least == 0 && step_i < step_j * j.extent && step_j < step_i * i.extent;
  });
}

/// Fills in tiles of the reduced indices in all ways worth trying.
class TileSearch {
 public:
  TileSearch(const Problem& problem, const TileTarget& target, double limit)
      : problem_(problem), target_(target), best_{limit, limit} {
    for (const std::size_t i : reduced_order(problem)) reduced_.push_back(i);
  }

  void run(const ContractionSchedule& start, Schedules& found) {
    ContractionSchedule schedule = start;
    unrolled(schedule, 0, found);
  }

 private:
  std::vector<std::int64_t> unroll_sizes(std::size_t place, const ContractionSchedule& schedule) const {
    const std::size_t index = reduced_[place];
    const std::int64_t extent = problem_.indices[index].extent;
    if (schedule.vector == index) return {schedule.tile[index]};
    if (is_window(problem_, index)) {
      if (extent <= longest_window)
        return extent == 1 ? std::vector<std::int64_t>{1} : std::vector<std::int64_t>{1, extent};
      return {1, balanced(extent, 6), balanced(extent, 12)};
    }
    const bool innermost =
        place + 1 == reduced_.size() || (place + 2 == reduced_.size() && schedule.vector == reduced_.back());
    if (!innermost) return {1};
    std::vector<std::int64_t> sizes = {1};
    for (const std::int64_t size : {2, 4, 8}) {
      if (size <= extent) sizes.push_back(size);
    }
    if (extent < 8 && sizes.back() != extent) sizes.push_back(extent);
    return sizes;
  }

  void unrolled(ContractionSchedule& schedule, std::size_t place, Schedules& found) {
    if (place == reduced_.size()) {
      keep(schedule, found);
      return;
    }
    const std::int64_t before = schedule.tile[reduced_[place]];
    for (const std::int64_t size : unroll_sizes(place, schedule)) {
      schedule.tile[reduced_[place]] = size;
      unrolled(schedule, place + 1, found);
    }
    schedule.tile[reduced_[place]] = before;
  }

  void keep(const ContractionSchedule& schedule, Schedules& found) {
    const double limit = worth_keeping * best_[schedule.packed];
    const std::optional<double> cost = tile_cost(problem_, schedule, target_, limit);
    if (!cost) return;
    const double with_code = *cost * (1 + code_share(schedule));
    if (with_code > limit) return;
    best_[schedule.packed] = std::min(best_[schedule.packed], with_code);
    found.push_back(schedule);
    found.back().cost = *cost;
    found.back().cost_with_code = with_code;
  }

  /// What the making of its code adds, roughly.
  double code_share(const ContractionSchedule& schedule) const {
    const std::vector<bool> special = special_indices(problem_, schedule);
    double products = 1;
    for (std::size_t i = 0; i < special.size(); ++i) {
      const double whole =
          static_cast<double>(schedule.tile[i]) / (schedule.vector == i ? schedule.lanes : 1);
      const bool remainder = problem_.indices[i].extent % schedule.tile[i] != 0;
      products *= whole * std::max(remainder ? 1.7 : 1.0, special[i] ? runs(schedule, i) : 1.0);
    }
    return products / dear_products;
  }

  /// About how many runs the borders cut an index into: a window reaches over each end by half of itself.
  double runs(const ContractionSchedule& schedule, std::size_t index) const {
    const auto count = static_cast<double>(positions(problem_, schedule, index));
    double most = 1;
    for (const Problem::Border& border : problem_.borders) {
      if (!border.names(index)) continue;
      std::int64_t reach = 0;
      for (std::size_t i = 0; i < problem_.indices.size(); ++i) {
        if (i != index) reach += std::abs(border.coefficients[i]) * (problem_.indices[i].extent - 1);
      }
      const std::int64_t step = std::abs(border.coefficients[index]) * schedule.tile[index];
      most = std::max(most, 1 + 2 * std::ceil(static_cast<double>(reach) / 2 / static_cast<double>(step)));
    }
    return std::min(most, count);
  }

  const Problem& problem_;
  const TileTarget& target_;
  std::vector<std::size_t> reduced_;
  double best_[2];  // without and with packing
};

/// All tiles of outputs around a vector index and a panel.
void search_rows(const Problem& problem, const TileTarget& target, const ContractionSchedule& start,
                 std::int64_t vectors, double limit, Schedules& found) {
  TileSearch search(problem, target, limit);
  const std::int64_t most = std::max<std::int64_t>(1, (target.width.registers - 2) / vectors);
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < problem.indices.size(); ++i) {
    if (problem.indices[i].is_output() && start.vector != i) rows.push_back(i);
  }
  if (rows.empty()) search.run(start, found);
  // At least half of the registers should be sums, where there are so many outputs.
  const auto enough = [&](std::int64_t sums, std::int64_t possible) {
    return 3 * sums >= 2 * std::min(most, possible) || 2 * sums * vectors >= target.width.registers;
  };
  for (std::size_t first = 0; first < rows.size(); ++first) {
    const std::int64_t extent = problem.indices[rows[first]].extent;
    for (const std::int64_t size : balanced_sizes(extent, most)) {
      ContractionSchedule schedule = start;
      schedule.tile[rows[first]] = size;
      if (enough(size, extent)) search.run(schedule, found);
      for (std::size_t second = first + 1; second < rows.size(); ++second) {
        const std::int64_t second_extent = problem.indices[rows[second]].extent;
        for (const std::int64_t second_size : balanced_sizes(second_extent, most / size)) {
          if (second_size == 1 || size == 1 || !enough(size * second_size, extent * second_extent)) continue;
          schedule.tile[rows[second]] = second_size;
          search.run(schedule, found);
        }
        schedule.tile[rows[second]] = 1;
      }
    }
  }
}

/// The vector forms: outputs side by side, a and b side by side (a dot product), or outputs apart; b packed
/// where it is not side by side.
void search_vectors(const Problem& problem, const TileTarget& target, double limit, Schedules& found) {
  const VectorWidth& width = target.width;
  for (std::size_t v = 0; v < problem.indices.size(); ++v) {
    const Problem::Index& index = problem.indices[v];
    if (problem.in_border(v)) continue;
    // Narrower vectors are of use where whole ones would not be full.
    if (width.bits < target.widest_bits && index.extent % (target.widest_bits / 32) == 0) continue;
    const std::int64_t out = index.stride[Problem::out];
    const std::int64_t a = index.stride[Problem::a];
    const std::int64_t b = index.stride[Problem::b];
    const bool dot = out == 0 && a == 1 && b == 1;
    const bool outer = out != 0 && a == 0 && b != 0;
    const bool point = out == 1 && a == 1 && b == 1;
    if (!dot && !outer && !point) continue;
    for (const bool packed : {false, true}) {
      if (packed && (!outer || !may_pack(problem))) continue;
      if (!packed && outer && b != 1) continue;
      ContractionSchedule start;
      start.lanes = width.lanes();
      start.vector = v;
      start.packed = packed;
      start.tile.assign(problem.indices.size(), 1);
      const std::int64_t most = dot ? 1 : std::min<std::int64_t>(6, rounded_up(index.extent, width.lanes()));
      std::int64_t before = 0;
      for (std::int64_t vectors = 1; vectors <= most; ++vectors) {
        const std::int64_t even = balanced(rounded_up(index.extent, width.lanes()), vectors);
        if (even == before) continue;
        before = even;
        start.tile[v] = even * width.lanes();
        search_rows(problem, target, start, even, limit, found);
      }
    }
  }
}

}  // namespace

Schedules best_tiles(const Problem& problem, const Target& target, double limit) {
  Schedules found;
  for (const VectorWidth& width : target.widths)
    search_vectors(problem, {width, target.caches, target.widest().bits}, limit, found);
  if (found.empty()) {
    VectorWidth single = target.widest();
    single.bits = 32;
    ContractionSchedule start;
    start.tile.assign(problem.indices.size(), 1);
    search_rows(problem, {single, target.caches, single.bits}, start, 1, limit, found);
  }
  const auto cheaper = [](const ContractionSchedule& x, const ContractionSchedule& y) {
    return x.cost_with_code < y.cost_with_code;
  };
  std::stable_sort(found.begin(), found.end(), cheaper);
  // Packed forms cost more than the tile tells, so the others are kept apart.
  Schedules kept;
  for (const bool packed : {false, true}) {
    std::size_t count = 0;
    for (const ContractionSchedule& one : found) {
      if (one.packed == packed && count++ < tiles_kept / 2) kept.push_back(one);
    }
  }
  return kept;
}

ContractionSchedule plain_tile(const Problem& problem, const Target& target) {
  ContractionSchedule schedule;
  schedule.tile.assign(problem.indices.size(), 1);
  VectorWidth width = target.widest();
  for (std::size_t i = 0; i < problem.indices.size(); ++i) {
    const Problem::Index& index = problem.indices[i];
    const bool side_by_side = index.stride[Problem::out] == 1 && index.stride[Problem::b] == 1 &&
                              (index.stride[Problem::a] == 0 || index.stride[Problem::a] == 1);
    if (side_by_side && !problem.in_border(i)) schedule.vector = i;
  }
  if (schedule.vector) {
    schedule.lanes = width.lanes();
    schedule.tile[*schedule.vector] = schedule.lanes;
  } else {
    width.bits = 32;
  }
  schedule.cost = tile_cost(problem, schedule, {width, target.caches, width.bits}, 1e300).value_or(1e300);
  return schedule;
}

}  // namespace dlc
