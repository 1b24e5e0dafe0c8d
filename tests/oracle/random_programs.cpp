// Reference = every pass = the pipeline = the compiled step, on random programs.
#include <catch2/catch.hpp>

#include "compiler/differentiate/differentiate.h"
#include "tests/oracle/ways.h"
#include "tests/programs/constructs.h"
#include "tests/programs/given.h"
#include "tests/programs/random_graph.h"

using namespace dlc;
using namespace dlc::tests;

namespace {

constexpr std::uint64_t seeds_of_the_suite = 300;
constexpr std::uint64_t seeds_of_the_long_run = 10'000;

void check(std::uint64_t first, std::uint64_t last) {
  const std::vector<Way> passes = ways_of_passes();
  int wrong = 0;
  for (std::uint64_t seed = first; seed < last; ++seed) {
    const Graph program = random_program(seed);
    if (const auto text = first_wrong(program, seed, passes)) {
      FAIL_CHECK(*text);
      ++wrong;
    }
    if (const auto text = first_wrong(program, seed, ways_of_steps(seed))) {
      FAIL_CHECK(*text);
      ++wrong;
    }
    if (wrong > 20) FAIL("and perhaps more");
  }
}

}  // namespace

TEST_CASE("every way to compute a random program gives what the reference gives", "[oracle][law]") {
  check(0, seeds_of_the_suite);
}

TEST_CASE("… and so it is for many", "[.long]") {
  check(seeds_of_the_suite, seeds_of_the_long_run);
}

TEST_CASE("the random programs of the suite have every construct", "[oracle]") {
  Constructs counts = no_constructs();
  int& ties = counts["tied extremes"];
  for (std::uint64_t seed = 0; seed < seeds_of_the_suite; ++seed) {
    const Graph program = random_program(seed);
    count_constructs(program, counts);
    const Graph graph = with_ties(differentiate(program));
    const Values values = evaluate(graph, given_for(graph, seed));
    for (const auto& [name, tensor] : values.outputs) {
      if (!name.starts_with("ties of ")) continue;
      for (const double equal : tensor.elements) ties += equal > 1 ? 1 : 0;
    }
  }
  for (const auto& [name, count] : counts) {
    WARN(name << ": " << count);
    CHECK(count > 0);
  }
}

TEST_CASE("few results hang on rounding", "[oracle]") {
  int all = 0;
  int few = 0;
  for (std::uint64_t seed = 0; seed < seeds_of_the_suite; ++seed) {
    const Wanted wanted = wanted_of(random_program(seed), seed);
    all += static_cast<int>(wanted.values.outputs.size() + wanted.values.next.size());
    few += hang_on_rounding(wanted);
  }
  INFO(few << " of " << all);
  CHECK(few * 20 < all);
}
