#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "compiler/compile.h"
#include "compiler/target/target.h"
#include "runtime/threads/pool.h"
#include "runtime/train/steps.h"
#include "tools/dlc/session.h"

namespace dlc {

/// What a session's steps are compiled for and run on, and what the compiling took.
class Compilation {
 public:
  /// None where the processor or the number of threads that was asked for is not to be had; then it has been
  /// said.
  static std::optional<Compilation> make(Session& session);

  /// A failure would be our own mistake: then the process ends with a report of it.
  Step compile(Graph graph, const Observer& observer = {});
  ParallelChunks parallel();
  CompileOptions& options() { return options_; }

  const Target& target() const { return target_; }
  unsigned threads() const { return threads_; }
  double seconds() const { return seconds_; }

 private:
  Compilation(Session& session, Target target, unsigned threads);

  Session* session_;
  Target target_;
  unsigned threads_;
  CompileOptions options_;
  std::unique_ptr<ThreadPool> pool_;
  double seconds_ = 0;
};

/// All passes, each once, in the order of the pipeline.
std::vector<std::string> pass_names();

/// What --threads asks for, else as many as the process may use; none if no such number of threads is to be
/// had, which is to be told in the words of thread_range.
std::optional<unsigned> threads_of(const Options& options, const Target& target);
inline constexpr const char* thread_range = "--threads takes a number from 1 to 1024";

/// Parameters and states of the model, at their initial values.
Weights initial_weights(const Model& model, std::uint64_t seed);

/// How the inputs of a graph lie in memory, by name.
std::map<std::string, Element> input_elements(const Graph& graph);

/// Measures what `standardize` needs on the training part and puts it into the weights.
void standardize(const Model& model, const LoadedData& data, Compilation& compilation, Weights& weights);

}  // namespace dlc
