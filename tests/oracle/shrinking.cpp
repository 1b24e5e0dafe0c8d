// A pass that is wrong on purpose: its programs shrink to what is wrong with it.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/oracle/ways.h"
#include "tests/programs/random_graph.h"
#include "tests/programs/shrink.h"
#include "tests/steps/load_model.h"

using namespace dlc;
using namespace dlc::tests;

namespace {

/// Takes the largest for the sum.
Graph planted(const Graph& before) {
  Graph after = before;
  for (std::size_t i = 0; i < after.size(); ++i) {
    auto* definition = std::get_if<Definition>(&after[static_cast<ValueId>(i)].node);
    if (definition != nullptr && definition->combiner == Combiner::sum)
      definition->combiner = Combiner::maximum;
  }
  return after;
}

const Way wrong_way = {
    "a planted bug", "dlc --from=graph --emit=graph",
    [](const Graph&, const Wanted& wanted) { return wrong_graph(planted(wanted.graph), wanted); }};

}  // namespace

TEST_CASE("a failing graph shrinks to what fails", "[oracle]") {
  const auto read = read_graph(R"(
x = parameter [6, 8]
b = input [8]
s = state [6]
h[i < 6, j < 8] = tanh(x[i, j] + b[j])
m[i < 6] = max[j < 8] (h[i, j] * 2 + 1) * (b[j] - 1)
y = sum[i < 6] m[i] * s[i]
g = gradient of y by x
n[i < 6] = s[i] * 0.9 + m[i]
u = update s to n
output y
output m
output g)");
  const Graph graph = shrunk(std::get<Graph>(read), [](const Graph& candidate) {
    const auto& values = candidate.values();
    return std::any_of(values.begin(), values.end(), [](const Value& value) {
      const auto* definition = std::get_if<Definition>(&value.node);
      return definition != nullptr && definition->combiner == Combiner::maximum;
    });
  });
  CHECK(print(graph) == "m[i < 1] = max[j < 1] 0\noutput m\n");
}

TEST_CASE("what a wrong pass spoils is printed as a few lines to be pasted", "[oracle]") {
  int found = 0;
  int files = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const auto wrong = first_wrong(random_program(seed), seed, {wrong_way});
    if (!wrong) continue;
    ++found;
    INFO(*wrong);
    const std::string& text = wrong->graph;
    CHECK(std::count(text.begin(), text.end(), '\n') <= 10);  // three comments, a loss and its gradient
    const auto again = read_graph(text);
    REQUIRE(std::holds_alternative<Graph>(again));
    const Graph& graph = std::get<Graph>(again);
    CHECK_FALSE(broken_rule(graph));
    CHECK(wrong_way.check(graph, wanted_of(graph, seed)));
    if (wrong->file.empty()) continue;
    ++files;
    const std::unique_ptr<LoadedModel> loaded = load_text(wrong->file);
    INFO(loaded->diagnostics);
    REQUIRE(loaded->model);
    const Graph step = loaded->model->step(1, Mode::training);
    CHECK(wrong_way.check(step, wanted_of(step, seed)));
  }
  CHECK(found >= 5);
  CHECK(files >= found / 2);  // others go wrong where nothing is written, which no file has
}
