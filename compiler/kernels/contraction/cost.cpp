// The cost of a schedule in core cycles: what keeps the multiply-add units waiting in a tile, and what comes
// from which cache. The form and most numbers were fitted to some thousands of timings on one processor; they
// are to choose by, not to foretell.

#include "compiler/kernels/contraction/cost.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace dlc {

namespace {

using Problem = ContractionProblem;
using Values = IndexValues;

constexpr double cycles_a_body = 1;
constexpr double cycles_a_tile = 6;
constexpr double cycles_a_sum_moved = 0.5;
constexpr double latency = 4;
constexpr double cycles_a_byte[] = {0.0024, 0.004, 0.016};  // from the second cache, the third, memory
constexpr double cycles_a_packed = 1.2;
constexpr double cycles_a_phase = 4000;
constexpr std::int64_t largest_body = 640;

/// How many different sums the steps of two indices make.
std::int64_t distinct_pair(std::int64_t step_i, std::int64_t count_i, std::int64_t step_j,
                           std::int64_t count_j) {
  if (step_i > step_j) {
    std::swap(step_i, step_j);
    std::swap(count_i, count_j);
  }
  const std::int64_t ratio = step_i == 0 ? 0 : step_j / step_i;
  if (step_i == 0 || step_j % step_i != 0 || ratio >= count_i) return count_i * count_j;
  return count_i + ratio * (count_j - 1);
}

/// How many elements of an operand a box of so many values of each index touches; pairs of indices that slide
/// along each other are counted once.
double touched(const Problem& problem, Problem::Operand operand, const Values& values) {
  double product = 1;
  std::array<bool, most_indices> done{};
  for (std::size_t i = 0; i < problem.indices.size(); ++i) {
    const std::int64_t step_i = std::abs(problem.indices[i].stride[operand]);
    if (done[i] || step_i == 0 || values[i] == 1) continue;
    std::int64_t count = values[i];
    for (std::size_t j = i + 1; j < problem.indices.size(); ++j) {
      const std::int64_t step_j = std::abs(problem.indices[j].stride[operand]);
      if (done[j] || step_j == 0 || values[j] == 1) continue;
      const std::int64_t together = distinct_pair(step_i, values[i], step_j, values[j]);
      if (together == values[i] * values[j]) continue;
      count = together;
      done[j] = true;
      break;
    }
    product *= static_cast<double>(count);
  }
  return product;
}

bool slides(const Problem& problem, const Values& values, std::size_t reduced, std::size_t output) {
  const std::int64_t step_i = std::abs(problem.indices[reduced].stride[Problem::a]);
  const std::int64_t step_j = std::abs(problem.indices[output].stride[Problem::a]);
  if (step_i == 0 || step_j == 0 || values[reduced] == 1 || values[output] == 1) return false;
  return distinct_pair(step_i, values[reduced], step_j, values[output]) < values[reduced] * values[output];
}

/// The values of a tile counted as the body sees them: of the vector index, vectors.
Values in_vectors(const ContractionSchedule& schedule, Values values) {
  if (schedule.vector) {
    std::int64_t& count = values[*schedule.vector];
    count = (count + schedule.lanes - 1) / schedule.lanes;
  }
  return values;
}

/// Registers for b while a body goes by a's addresses: a window keeps no more of them than reach one place.
double live_b(const Problem& problem, Values values) {
  const std::size_t count = problem.indices.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (problem.indices[i].is_output()) continue;
    std::int64_t live = 1;
    for (std::size_t j = 0; j < count; ++j) {
      if (problem.indices[j].is_output() && slides(problem, values, i, j))
        live = std::min(values[i], values[j]);
    }
    values[i] = live;
  }
  return touched(problem, Problem::b, values);
}

