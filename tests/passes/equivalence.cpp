// Every pass, and the whole pipeline, against the reference: what a graph gives before and after must be the
// same.

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "compiler/passes/run_passes.h"
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
  REQUIRE(difference(wanted, evaluate(after, given), pass.keeps_bits ? 0 : 1e-9) == "");
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
      const auto result = run_passes(graph.graph, {{std::string(pass.name)}}, {});
      REQUIRE(std::holds_alternative<Graph>(result));
      REQUIRE(difference(wanted, evaluate(std::get<Graph>(result), given), 1e-9) == "");
    }
  }
}

TEST_CASE("print the graphs that the pipeline leaves", "[.print]") {
  for (const NamedGraph& graph : all_graphs()) {
    const auto tell = [](const PassReport& report) {
      std::printf("# %s%s %.1f ms\n", std::string(report.pass.name).c_str(),
                  report.changed ? "" : " (unchanged)", report.milliseconds);
      for (const Remark& remark : report.remarks) std::printf("#   %s\n", text_of(remark).c_str());
    };
    std::printf("\n## %s\n", graph.name.c_str());
    const auto result = run_passes(graph.graph, {}, tell);
    if (const auto* failure = std::get_if<PassFailure>(&result)) {
      std::printf("%s: %s\n%s", failure->pass.c_str(), failure->text.c_str(), print(failure->graph).c_str());
    } else {
      std::printf("%s", print(std::get<Graph>(result)).c_str());
    }
  }
}
