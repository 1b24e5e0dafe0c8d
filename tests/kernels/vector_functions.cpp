// Every scalar function as vector code against its value in double, over all of the floats.

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "compiler/llvm/code.h"
#include "compiler/loops/builder.h"
#include "tests/kernels/units_apart.h"

namespace dlc {
namespace {

constexpr std::int64_t samples_at_once = 1 << 14;

/// result[i] = function(a[i], b[i]), in vectors of `lanes`.
Loops sweep(Scalar function, std::uint32_t lanes) {
  LoopsBuilder builder("sweep");
  const BufferId result = builder.buffer("result", Element::f32, samples_at_once);
  const BufferId a = builder.buffer("a", Element::f32, samples_at_once);
  const BufferId b = builder.buffer("b", Element::f32, samples_at_once);
  const loops::RegisterType type{Kind::number, lanes};
  builder.loop("i", 0, samples_at_once, lanes, [&](LoopVariable i) {
    const RegisterId x = builder.load(type, {a, i});
    const RegisterId y = facts(function).arity == 2 ? builder.load(type, {b, i}) : x;
    builder.store(builder.apply(function, x, y), {result, i});
  });
  return std::move(builder).finish();
}

struct Samples {
  std::vector<float> a, b;
};

/// All bit patterns with a stride, and the places where something special happens.
Samples samples(bool two, std::uint32_t seed) {
  std::mt19937 random(seed);
  Samples result;
  const float special[] = {0.0F,    -0.0F,           1.0F,   -1.0F,  INFINITY, -INFINITY, NAN,   1e-45F,
                           -1e-45F, 1.17549435e-38F, 0.5F,   2.0F,   -2.0F,    3.0F,      -3.0F, 88.72F,
                           88.73F,  -103.9F,         -87.4F, 0.625F, 0.93F};
  for (const float x : special) {
    for (const float y : special) {
      result.a.push_back(x);
      result.b.push_back(y);
    }
  }
  const auto near = [&] { return std::uniform_real_distribution<float>(-4, 4)(random); };
  while (result.a.size() < static_cast<std::size_t>(samples_at_once)) {
    const bool any = (result.a.size() & 1) != 0;
    result.a.push_back(any ? std::bit_cast<float>(static_cast<std::uint32_t>(random())) : near());
    result.b.push_back(two && any ? std::uniform_real_distribution<float>(-20, 20)(random) : near());
  }
  return result;
}

double worst(Scalar function, const Target& target, std::uint32_t lanes, int rounds) {
  const Loops kernel = sweep(function, lanes);
  auto made = Code::make(std::span(&kernel, 1), target);
  REQUIRE(std::holds_alternative<Code>(made));
  double most = 0;
  std::vector<float> result(static_cast<std::size_t>(samples_at_once));
  for (int round = 0; round < rounds; ++round) {
    Samples given = samples(facts(function).arity == 2, static_cast<std::uint32_t>(round));
    std::byte* buffers[] = {reinterpret_cast<std::byte*>(result.data()),
                            reinterpret_cast<std::byte*>(given.a.data()),
                            reinterpret_cast<std::byte*>(given.b.data())};
    std::get<Code>(made)[0](buffers, 0, 1);
    for (std::size_t i = 0; i < result.size(); ++i) {
      const double a = static_cast<double>(given.a[i]);
      const double b = static_cast<double>(given.b[i]);
      const double apart = test::units_apart(result[i], evaluate(function, a, b));
      if (apart > 4) {
        CAPTURE(facts(function).name, target.name, a, b, result[i], evaluate(function, a, b));
        FAIL("more than 4 units apart");
      }
      most = std::max(most, apart);
    }
  }
  return most;
}

}  // namespace

TEST_CASE("vector code is within 4 units in the last place of the value", "[kernels][law]") {
  constexpr Scalar functions[] = {
#define SCALAR(name, arity, signature, cost, range, by_a, by_b, value) Scalar::name,
#include "compiler/scalar/scalar_functions.def"
  };
  for (const std::string& name : host_instructions()) {
    const Target target = *host_target(name);
    for (const Scalar function : functions) {
      if (result_kind(function, Kind::number, Kind::number) != Kind::number) continue;
      const double most = worst(function, target, target.widest().lanes(), 12);
      CAPTURE(facts(function).name, name);
      CHECK(most <= 4);
      worst(function, target, 1, 1);
    }
  }
}

TEST_CASE("draws in vector code are those of the definition", "[kernels][law]") {
  LoopsBuilder builder("draw");
  const BufferId result = builder.buffer("result", Element::f32, samples_at_once);
  const BufferId keys = builder.buffer("keys", Element::i32, 1);
  builder.loop("i", 0, samples_at_once, 16, [&](LoopVariable i) {
    const RegisterId key = builder.load({Kind::integer, 1}, {keys, 0});
    builder.store(builder.uniform(key, 0x9000000BU, builder.index(i, 16, 1)), {result, i});
  });
  const Loops kernel = std::move(builder).finish();
  for (const std::string& name : host_instructions()) {
    const auto made = Code::make(std::span(&kernel, 1), *host_target(name));
    REQUIRE(std::holds_alternative<Code>(made));
    for (std::int32_t key : {0, 1, -5, 123456789}) {
      std::vector<float> found(static_cast<std::size_t>(samples_at_once));
      std::byte* buffers[] = {reinterpret_cast<std::byte*>(found.data()), reinterpret_cast<std::byte*>(&key)};
      std::get<Code>(made)[0](buffers, 0, 1);
      for (std::uint32_t i = 0; i < found.size(); ++i) {
        const double right = uniform_of_bits(random_bits(static_cast<std::uint32_t>(key), 0x9000000BU, i));
        const bool good =
            std::fabs(static_cast<double>(found[i]) - right) <= 0x1p-24 && found[i] > 0 && found[i] < 1;
        if (!good) FAIL("draw " << i << " of key " << key << " is " << found[i] << ", not " << right);
      }
    }
  }
}

}  // namespace dlc