/// How many lines of an operand that a tile touches fall into one set of the first cache, at most; 0 where
/// the steps are harmless.
double lines_in_a_set(const Problem& problem, Problem::Operand operand, const Values& values,
                      const CacheSizes& caches) {
  const auto step = [&](std::size_t i) { return 4 * std::abs(problem.indices[i].stride[operand]); };
  bool suspicious = false;
  for (std::size_t i = 0; i < problem.indices.size(); ++i) {
    // A step over a quarter of the sets meets the first line again after four.
    if (step(i) != 0 && values[i] > 4 && step(i) % (caches.first_sets * caches.line / 4) == 0)
      suspicious = true;
  }
  if (!suspicious) return 0;
  std::array<std::int64_t, 128> lines;
  lines[0] = 0;
  std::size_t count = 1;
  for (std::size_t i = 0; i < problem.indices.size(); ++i) {
    const std::int64_t bytes = step(i);
    if (bytes < caches.line || values[i] == 1) continue;
    const std::size_t before = count;
    for (std::int64_t value = 1; value < values[i]; ++value) {
      for (std::size_t k = 0; k < before && count < lines.size(); ++k) {
        lines[count++] = lines[k] + value * bytes / caches.line;
      }
    }
  }
  std::sort(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(count));
  const auto end = std::unique(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(count));
  for (auto line = lines.begin(); line != end; ++line) *line %= caches.first_sets;
  std::sort(lines.begin(), end);
  std::ptrdiff_t most = 0;
  for (auto line = lines.begin(); line != end;) {
    const auto next = std::upper_bound(line, end, *line);
    most = std::max(most, next - line);
    line = next;
  }
  return static_cast<double>(most);
}

/// Cycles a body loses because the rows of its tile push each other out of the first cache. Two ways are left
/// to b.
double lost_by_crowding(const Problem& problem, const Values& values, const CacheSizes& caches) {
  const double ways = lines_in_a_set(problem, Problem::a, values, caches) +
                      0.5 * lines_in_a_set(problem, Problem::out, values, caches) + 2;
  const auto sets = static_cast<double>(caches.first_sets * caches.line);
  const double excess = ways - static_cast<double>(caches.first) / sets;
  return excess <= 0 ? 0 : 2 * touched(problem, Problem::a, values) * std::min(1.0, excess / 2);
}

struct TileFacts {
  double multiply_adds = 0;
  double sums = 0;
  double busy = 0;
  double registers = 0;
};

TileFacts facts_of(const Problem& problem, const ContractionSchedule& schedule, const Values& tile,
                   const TileTarget& target) {
  const VectorWidth& width = target.width;
  const Values values = in_vectors(schedule, tile);
  TileFacts facts{1, 1, 0, 0};
  for (std::size_t i = 0; i < problem.indices.size(); ++i) {
    facts.multiply_adds *= static_cast<double>(values[i]);
    if (problem.indices[i].is_output()) facts.sums *= static_cast<double>(values[i]);
  }
  const double loads_a = touched(problem, Problem::a, values);
  double loads_b = touched(problem, Problem::b, values);
  const double b_registers = live_b(problem, values);
  facts.registers = facts.sums + b_registers + (b_registers > 1 || facts.sums > 1 ? 1 : 0);
  if (schedule.vector && !schedule.packed) {
    for (std::size_t i = 0; i < problem.indices.size(); ++i) {
      if (i != *schedule.vector && problem.indices[i].stride[Problem::b] % schedule.lanes != 0) {
        loads_b *= schedule.lanes >= 16 ? 1.9 : 1.45;
        break;
      }
    }
    const std::int64_t b_step = std::abs(problem.indices[*schedule.vector].stride[Problem::b]);
    if (b_step > 1) loads_b *= schedule.lanes;
  }
  const double fused = facts.multiply_adds + loads_a + loads_b + 3;
  facts.busy = std::max({facts.multiply_adds / width.multiply_adds, (loads_a + loads_b) / width.loads,
                         fused / 5, latency * facts.multiply_adds / facts.sums});
  return facts;
}

