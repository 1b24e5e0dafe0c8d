// The loops of contractions keep their sums in registers: what the register allocator puts on the stack is
// counted.
#include <catch2/catch.hpp>

#include "compiler/compile.h"
#include "compiler/target/target.h"
#include "tests/steps/assembly.h"
#include "tests/steps/load_model.h"

using namespace dlc;
using namespace dlc::tests;

namespace {

/// Accesses of the stack for each multiplication, in the loops that multiply 32 times or more: the most of
/// one loop, and of all together. AVX-512 has 32 registers, the others 16, in which addresses of borders and
/// operands must find place beside the sums.
struct Limit {
  const char* instructions;
  double of_one;
  double of_all;
};
constexpr Limit limits[] = {{"avx512", 0.05, 0.01}, {"avx2", 0.8, 0.2}, {"sse2", 0.8, 0.2}};

std::string assembly_of(const Graph& step, const Target& target) {
  std::string text;
  Observer observer;
  observer.wants = [](std::string_view stage) { return stage == "asm"; };
  observer.reached = [&](std::string_view, std::string_view assembly) { text += assembly; };
  const auto made = compile(step, target, observer);
  REQUIRE(std::holds_alternative<Step>(made));
  return text;
}

}  // namespace

TEST_CASE("a loop and what it keeps on the stack are found in assembly", "[steps]") {
  const std::vector<InnerLoop> loops = inner_loops(R"(
kernel:
.LBB0_1:
	vmovups	%ymm3, 32(%rsp)
.LBB0_2:
	vmulps	%ymm1, %ymm2, %ymm3
	vfmadd231ps	64(%rsp), %ymm2, %ymm3
	movq	8(%rsp), %rax
	jne	.LBB0_2
	jne	.LBB0_1
	retq
)");
  REQUIRE(loops.size() == 1);
  CHECK(loops[0].multiply_adds == 2);
  CHECK(loops[0].accesses_of_the_stack == 1);
}

TEST_CASE("contractions keep their sums in registers", "[steps]") {
  const auto [file, batch] = GENERATE(table<std::string, std::int64_t>(
      {{"examples/fashion.net", 32}, {"examples/cifar10.net", 32}, {"examples/resnet20.net", 128}}));
  const std::unique_ptr<LoadedModel> loaded = load_model(file);
  INFO(file << "\n" << loaded->diagnostics);
  REQUIRE(loaded->model);
  for (const Limit& limit : limits) {
    const std::optional<Target> target = host_target(limit.instructions);
    if (!target) continue;
    int multiply_adds = 0;
    int accesses = 0;
    for (const InnerLoop& loop :
         inner_loops(assembly_of(loaded->model->step(batch, Mode::training), *target))) {
      if (loop.multiply_adds < 32) continue;
      multiply_adds += loop.multiply_adds;
      accesses += loop.accesses_of_the_stack;
      INFO(limit.instructions << ", kernel " << loop.kernel << ": " << loop.accesses_of_the_stack
                              << " accesses of the stack, " << loop.multiply_adds << " multiplications");
      CHECK(loop.accesses_of_the_stack <= limit.of_one * loop.multiply_adds);
    }
    INFO(limit.instructions << ": " << accesses << " of " << multiply_adds);
    CHECK(multiply_adds > 300);
    CHECK(accesses <= limit.of_all * multiply_adds);
  }
}
