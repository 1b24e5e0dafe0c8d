#pragma once

#include <functional>

#include "compiler/compile.h"
#include "tools/dlc/session.h"

namespace dlc {

/// A graph's step for a target, or why there is none.
using CompileStep = std::function<std::variant<Step, std::string>(const Graph&, const Target&)>;

/// The step as every command compiles it.
std::variant<Step, std::string> compiled_step(const Graph& graph, const Target& target);

/// --self-test: the second training step of small nets, compiled for each set of instructions that this
/// machine has, held to the reference. No file is read or written. A line for each to standard output; the
/// status says whether all are right. `compile_step` is what is put to the test.
ExitStatus self_test(const Options& options, const CompileStep& compile_step = compiled_step);

}  // namespace dlc
