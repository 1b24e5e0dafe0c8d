#include <catch2/catch.hpp>
#include <random>

#include "tests/programs/random_graph.h"

using namespace dlc;

TEST_CASE("random graphs are sound", "[graph]") {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Graph graph = tests::random_program(seed);
    const auto broken = broken_rule(graph);
    INFO("seed " << seed << "\n" << print(graph) << broken.value_or(""));
    REQUIRE(!broken);
  }
}

TEST_CASE("what is printed reads back to the same graph", "[graph][law]") {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Graph graph = tests::random_program(seed);
    const std::string text = print(graph);
    INFO("seed " << seed << "\n" << text);
    const auto again = read_graph(text);
    if (const auto* error = std::get_if<GraphError>(&again))
      FAIL("line " << error->line << ": " << error->text);
    REQUIRE(print(std::get<Graph>(again)) == text);
    REQUIRE(same(std::get<Graph>(again), graph));
  }
}

TEST_CASE("damaged texts are read or refused, never more", "[graph]") {
  std::mt19937_64 random(7);
  int refused = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    std::string text = print(tests::random_program(seed));
    for (int changes = 0; changes < 3; ++changes) {
      const std::size_t at = random() % text.size();
      if (random() % 2 == 0) {
        text.erase(at, 1 + random() % 4);
      } else {
        text[at] = text[random() % text.size()];
      }
    }
    INFO(text);
    const auto result = read_graph(text);
    const auto* error = std::get_if<GraphError>(&result);
    refused += error != nullptr ? 1 : 0;
    if (error != nullptr) {
      REQUIRE(error->line > 0);
      REQUIRE(!error->text.empty());
    } else {
      broken_rule(std::get<Graph>(result));
    }
  }
  REQUIRE(refused > 100);
}
