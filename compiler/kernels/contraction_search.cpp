// Which schedules are tried. First tiles alone (a vector index, panels, one or two output indices in
// registers, what is unrolled of the sum), then for the best of them the orders of the loops, packing and the
// parallel cut.

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "compiler/kernels/contraction_cost.h"
#include "compiler/kernels/contraction_runs.h"

namespace dlc {

namespace {

using Problem = ContractionProblem;
using Schedules = std::vector<ContractionSchedule>;

constexpr std::size_t tiles_kept = 24;
constexpr std::size_t schedules_kept = 40;
constexpr double worth_keeping = 1.25;  // times the best tile
constexpr std::int64_t longest_window = 16;

std::int64_t rounded_up(std::int64_t value, std::int64_t step) {
  return (value + step - 1) / step;
}

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

bool guards_b(const Problem& problem) {
  return std::any_of(problem.borders.begin(), problem.borders.end(),
                     [](const Problem::Border& border) { return border.guards_b; });
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

/// Reduced indices, by falling stride in both operands.
std::vector<std::size_t> reduced_order(const Problem& problem) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < problem.indices.size(); ++i) {
    if (!problem.indices[i].is_output()) order.push_back(i);
  }
  const auto step = [&](std::size_t i) {
    return std::abs(problem.indices[i].stride[Problem::a]) + std::abs(problem.indices[i].stride[Problem::b]);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t x, std::size_t y) { return step(x) > step(y); });
  return order;
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
      if (packed && (!outer || guards_b(problem))) continue;
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

/// Outputs by falling stride, with the panel's loop at one of three places.
std::vector<std::vector<std::size_t>> output_orders(const Problem& problem,
                                                    const ContractionSchedule& schedule) {
  std::vector<std::size_t> base;
  for (std::size_t i = 0; i < problem.indices.size(); ++i) {
    if (problem.indices[i].is_output() && schedule.vector != i) base.push_back(i);
  }
  std::stable_sort(base.begin(), base.end(), [&](std::size_t x, std::size_t y) {
    return std::abs(problem.indices[x].stride[Problem::out]) >
           std::abs(problem.indices[y].stride[Problem::out]);
  });
  if (!schedule.vector || !problem.indices[*schedule.vector].is_output()) {
    std::vector<std::vector<std::size_t>> orders = {base};
    if (base.size() > 1) {
      std::rotate(base.begin(), base.end() - 1, base.end());
      orders.push_back(base);
    }
    return orders;
  }
  std::vector<std::vector<std::size_t>> orders;
  for (const std::size_t place : {std::size_t{0}, std::size_t{1}, base.size()}) {
    if (place > base.size()) continue;
    std::vector<std::size_t> order = base;
    order.insert(order.begin() + static_cast<std::ptrdiff_t>(place), *schedule.vector);
    if (std::find(orders.begin(), orders.end(), order) == orders.end()) orders.push_back(order);
  }
  return orders;
}

/// Chunks of positions, as many as asked for or fewer; equal in size but for the last.
ContractionSchedule cut(const Problem& problem, ContractionSchedule schedule, std::size_t index,
                        std::int64_t pieces) {
  const std::int64_t count = positions(problem, schedule, index);
  schedule.parallel = index;
  schedule.chunk_positions = rounded_up(count, pieces);
  schedule.chunks = rounded_up(count, schedule.chunk_positions);
  return schedule;
}

/// The parallel cuts worth trying, by shapes alone: of the two output indices with most positions; of the sum
/// if there are few.
Schedules cuts_of(const Problem& problem, const ContractionSchedule& schedule) {
  Schedules cuts;
  std::vector<std::size_t> outputs;
  for (const std::size_t index : schedule.order) {
    if (problem.indices[index].is_output() && positions(problem, schedule, index) > 1)
      outputs.push_back(index);
  }
  std::stable_sort(outputs.begin(), outputs.end(), [&](std::size_t x, std::size_t y) {
    return positions(problem, schedule, x) > positions(problem, schedule, y);
  });
  if (outputs.size() > 2) outputs.resize(2);
  for (const std::size_t index : outputs) {
    std::int64_t before = 0;
    for (const std::int64_t pieces : {8, 16, 32}) {
      ContractionSchedule one = cut(problem, schedule, index, pieces);
      if (one.chunks != before) cuts.push_back(one);
      before = one.chunks;
    }
  }
  const std::int64_t most = outputs.empty() ? 1 : positions(problem, schedule, outputs.front());
  const std::vector<std::size_t> reduced = reduced_order(problem);
  if (most < 8 && !reduced.empty() && problem.multiply_adds() > 200000) {
    const std::size_t index = reduced.front();
    const std::int64_t count = positions(problem, schedule, index);
    if (count >= 4) cuts.push_back(cut(problem, schedule, index, std::min<std::int64_t>(8, count / 2)));
  }
  if (cuts.empty()) cuts.push_back(schedule);
  return cuts;
}

/// Two threads are the least that matter: an odd number of chunks leaves one of them waiting, few leave those
/// of a larger machine.
double waiting(const ContractionSchedule& schedule) {
  const auto chunks = static_cast<double>(schedule.chunks);
  return std::ceil(chunks / 2) * 2 / chunks * (1 + 0.02 * std::max(0.0, 8 - chunks));
}

void add_orders(const Problem& problem, const ContractionSchedule& tile, const Target& target,
                Schedules& found) {
  std::vector<std::size_t> reduced = reduced_order(problem);
  std::stable_partition(reduced.begin(), reduced.end(),
                        [&](std::size_t i) { return positions(problem, tile, i) > 1; });
  const double sum_length = problem.multiply_adds() / problem.outputs();
  for (std::size_t outside = 0; outside <= 2 && outside < reduced.size() + 1; ++outside) {
    if (outside > 0 && (sum_length < 512 || positions(problem, tile, reduced[outside - 1]) == 1)) break;
    if (outside > 0 && tile.vector == reduced[outside - 1]) break;
    for (const std::vector<std::size_t>& outputs : output_orders(problem, tile)) {
      ContractionSchedule schedule = tile;
      schedule.outside = outside;
      schedule.order.assign(reduced.begin(), reduced.begin() + static_cast<std::ptrdiff_t>(outside));
      schedule.order.insert(schedule.order.end(), outputs.begin(), outputs.end());
      schedule.order.insert(schedule.order.end(), reduced.begin() + static_cast<std::ptrdiff_t>(outside),
                            reduced.end());
      double base = tile.cost;
      if (outside > 0) {
        // Sums are loaded and stored once for each turn outside.
        double turns = 1;
        for (std::size_t k = 0; k < outside; ++k)
          turns *= static_cast<double>(positions(problem, tile, reduced[k]));
        base += turns * problem.outputs() / tile.lanes * 1.5;
      }
      for (ContractionSchedule& one : cuts_of(problem, schedule)) {
        one.cost = (base + order_cost(problem, one, target)) * waiting(one);
        found.push_back(std::move(one));
      }
    }
  }
}

/// Nothing unrolled but the lanes, where no border names their index: small code whatever the borders.
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

}  // namespace

