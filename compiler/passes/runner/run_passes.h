#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/graph/graph.h"
#include "compiler/passes/runner/remarks.h"

namespace dlc {

/// A row of pipeline.def.
struct Pass {
  std::string_view name;
  bool keeps_bits = false;  // the results of the graph stay the same bits
  std::string_view help;
  Graph (*run)(const Graph& before, Remarks& remarks) = nullptr;
};

/// All passes in the order in which they run; a name may stand twice.
std::span<const Pass> pipeline();

/// The first row of that name; none if there is no such pass.
const Pass* find_pass(std::string_view name);

/// The pass whose name is most like this one, for "did you mean".
std::string_view nearest_pass(std::string_view name);

struct PassOptions {
  std::vector<std::string> skip;  // names of passes that are left out
  bool verify = true;             // after each pass; otherwise once, after the last
  std::string only = {};          // the name of the one pass that runs, once; empty: all
  std::function<void(const Pass& pass, const Graph& before)> begins = {};  // told before each pass that runs
};

/// What is told after each pass that ran.
struct PassReport {
  const Pass& pass;
  const Graph& graph;
  bool changed = false;  // prints as "(unchanged)" where not
  double milliseconds = 0;
  std::span<const Remark> remarks;  // of this pass
};
using PassObserver = std::function<void(const PassReport&)>;

/// `unknown_pass`: an option names no pass (a mistake of the caller, with the nearest name). `broken`: after
/// `pass` the graph breaks a rule: our own mistake, to be reported as such with the graph.
struct PassFailure {
  enum class What : unsigned char { unknown_pass, broken } what{};
  std::string pass;
  std::string text;
  Graph graph;   // as the pass left it
  Graph before;  // as it found it
};

/// Runs the pipeline, or the one pass; `observer` may be empty.
std::variant<Graph, PassFailure> run_passes(Graph graph, const PassOptions& options,
                                            const PassObserver& observer);

}  // namespace dlc