/// Cycles for what is done once a tile: begin, store, fold.
double tile_end(const Problem& problem, const ContractionSchedule& schedule, const TileFacts& facts) {
  double moved = facts.sums;
  if (schedule.vector) {
    const Problem::Index& vector = problem.indices[*schedule.vector];
    if (!vector.is_output()) moved += 1.1 * schedule.lanes * facts.sums;
    if (vector.is_output() && vector.stride[Problem::out] != 1) moved *= 2 * schedule.lanes;
  }
  return cycles_a_tile + cycles_a_sum_moved * moved * (schedule.outside > 0 ? 2 : 1);
}

struct TileTurns {
  Values tile{};
  double turns = 1;  // of the body
  double tiles = 1;  // of outputs
};

/// All combinations of whole tiles and remainders, of the indices from `index` on.
void add_tiles(const Problem& problem, const ContractionSchedule& schedule, const TileTarget& target,
               TileTurns present, std::size_t index, double& total) {
  if (index < problem.indices.size()) {
    const std::int64_t extent = problem.indices[index].extent;
    const std::int64_t size = schedule.tile[index];
    const auto take = [&](std::int64_t values, std::int64_t times) {
      TileTurns next = present;
      next.tile[index] = values;
      next.turns *= static_cast<double>(times);
      if (problem.indices[index].is_output()) next.tiles *= static_cast<double>(times);
      add_tiles(problem, schedule, target, next, index + 1, total);
    };
    if (extent >= size) take(size, extent / size);
    if (extent % size != 0) take(extent % size, 1);
    return;
  }
  const TileFacts facts = facts_of(problem, schedule, present.tile, target);
  const double large = 0.2 * std::max(0.0, facts.multiply_adds - 300);
  const double crowded = 0.3 * std::max(0.0, facts.registers - 0.9 * target.width.registers);
  total += present.turns * (facts.busy + cycles_a_body + large + crowded) +
           present.tiles * tile_end(problem, schedule, facts);
}

}  // namespace

std::optional<double> tile_cost(const Problem& problem, const ContractionSchedule& schedule,
                                const TileTarget& target, double limit) {
  Values tile{};
  std::copy(schedule.tile.begin(), schedule.tile.end(), tile.begin());
  const TileFacts whole = facts_of(problem, schedule, tile, target);
  if (whole.registers > target.width.registers || whole.multiply_adds > static_cast<double>(largest_body)) {
    return std::nullopt;
  }
  double turns = 1;
  for (std::size_t i = 0; i < problem.indices.size(); ++i) {
    turns *= static_cast<double>(problem.indices[i].extent) / static_cast<double>(tile[i]);
  }
  // Remainders are no faster than whole tiles.
  if (turns * whole.busy > limit) return std::nullopt;
  double total = 0;
  add_tiles(problem, schedule, target, {tile, 1, 1}, 0, total);
  if (total > limit) return std::nullopt;
  return total + turns * lost_by_crowding(problem, in_vectors(schedule, tile), target.caches);
}

