// The contraction schedule: out[..] = sum a[..] * b[..] over flat indices, fast whatever the indices mean.
//
// 1. contraction_problem drops extents of 1 and merges indices that run through all operands as one. What
//    is left are rows (stride in out and a), columns (out and b), batches (all three) and reduced indices
//    (a and b); nothing else is known of dense layers, convolutions, their gradients or attention.
// 2. contraction_search chooses a tile: one index runs across the lanes, some outputs are kept in registers
//    as sums, some reduced indices are unrolled. The form of the vector code follows from the strides of
//    the vector index alone:
//
//        out 1, a 0, b 1     outer: a is broadcast
//        out 1, a 1, b 1     point (depthwise)
//        out 0, a 1, b 1     dot: lanes are folded at last
//        out s, a 0, b 1     strided: lanes are stored one by one
//
//    b with another stride is packed: copied to panels as wide as the tile. contraction_cost tells what a
//    tile costs and what the order of the loops adds; a and b are tried in each other's place too.
// 3. contraction_runs cuts the positions of tiled indices where a border changes which products exist. Each
//    run has code of its own without tests: the products outside are simply not there. Borders among
//    indices that are not tiled become bounds of loops.
// 4. contraction_emit walks the loops; contraction_body writes the products of a tile, sorted so that each
//    value of a is loaded once for all taps and rows that read it.
//
// Long sums may have their first loops outside of the outputs' (sums then lie in memory between them), or be
// cut into parts that are added by a second kernel. Few columns left over by whole vectors (33 = 2 * 16 + 1)
// become a contraction of their own. Before you change this: the order of the additions must depend on
// shapes and target alone, never on threads.

#include "compiler/kernels/contraction/contraction.h"

#include <algorithm>
#include <cassert>
#include <optional>

#include "compiler/kernels/contraction/emit.h"

namespace dlc {

namespace {

constexpr std::int64_t most_bodies = 32;
constexpr std::size_t most_counted = 80;

struct Choice {
  ContractionProblem problem;
  ContractionSchedule schedule;
};

/// The candidates of both merges and of both places of a and b, the cheapest first.
std::vector<Choice> choices_of(const Contraction& contraction, const Target& target) {
  std::vector<Choice> choices;
  std::vector<std::size_t> sizes;
  double least = 1e300;
  for (const bool keep_windows : {false, true}) {
    const ContractionProblem problem = simplified(contraction, keep_windows);
    if (keep_windows && !choices.empty() && problem.indices.size() == sizes.back()) continue;
    sizes.push_back(problem.indices.size());
    for (const bool swap : {false, true}) {
      const ContractionProblem view = swap ? swapped(problem) : problem;
      std::vector<ContractionSchedule> schedules = candidates(view, target, least);
      for (ContractionSchedule& schedule : schedules) {
        schedule.swapped = swap;
        least = std::min(least, schedule.cost);
        choices.push_back({view, std::move(schedule)});
      }
    }
  }
  std::stable_sort(choices.begin(), choices.end(),
                   [](const Choice& x, const Choice& y) { return x.schedule.cost < y.schedule.cost; });
  return choices;
}

/// The cheapest, the making of its code counted in, of those that borders and remainders do not cut into too
/// many pieces.
const Choice& pick(const std::vector<Choice>& choices) {
  const Choice* best = nullptr;
  double least = 0;
  for (std::size_t i = 0; i < choices.size() && (i < most_counted || best == nullptr); ++i) {
    const Choice& choice = choices[i];
    if (best != nullptr && choice.schedule.cost > least) break;
    const BodyCount count = count_bodies(choice.problem, choice.schedule, most_bodies);
    if (count.bodies >= most_bodies) continue;
    const double cost = choice.schedule.cost * (1 + static_cast<double>(count.products) / dear_products);
    if (best != nullptr && cost >= least) continue;
    best = &choice;
    least = cost;
  }
  return best != nullptr ? *best : choices.back();
}

/// One after the other. Both have the scratch buffer to themselves.
ContractionKernels joined(ContractionKernels first, ContractionKernels second) {
  first.scratch_elements = std::max(first.scratch_elements, second.scratch_elements);
  for (Loops& phase : second.phases) first.phases.push_back(std::move(phase));
  for (Loops& phase : first.phases) phase.buffers.back().elements = first.scratch_elements;
  first.choice += "; and then " + second.choice;
  first.cost += second.cost;
  return first;
}

/// A schedule with all that it needs.
ContractionKernels kernels_of(const Contraction& contraction, const Choice& choice) {
  const bool plain = !contraction.epilogue && !contraction.accumulate;
  const ContractionStorage storage = storage_of(choice.problem, choice.schedule, plain);
  ContractionKernels kernels;
  kernels.phases = emit_contraction(contraction, choice.problem, choice.schedule, storage);
  kernels.scratch_elements = storage.elements;
  kernels.choice = describe(choice.problem, choice.schedule);
  kernels.cost = choice.schedule.cost;
  return kernels;
}

/// Values first … first + extent - 1 of an index alone.
Contraction part_of(Contraction contraction, std::size_t index, std::int64_t first, std::int64_t extent) {
  Contraction::Index& one = contraction.indices[index];
  contraction.out_offset += first * one.out;
  contraction.a_offset += first * one.a;
  contraction.b_offset += first * one.b;
  for (std::size_t k = 0; k < contraction.extra_offsets.size(); ++k)
    contraction.extra_offsets[k] += first * one.extra[k];
  one.extent = extent;
  return contraction;
}

/// The index of the contraction that the schedule runs across the lanes, if it leaves but few lanes of its
/// last vector filled: 33 are 2 * 16 + 1, and the last column alone may be a dot product.
std::optional<std::size_t> left_over(const Contraction& contraction, const Choice& choice) {
  if (!choice.schedule.vector) return std::nullopt;
  const ContractionProblem::Index& vector = choice.problem.indices[*choice.schedule.vector];
  const std::int64_t rest = vector.extent % choice.schedule.lanes;
  if (!vector.is_output() || vector.extent < choice.schedule.lanes || rest == 0 || rest > 2)
    return std::nullopt;
  for (std::size_t i = 0; i < contraction.indices.size(); ++i) {
    if (contraction.indices[i].name == vector.name && contraction.indices[i].extent == vector.extent)
      return i;
  }
  return std::nullopt;
}

}  // namespace

ContractionKernels schedule_contraction(const Contraction& contraction, const Target& target) {
  assert(!(contraction.accumulate && contraction.epilogue) && "an epilogue stores itself");
  assert(contraction.indices.size() <= most_indices && "more indices than any contraction has");
  const std::vector<Choice> choices = choices_of(contraction, target);
  const Choice& choice = pick(choices);
  ContractionKernels whole = kernels_of(contraction, choice);
  // With half vectors the rest may be small where it is not with whole ones, so the widest decide.
  const std::optional<std::size_t> index = left_over(contraction, choice);
  if (!index) return whole;
  const std::int64_t extent = contraction.indices[*index].extent;
  const std::int64_t even = extent / target.widest().lanes() * target.widest().lanes();
  if (even == 0 || even == extent) return whole;
  ContractionKernels parts = schedule_contraction(part_of(contraction, *index, 0, even), target);
  ContractionKernels rest = schedule_contraction(part_of(contraction, *index, even, extent - even), target);
  if (parts.cost + rest.cost > 0.95 * whole.cost) return whole;
  return joined(std::move(parts), std::move(rest));
}

}  // namespace dlc
