#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "runtime/train/weights.h"

namespace dlc {

/// A part of the data as steps read it: one row an example for each input, in the file's own elements. The
/// rows are owned elsewhere.
struct PartInput {
  std::string input;
  std::span<const std::byte> rows;
  std::size_t row_bytes = 0;
};

struct Part {
  std::string name;
  std::int64_t count = 0;  // of examples
  std::vector<PartInput> inputs;
};

/// What changes from step to step besides the batch.
struct StepNumbers {
  float step = 1;
  float steps = 1;
  float epoch = 1;
  float epochs = 1;
  std::int32_t key = 0;
  std::int32_t epoch_key = 0;  // of draws that are an example's own for a whole epoch
};

/// A step with the buffers of its inputs: filled with the rows of a batch, run, and asked for its results.
class BoundStep {
 public:
  BoundStep(Step step, std::int64_t batch, Weights& weights, const Part& part);

  /// Runs the step on these examples of the part, as many as the step was made for.
  void run(std::span<const std::int64_t> examples, const StepNumbers& numbers,
           const ParallelChunks& parallel);

  std::int64_t batch() const { return batch_; }
  /// What it took so far to put its batches together, row by row.
  double seconds_of_gathering() const { return seconds_of_gathering_; }
  std::int64_t bytes_of_example() const;
  Step& step() { return step_; }

  /// A result that is a single number or a tensor, in double precision.
  std::vector<double> result(std::string_view name) const;

 private:
  void gather(std::span<const std::int64_t> examples);

  struct ColumnBuffer {
    const PartInput* from;
    AlignedBuffer buffer;
  };
  struct Scalars {
    float step, steps, epoch, epochs;
    std::int32_t key, epoch_key;
  };

  Step step_;
  std::int64_t batch_;
  double seconds_of_gathering_ = 0;
  std::vector<ColumnBuffer> columns_;
  AlignedBuffer example_numbers_;  // empty where the step does not read them
  std::unique_ptr<Scalars> scalars_;
};

/// The key of the random draws of a step: a function of the seed and the number of the step (0 outside of
/// training) alone.
std::int32_t draw_key(std::uint64_t seed, std::uint64_t step);

}  // namespace dlc
