#include <catch2/catch.hpp>
#include <cmath>

#include "compiler/differentiate/differentiate.h"
#include "tests/differentiate/gradient_check.h"
#include "tests/programs/random_graph.h"

namespace dlc {
namespace {

using tests::Forms;
using tests::RandomGraph;

/// A number that depends on up to four definitions in a row.
ValueId add_program(RandomGraph& program) {
  ValueId last{};
  for (int definitions = program.chance.between(1, 4); definitions > 0; --definitions)
    last = program.add_definition();
  if (program.chance.one_in(4)) last = program.add_view(last);
  return add_weighted_sum(program.graph, last, "weights");
}

TEST_CASE("gradients of random definitions are the limits of differences", "[differentiate][law]") {
  int compared = 0;
  for (std::uint32_t seed = 1; seed <= 2300; ++seed) {
    RandomGraph program(seed, Forms::numbers);
    std::mt19937 random(seed);
    const ValueId total = add_program(program);
    const Given given = random_given(program.graph, random);
    const auto wrong = wrong_gradient(program.graph, given, total, random, compared);
    INFO("seed " << seed << " " << wrong.value_or(""));
    REQUIRE_FALSE(wrong.has_value());
  }
  CHECK(compared > 4500);
}

TEST_CASE("second gradients of random definitions are the limits of differences", "[differentiate][law]") {
  int compared = 0;
  for (std::uint32_t seed = 5001; seed <= 6300; ++seed) {
    RandomGraph program(seed, Forms::numbers);
    std::mt19937 random(seed);
    const ValueId total = add_program(program);
    Graph graph = program.graph;
    const ValueId by = graph.find("a").value();
    const ValueId gradient = add_gradient(graph, total, by);
    const ValueId second = add_weighted_sum(graph, gradient, "weights_of_gradient");
    graph.outputs = {{"second", second}};
    graph = differentiate(graph);
    const Given given = random_given(graph, random);
    const auto wrong = wrong_gradient(graph, given, graph.outputs.front().value, random, compared);
    INFO("seed " << seed << " " << wrong.value_or(""));
    REQUIRE_FALSE(wrong.has_value());
  }
  CHECK(compared > 350);
}

// The gradient of ⟨r, y(x)⟩ by x is Jᵀr. It is linear in r, so the gradient of ⟨Jᵀr, v⟩ by r is Jv: no
// differences are needed.
TEST_CASE("the adjoint identity holds to rounding", "[differentiate][law]") {
  int compared = 0;
  for (std::uint32_t seed = 20001; seed <= 21500; ++seed) {
    RandomGraph program(seed, Forms::numbers);
    std::mt19937 random(seed);
    const ValueId total = add_program(program);
    Graph graph = program.graph;
    const ValueId weights = graph.find("weights").value();
    const ValueId gradient = add_gradient(graph, total, graph.find("a").value());
    const ValueId product = add_weighted_sum(graph, gradient, "v");
    graph.outputs = {{"product", product}, {"jv", add_gradient(graph, product, weights)}};
    const Given given = random_given(graph, random);
    const Graph whole = differentiate(graph);
    if (!all_tame(whole, given)) continue;
    const Values values = evaluate(whole, given);
    const double left = inner_product(given.at("weights"), values.outputs.at("jv"));
    const double right = values.outputs.at("product").elements.front();
    compared += right != 0 ? 1 : 0;
    INFO("seed " << seed << "\n" << print(whole));
    REQUIRE(left == Approx(right).epsilon(1e-9).margin(1e-9));
  }
  CHECK(compared > 250);
}

}  // namespace
}  // namespace dlc
