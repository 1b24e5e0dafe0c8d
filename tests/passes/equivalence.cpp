// Every pass, and the whole pipeline, against the reference on the graphs of tests/passes/graphs: what a
// graph gives before and after must be the same. Random graphs: tests/oracle.

#include <catch2/catch.hpp>

#include "compiler/differentiate/differentiate.h"
#include "compiler/passes/runner/run_passes.h"
#include "tests/passes/graphs.h"

using namespace dlc;
using namespace dlc::tests;

namespace {

void check_pass(const Pass& pass, const Graph& before, const Given& given, const Values& wanted) {
  INFO("pass " << pass.name);
  Remarks remarks;
  const Graph after = pass.run(before, remarks);
  INFO(print(before) << "---\n" << print(after));
  REQUIRE(broken_rule(after).value_or("") == "");
  const Values found = evaluate(after, given);
  REQUIRE(difference(wanted, found, 1e-9) == "");
  if (pass.keeps_bits) REQUIRE(difference(evaluate(before, given), found, 0) == "");
}

}  // namespace

TEST_CASE("a pass alone keeps what a graph gives", "[passes][law]") {
  for (const NamedGraph& graph : all_graphs()) {
    INFO(graph.name);
    const Given given = random_values(graph.graph, 1);
    const Values wanted = evaluate(graph.graph, given);
    for (const Pass& pass : pipeline()) check_pass(pass, graph.graph, given, wanted);
  }
}

TEST_CASE("each pass of the pipeline keeps what a graph gives", "[passes][law]") {
  for (const NamedGraph& graph : all_graphs()) {
    INFO(graph.name);
    const Given given = random_values(graph.graph, 2);
    const Values wanted = evaluate(graph.graph, given);
    Graph now = graph.graph;
    for (const Pass& pass : pipeline()) {
      check_pass(pass, now, given, wanted);
      Remarks remarks;
      now = pass.run(now, remarks);
    }
  }
}

TEST_CASE("every pass can be left out", "[passes][law]") {
  for (const NamedGraph& graph : all_graphs()) {
    const Given given = random_values(graph.graph, 3);
    const Values wanted = evaluate(graph.graph, given);
    for (const Pass& pass : pipeline()) {
      INFO(graph.name << " without " << pass.name);
      PassOptions options;
      options.skip = {std::string(pass.name)};
      const auto result = run_passes(graph.graph, options, {});
      REQUIRE(std::holds_alternative<Graph>(result));
      REQUIRE(difference(wanted, evaluate(std::get<Graph>(result), given), 1e-9) == "");
    }
  }
}
