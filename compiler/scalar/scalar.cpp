#include "compiler/scalar/scalar.h"

#include <array>
#include <cmath>

namespace dlc {

namespace {

constexpr std::array scalar_facts = {
#define SCALAR(name, arity, signature, cost, range, by_a, by_b, value) \
  ScalarFacts{#name, arity, Signature::signature, cost, ValueRange::range, {by_a, by_b}},
#include "compiler/scalar/scalar_functions.def"
};

}  // namespace

const ScalarFacts& facts(Scalar function) { return scalar_facts[static_cast<std::size_t>(function)]; }

std::span<const ScalarFacts> scalar_rows() {
  return scalar_facts;
}

std::optional<Scalar> find_scalar(std::string_view name) {
  for (std::size_t i = 0; i < scalar_facts.size(); ++i) {
    if (scalar_facts[i].name == name) return static_cast<Scalar>(i);
  }
  return std::nullopt;
}

std::optional<Kind> result_kind(Scalar function, Kind a, Kind b) {
  const ScalarFacts& row = facts(function);
  if (row.arity == 2 && a != b) return std::nullopt;
  const auto only = [&](Kind wanted, Kind result) {
    return a == wanted ? std::optional(result) : std::nullopt;
  };
  switch (row.signature) {
    case Signature::number: return only(Kind::number, Kind::number);
    case Signature::arithmetic: return a == Kind::boolean ? std::nullopt : std::optional(a);
    case Signature::integer: return only(Kind::integer, Kind::integer);
    case Signature::comparison: return Kind::boolean;
    case Signature::logical: return only(Kind::boolean, Kind::boolean);
    case Signature::to_number: return a == Kind::number ? std::nullopt : std::optional(Kind::number);
    case Signature::to_integer: return a == Kind::integer ? std::nullopt : std::optional(Kind::integer);
  }
  return std::nullopt;
}

double evaluate(Scalar function, double a, [[maybe_unused]] double b) {
  switch (function) {
// clang-format off
#define SCALAR(name, arity, signature, cost, range, by_a, by_b, value) \
  case Scalar::name: return static_cast<double>(value);
// clang-format on
#include "compiler/scalar/scalar_functions.def"
  }
  __builtin_unreachable();
}

std::uint32_t random_bits(std::uint32_t key, std::uint32_t site, std::uint32_t counter) {
  std::uint32_t low = counter;
  std::uint32_t high = site;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product = std::uint64_t{0xD256D193U} * low;
    low = static_cast<std::uint32_t>(product >> 32) ^ key ^ high;
    high = static_cast<std::uint32_t>(product);
    key += 0x9E3779B9U;
  }
  return low;
}

double uniform_of_bits(std::uint32_t bits) { return (static_cast<double>(bits >> 9) + 0.5) / 8388608.0; }

}  // namespace dlc
