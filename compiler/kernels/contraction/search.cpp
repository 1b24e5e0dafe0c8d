// Which schedules are tried: for the best tiles the orders of the loops and the parallel cut.

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "compiler/kernels/contraction/cost.h"
#include "compiler/kernels/contraction/tiles.h"

namespace dlc {

namespace {

using Problem = ContractionProblem;
using Schedules = std::vector<ContractionSchedule>;

constexpr std::size_t schedules_kept = 40;

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