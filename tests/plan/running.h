#pragma once

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "compiler/compile.h"
#include "compiler/reference/evaluate.h"

namespace dlc::test {

/// Runs each chunk range on a thread of its own.
ParallelChunks on_threads(unsigned threads);

/// Everything that a run gives, as doubles: outputs by name, and what parameters and states are afterwards.
struct Outcome {
  std::map<std::string, Tensor> outputs;
  std::map<std::string, Tensor> next;
  bool operator==(const Outcome& other) const;
};

/// Numbers, integers and booleans of the types of the graph's inputs, parameters and states.
std::map<std::string, Tensor> random_values(const Graph& graph, unsigned seed);

Outcome run(Step& step, const Graph& graph, const std::map<std::string, Tensor>& given, unsigned threads);
Outcome by_reference(const Graph& graph, const std::map<std::string, Tensor>& given);

/// The first difference larger than rounding allows, in words; none if they agree.
std::optional<std::string> difference(const Outcome& found, const Outcome& wanted, double tolerance);

}  // namespace dlc::test
