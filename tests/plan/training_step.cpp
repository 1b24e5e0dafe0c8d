// A whole training step of a narrow convolutional net under Adam, written as definitions, against the
// reference.
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <sstream>

#include "compiler/passes/runner/run_passes.h"
#include "compiler/target/target.h"
#include "tests/plan/running.h"

namespace {

using namespace dlc;
using namespace dlc::test;

Graph narrow_cnn() {
  std::ifstream file(DLC_SOURCE_DIR "/tests/plan/narrow_cnn.graph");
  std::stringstream text;
  text << file.rdbuf();
  std::variant<Graph, GraphError> graph = read_graph(text.str());
  if (const GraphError* error = std::get_if<GraphError>(&graph))
    FAIL("line " << error->line << ": " << error->text);
  return std::get<Graph>(graph);
}

/// Weights are small and second moments positive, as in training.
std::map<std::string, Tensor> values_of(const Graph& graph) {
  std::map<std::string, Tensor> given = random_values(graph, 3);
  for (auto& [name, tensor] : given) {
    for (double& value : tensor.elements) {
      if (name[0] == 'w') value = static_cast<float>(value * 0.2);
      if (name[0] == 'v') value = static_cast<float>(std::fabs(value) * 0.1);
    }
  }
  return given;
}

void check(const CompileOptions& options) {
  const Graph graph = narrow_cnn();
  std::variant<Step, std::string> step = compile(graph, host_target().value(), {}, options);
  if (const std::string* failure = std::get_if<std::string>(&step)) FAIL(*failure);
  const std::map<std::string, Tensor> given = values_of(graph);
  const Outcome found = run(std::get<Step>(step), graph, given, 1);
  if (const auto wrong = difference(found, by_reference(graph, given), 1e-4)) FAIL(*wrong);
  for (const unsigned threads : {2U, 3U, 5U})
    REQUIRE(run(std::get<Step>(step), graph, given, threads) == found);
}

}  // namespace

TEST_CASE("a training step", "[plan]") {
  check({});
}

TEST_CASE("a training step without any one of the passes", "[plan]") {
  for (const Pass& pass : pipeline()) {
    INFO("without " << pass.name);
    CompileOptions options;
    options.skipped.emplace_back(pass.name);
    check(options);
  }
}