namespace {

/// A loop of the nest: how often it turns and how many values of its index one turn covers.
struct NestLoop {
  std::size_t index = 0;
  std::int64_t turns = 1;
  std::int64_t values = 1;
};

/// The loops from the outermost on; the chunks are a loop around all.
std::vector<NestLoop> nest_of(const Problem& problem, const ContractionSchedule& schedule) {
  std::vector<NestLoop> nest;
  if (schedule.parallel) {
    const std::size_t index = *schedule.parallel;
    nest.push_back({index, schedule.chunks, schedule.chunk_positions * schedule.tile[index]});
  }
  for (const std::size_t index : schedule.order) {
    std::int64_t turns = positions(problem, schedule, index);
    if (schedule.parallel == index) turns = std::min(turns, schedule.chunk_positions);
    nest.push_back({index, turns, schedule.tile[index]});
  }
  return nest;
}

/// Bytes of an operand that a box touches, by whole lines: an index of stride 1 fills them, any other wastes.
double footprint(const Problem& problem, Problem::Operand operand, const Values& values, bool contiguous) {
  const double elements = touched(problem, operand, values);
  if (contiguous) return 4 * elements;
  double run = 1;
  for (std::size_t i = 0; i < problem.indices.size(); ++i) {
    if (std::abs(problem.indices[i].stride[operand]) == 1) run = static_cast<double>(values[i]);
  }
  const double line = 16;
  return 4 * elements * (run >= line ? 1 : std::min(line / run, line));
}

/// Bytes that come from beyond a cache of so many bytes: the deepest loops that fit keep what they touch;
/// what the next loop out does not move is kept too.
double bytes_beyond(const Problem& problem, const ContractionSchedule& schedule,
                    const std::vector<NestLoop>& nest, double capacity) {
  Values values{};
  for (std::size_t i = 0; i < problem.indices.size(); ++i) values[i] = problem.indices[i].extent;
  constexpr Problem::Operand operands[] = {Problem::out, Problem::a, Problem::b};
  std::size_t depth = 0;
  const auto bytes = [&](Problem::Operand operand) {
    return footprint(problem, operand, values, operand == Problem::b && schedule.packed);
  };
  const auto fits = [&] { return bytes(Problem::out) + bytes(Problem::a) + bytes(Problem::b) <= capacity; };
  while (depth < nest.size() && !fits()) {
    values[nest[depth].index] = std::min(values[nest[depth].index], nest[depth].values);
    ++depth;
  }
  double total = 0;
  for (const Problem::Operand operand : operands) {
    double times = 1;
    bool moved = false;
    for (std::size_t outer = depth; outer-- > 0;) {
      moved = moved || problem.indices[nest[outer].index].stride[operand] != 0;
      if (moved) times *= static_cast<double>(nest[outer].turns);
    }
    const double both_ways = operand == Problem::out && schedule.outside > 0 ? 2 : 1;
    total += bytes(operand) * times * both_ways;
  }
  return total;
}

}  // namespace

double order_cost(const Problem& problem, const ContractionSchedule& schedule, const Target& target) {
  const std::vector<NestLoop> nest = nest_of(problem, schedule);
  const double capacities[] = {0.85 * static_cast<double>(target.caches.first),
                               0.75 * static_cast<double>(target.caches.second),
                               0.6 * static_cast<double>(target.caches.third)};
  double cost = 0;
  for (std::size_t level = 0; level < 3; ++level) {
    cost += cycles_a_byte[level] * bytes_beyond(problem, schedule, nest, capacities[level]);
  }
  if (schedule.packed) {
    Values all{};
    for (std::size_t i = 0; i < problem.indices.size(); ++i) all[i] = problem.indices[i].extent;
    cost += cycles_a_packed * touched(problem, Problem::b, all);
    if (schedule.parallel != schedule.vector)
      cost += cycles_a_phase + 0.1 * touched(problem, Problem::b, all);
  }
  if (schedule.parallel && schedule.parallel != schedule.vector) {
    // Two threads that write side by side fetch each other's lines.
    const std::int64_t stride = std::abs(problem.indices[*schedule.parallel].stride[Problem::out]);
    const std::int64_t bytes = 4 * stride * schedule.chunk_positions * schedule.tile[*schedule.parallel];
    if (bytes > 0) cost += schedule.cost * 64 / static_cast<double>(bytes);
  }
  const double vectors = problem.outputs() / std::max(1.0, static_cast<double>(schedule.lanes));
  if (is_cut_sum(problem, schedule)) {
    cost += cycles_a_phase + 4 * vectors * static_cast<double>(schedule.chunks);
  } else if (schedule.outside > 0) {
    cost += 6 * vectors;
  }
  return cost;
}

}  // namespace dlc