std::vector<ContractionSchedule> candidates(const Problem& problem, const Target& target, double limit) {
  Schedules found;
  double least = 1e300;
  for (const ContractionSchedule& tile : best_tiles(problem, target, limit)) {
    if (tile.cost > 1.1 * least) continue;  // its order can only add to that
    add_orders(problem, tile, target, found);
    for (const ContractionSchedule& one : found) least = std::min(least, one.cost);
  }
  const auto cheaper = [](const ContractionSchedule& x, const ContractionSchedule& y) {
    return x.cost < y.cost;
  };
  std::stable_sort(found.begin(), found.end(), cheaper);
  if (found.size() > schedules_kept) found.resize(schedules_kept);
  Schedules plain;
  add_orders(problem, plain_tile(problem, target), target, plain);
  found.push_back(*std::min_element(plain.begin(), plain.end(), cheaper));
  return found;
}

std::string describe(const Problem& problem, const ContractionSchedule& schedule) {
  std::string text = std::to_string(schedule.lanes) + " lanes";
  if (schedule.vector) text += " of " + problem.indices[*schedule.vector].name;
  text += ", loops";
  for (std::size_t place = 0; place < schedule.order.size(); ++place) {
    const std::size_t i = schedule.order[place];
    if (place == schedule.outside && place > 0) text += " |";
    text += " " + problem.indices[i].name + "(" + std::to_string(problem.indices[i].extent) + "/" +
            std::to_string(schedule.tile[i]) + ")";
  }
  if (schedule.packed) text += ", packed";
  if (schedule.swapped) text += ", swapped";
  if (schedule.parallel) {
    text += ", " + std::to_string(schedule.chunks) + " chunks of " + problem.indices[*schedule.parallel].name;
  }
  return text;
}

}  // namespace dlc
