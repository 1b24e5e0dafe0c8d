// Activations that the library composes, as compiled code against their value in double, over all of the
// floats.

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "compiler/compile.h"
#include "compiler/target/target.h"
#include "tests/kernels/units_apart.h"
#include "tests/steps/load_model.h"

namespace {

using namespace dlc;

constexpr std::size_t samples = 4096;

/// Bit patterns of all kinds, numbers near 0, and the places where something special happens.
std::vector<float> arguments(std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<float> all = {0.0F,   -0.0F,  1.0F,   -1.0F,   INFINITY, -INFINITY, 1e-45F, -1e-45F, 88.72F,
                            88.73F, -88.8F, -87.3F, -103.9F, -104.1F,  17.3F,     -17.3F, NAN};
  std::uniform_real_distribution<float> near(-110, 110);
  while (all.size() < samples) {
    all.push_back(near(random));
    all.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(random())));
  }
  all.resize(samples);
  return all;
}

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

}  // namespace

TEST_CASE("sigmoid is within 4 units in the last place, also where it is least", "[steps][law]") {
  const auto loaded = dlc::tests::load_text(
      "net m() {\n  param x[4096] = 0\n  state y[4096] = 0\n  y <- sigmoid(x)\n  sum(x)\n}\n"
      "train {\n  batch 1\n  steps 1\n  minimize m() with sgd(0)\n}\n");
  INFO(loaded->diagnostics);
  REQUIRE(loaded->model);
  for (const std::string& instructions : host_instructions()) {
    std::variant<Step, std::string> compiled =
        compile(loaded->model->step(1, Mode::training), *host_target(instructions));
    Step& step = std::get<Step>(compiled);
    std::vector<std::vector<float>> memory(step.slots().size(), std::vector<float>(samples));
    for (std::size_t s = 0; s < memory.size(); ++s) step.bind(SlotId(s), memory[s].data());
    const std::size_t x = static_cast<std::size_t>(step.slot("m.x").value());
    const std::size_t y = static_cast<std::size_t>(step.slot("m.y").value());
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
      const std::vector<float> given = arguments(seed);
      std::copy(given.begin(), given.end(), memory[x].begin());
      step.run([](std::int64_t chunks, const auto& body) { body(0, chunks); });
      for (std::size_t i = 0; i < samples; ++i) {
        const double right = sigmoid(static_cast<double>(given[i]));
        CAPTURE(instructions, given[i], memory[y][i], right);
        if (!(test::units_apart(memory[y][i], right) <= 4)) FAIL("more than 4 units apart");
      }
    }
  }
}
