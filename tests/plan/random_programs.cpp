// Compiled = reference, on random programs: optimised, and with every pass left out.
#include <catch2/catch.hpp>

#include "compiler/passes/runner/run_passes.h"
#include "compiler/target/target.h"
#include "tests/plan/running.h"
#include "tests/programs/random_graph.h"

namespace {

using namespace dlc;
using namespace dlc::test;

/// Everything that is computed becomes an output now and then, so that nothing is checked through later
/// values only.
Graph program(unsigned seed) {
  Graph graph = dlc::tests::random_program(seed);
  for (std::size_t i = 0; i < graph.size(); ++i) {
    Type& type = graph[ValueId(i)].type;
    if (type.kind == Kind::integer && type.least < 0) type.element = Element::i32;
  }
  if (seed % 3 != 0) return graph;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (std::holds_alternative<Definition>(graph[ValueId(i)].node)) {
      graph.outputs.push_back(Output{"all_" + graph[ValueId(i)].name, ValueId(i)});
    }
  }
  return graph;
}

void check(const Graph& graph, unsigned seed, const CompileOptions& options) {
  std::variant<Step, std::string> step = compile(graph, host_target().value(), {}, options);
  INFO("seed " << seed << "\n" << print(graph));
  if (const std::string* failure = std::get_if<std::string>(&step)) FAIL(*failure);
  const std::map<std::string, Tensor> given = random_values(graph, seed);
  const Outcome wanted = by_reference(graph, given);
  const Outcome found = run(std::get<Step>(step), graph, given, 1);
  if (const auto wrong = difference(found, wanted, 1e-4)) FAIL(*wrong);
  for (const unsigned threads : {2U, 3U, 5U})
    REQUIRE(run(std::get<Step>(step), graph, given, threads) == found);
}

}  // namespace

TEST_CASE("a compiled program gives what the reference gives", "[plan][law]") {
  CompileOptions options;
  options.verify = true;
  for (unsigned seed = 1; seed <= 100; ++seed) check(program(seed), seed, options);
}

TEST_CASE("so does one compiled without passes", "[plan][law]") {
  CompileOptions options;
  for (const Pass& pass : pipeline()) options.skipped.emplace_back(pass.name);
  for (unsigned seed = 1; seed <= 50; ++seed) check(program(seed), seed, options);
}
