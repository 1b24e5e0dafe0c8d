#include "runtime/train/steps.h"

#include <algorithm>
#include <numeric>

namespace dlc {

std::int64_t evaluation_batch(std::int64_t batch, std::int64_t count) {
  constexpr std::int64_t least = 32;
  return std::min(std::max(batch, least), count);
}

BoundStep& Steps::get(const Part& part, std::int64_t batch, bool training) {
  const auto key = std::make_tuple(&part, batch, training);
  const auto found = made_.find(key);
  if (found != made_.end()) return found->second;
  return made_.try_emplace(key, make_(batch, training), batch, *weights_, part).first->second;
}

Measured Steps::evaluate(const Part& part, const std::vector<Metric>& metrics, std::int64_t batch,
                         const StepNumbers& numbers, const ParallelChunks& parallel) {
  Measured measured(metrics);
  std::vector<std::int64_t> examples(static_cast<std::size_t>(part.count));
  std::iota(examples.begin(), examples.end(), 0);
  for (std::int64_t first = 0; first < part.count; first += batch) {
    const std::int64_t size = std::min(batch, part.count - first);
    BoundStep& step = get(part, size, false);
    step.run(std::span(examples).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(size)),
             numbers, parallel);
    measured.add(step);
  }
  return measured;
}

double Steps::seconds_of_gathering() const {
  double seconds = 0;
  for (const auto& [key, step] : made_) seconds += step.seconds_of_gathering();
  return seconds;
}

}  // namespace dlc
