// Programs as .net files: what the language makes of them is what they are.
#include <catch2/catch.hpp>
#include <cmath>

#include "compiler/differentiate/differentiate.h"
#include "tests/oracle/ways.h"
#include "tests/programs/given.h"
#include "tests/programs/net_text.h"
#include "tests/programs/random_graph.h"
#include "tests/steps/load_model.h"

using namespace dlc;
using namespace dlc::tests;

namespace {

/// The same values, in the numbers from which the file makes its integers and booleans.
std::map<std::string, Tensor> given_to_file(const std::map<std::string, Tensor>& given, const NetText& net,
                                            const Graph& step) {
  std::map<std::string, Tensor> all = given_for(step, 0);
  for (const auto& [name, in_file] : net.outside) all.at(in_file) = given.at(name);
  return all;
}

/// The compiled language keeps f32 constants as doubles too: only the order of operations differs.
std::optional<std::string> first_difference(const Tensor& found, const Tensor& wanted) {
  if (found.shape != wanted.shape) return "another shape";
  for (std::size_t i = 0; i < wanted.elements.size(); ++i) {
    const double a = found.elements[i];
    const double b = wanted.elements[i];
    if (a == b || (std::isnan(a) && std::isnan(b)) || std::fabs(a - b) <= 1e-9 * std::max(1.0, std::fabs(b)))
      continue;
    return "[" + std::to_string(i) + "] is " + std::to_string(a) + ", not " + std::to_string(b);
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("a program's file computes what the program computes", "[oracle][law]") {
  int written = 0;
  int gradients = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Graph program = random_program(seed);
    const std::optional<NetText> net = net_text_of(program);
    if (!net) continue;
    ++written;
    const std::unique_ptr<LoadedModel> loaded = load_text(net->text);
    INFO("seed " << seed << "\n" << print(program) << net->text << loaded->diagnostics);
    REQUIRE(loaded->model);
    const Graph step = differentiate(loaded->model->step(1, Mode::training));
    const Graph before = differentiate(program);
    const std::map<std::string, Tensor> given = given_for(before, seed);
    const Values wanted = evaluate(before, given);
    const std::map<std::string, Tensor> found_before = given_to_file(given, *net, step);
    const Values found = evaluate(step, found_before);
    for (const auto& [output, state] : net->results) {
      INFO(output);
      CHECK(first_difference(found.next.at(state), wanted.outputs.at(output)).value_or("") == "");
    }
    for (const auto& [output, parameter] : net->gradients) {
      INFO(output);
      ++gradients;
      Tensor next = found_before.at(parameter);
      for (std::size_t i = 0; i < next.elements.size(); ++i)
        next.elements[i] -= wanted.outputs.at(output).elements[i];
      const bool is_changed = found.next.contains(parameter);  // the loss may not depend on it
      const Tensor& stepped = is_changed ? found.next.at(parameter) : found_before.at(parameter);
      CHECK(first_difference(stepped, next).value_or("") == "");
    }
  }
  CHECK(written >= 75);  // of 300; most others draw
  CHECK(gradients >= 10);
}
