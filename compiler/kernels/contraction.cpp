#include "compiler/kernels/contraction.h"

#include <algorithm>
#include <cassert>

#include "compiler/kernels/contraction_emit.h"

namespace dlc {

namespace {

constexpr std::int64_t most_bodies = 32;
constexpr std::size_t most_counted = 80;
/// Products in straight-line code take time to compile: so many of them are worth as much as the whole cost.
constexpr double dear_products = 12000;

struct Choice {
  ContractionProblem problem;
  ContractionSchedule schedule;
};

/// The candidates of both merges and of both places of a and b, the cheapest first.
std::vector<Choice> choices_of(const Contraction& contraction, const Target& target) {
  std::vector<Choice> choices;
  std::vector<std::size_t> sizes;
  for (const bool keep_windows : {false, true}) {
    const ContractionProblem problem = simplified(contraction, keep_windows);
    if (keep_windows && !choices.empty() && problem.indices.size() == sizes.back()) continue;
    sizes.push_back(problem.indices.size());
    for (const bool swap : {false, true}) {
      const ContractionProblem view = swap ? swapped(problem) : problem;
      std::vector<ContractionSchedule> schedules = candidates(view, target);
      if (schedules.size() > 40) schedules.resize(40);
      for (ContractionSchedule& schedule : schedules) {
        schedule.swapped = swap;
        choices.push_back({view, std::move(schedule)});
      }
    }
  }
  std::stable_sort(choices.begin(), choices.end(),
                   [](const Choice& x, const Choice& y) { return x.schedule.cost < y.schedule.cost; });
  return choices;
}

/// The cheapest, the making of its code counted in.
const Choice& pick(const std::vector<Choice>& choices) {
  const Choice* best = nullptr;
  double least = 0;
  for (std::size_t i = 0; i < std::min(choices.size(), most_counted); ++i) {
    const Choice& choice = choices[i];
    if (best != nullptr && choice.schedule.cost > least) break;
    const BodyCount count = count_bodies(choice.problem, choice.schedule, most_bodies);
    const double large =
        static_cast<double>(count.products) / dear_products + (count.bodies < most_bodies ? 0 : 1);
    const double cost = choice.schedule.cost * (1 + large);
    if (best != nullptr && cost >= least) continue;
    best = &choice;
    least = cost;
  }
  return *best;
}

}  // namespace

ContractionKernels schedule_contraction(const Contraction& contraction, const Target& target) {
  assert(!(contraction.accumulate && contraction.epilogue) && "an epilogue stores itself");
  assert(contraction.indices.size() <= most_indices && "more indices than any contraction has");
  const std::vector<Choice> choices = choices_of(contraction, target);
  const Choice& choice = pick(choices);
  const bool plain = !contraction.epilogue && !contraction.accumulate;
  const ContractionStorage storage = storage_of(choice.problem, choice.schedule, plain);
  ContractionKernels kernels;
  kernels.phases = emit_contraction(contraction, choice.problem, choice.schedule, storage);
  kernels.scratch_elements = storage.elements;
  kernels.choice = describe(choice.problem, choice.schedule);
  kernels.cost = choice.schedule.cost;
  return kernels;
}

}  // namespace dlc
