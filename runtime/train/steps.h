#pragma once

#include <functional>
#include <map>
#include <utility>

#include "runtime/train/measure.h"
#include "runtime/train/part.h"

namespace dlc {

/// Compiles the step for a batch of this many examples.
using MakeStep = std::function<Step(std::int64_t batch, bool training)>;

/// How many of this many examples are measured or predicted for at a time, where a training step takes
/// `batch` of them: small batches would only be slow.
std::int64_t evaluation_batch(std::int64_t batch, std::int64_t count);

/// The compiled steps of a run, made when they are first needed: a full batch and the smaller last one,
/// training and not.
class Steps {
 public:
  Steps(MakeStep make, Weights& weights) : make_(std::move(make)), weights_(&weights) {}

  /// The step for this part.
  BoundStep& get(const Part& part, std::int64_t batch, bool training);
  const Weights& weights() const { return *weights_; }

  /// The loss and the metrics of a whole part with the present weights, in batches of at most this many
  /// examples.
  Measured evaluate(const Part& part, const std::vector<Metric>& metrics, std::int64_t batch,
                    const StepNumbers& numbers, const ParallelChunks& parallel);

  /// Of all runs of these steps so far.
  double seconds_of_gathering() const;

 private:
  MakeStep make_;
  Weights* weights_;
  std::map<std::tuple<const Part*, std::int64_t, bool>, BoundStep> made_;
};

}  // namespace dlc
