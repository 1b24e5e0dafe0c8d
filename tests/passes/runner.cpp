#include <catch2/catch.hpp>

#include "compiler/passes/runner/run_passes.h"
#include "tests/passes/graphs.h"

using namespace dlc;

namespace {

Graph small_graph() {
  auto read = read_graph("x = input [4]\ny[i < 4] = x[i] * 1\nz[i < 4] = x[i] * 2\noutput y\n");
  return std::get<Graph>(std::move(read));
}

}  // namespace

TEST_CASE("a pass that does not exist is answered with the nearest", "[passes]") {
  const auto result = run_passes(small_graph(), {{"shares"}}, {});
  const auto* failure = std::get_if<PassFailure>(&result);
  REQUIRE(failure != nullptr);
  CHECK(failure->what == PassFailure::What::unknown_pass);
  CHECK(failure->text == "there is no pass \"shares\"; did you mean share?");
  CHECK(nearest_pass("inline") == "inline_definitions");
}

TEST_CASE("one pass can run alone", "[passes]") {
  PassOptions options;
  options.only = "dead";
  std::size_t ran = 0;
  const auto result = run_passes(small_graph(), options, [&](const PassReport& report) {
    ++ran;
    CHECK(report.pass.name == "dead");
  });
  REQUIRE(std::holds_alternative<Graph>(result));
  CHECK(ran == 1);
  CHECK(std::get<Graph>(result).find("y").has_value());
  CHECK(!std::get<Graph>(result).find("z").has_value());
}

TEST_CASE("the observer hears of each pass that ran, and whether it changed anything", "[passes]") {
  std::vector<std::string> ran;
  std::size_t changed = 0;
  const auto result = run_passes(small_graph(), {{"dead"}}, [&](const PassReport& report) {
    ran.emplace_back(report.pass.name);
    changed += report.changed ? 1 : 0;
    CHECK(report.milliseconds >= 0);
  });
  REQUIRE(std::holds_alternative<Graph>(result));
  CHECK(std::find(ran.begin(), ran.end(), "dead") == ran.end());
  CHECK(ran.size() < pipeline().size());
  CHECK(changed > 0);
  CHECK(changed < ran.size());
}
