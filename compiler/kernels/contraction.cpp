#include "compiler/kernels/contraction.h"

#include <algorithm>
#include <cassert>

#include "compiler/kernels/contraction_emit.h"

namespace dlc {

namespace {

constexpr std::int64_t most_bodies = 32;
constexpr std::int64_t most_products = 6000;  // in all pieces of code together

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

/// The first whose code does not grow too large by borders and remainders; or the one with the least.
const Choice& pick(const std::vector<Choice>& choices) {
  const Choice* least = &choices.front();
  std::int64_t fewest = 0;
  for (const Choice& choice : choices) {
    const BodyCount count = count_bodies(choice.problem, choice.schedule, most_bodies + 1);
    if (count.bodies <= most_bodies && count.products <= most_products) return choice;
    if (fewest == 0 || count.products < fewest) {
      fewest = count.products;
      least = &choice;
    }
  }
  return *least;
}

}  // namespace

ContractionKernels schedule_contraction(const Contraction& contraction, const Target& target) {
  assert(!(contraction.accumulate && contraction.epilogue) && "an epilogue stores itself");
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
