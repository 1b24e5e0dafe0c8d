#include "tests/programs/given.h"

#include <algorithm>
#include <cmath>

#include "tests/programs/chance.h"

namespace dlc::tests {

namespace {

std::uint64_t hash(const std::string& name) {  // FNV-1a
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

double element_for(const Value& value, Chance& chance) {
  const Type& type = value.type;
  switch (type.kind) {
    case Kind::boolean: return chance.below(2);
    case Kind::integer:
      return static_cast<double>(type.least + chance.below(static_cast<int>(
                                                  std::min<std::int64_t>(type.most - type.least, 1000) + 1)));
    case Kind::number: break;
  }
  if (type.element == Element::u8) return chance.below(8);
  const double number = chance.between(-4096, 4096) / 2048.0;
  return std::holds_alternative<State>(value.node) ? std::fabs(number) : number;
}

}  // namespace

std::map<std::string, Tensor> given_for(const Graph& graph, std::uint64_t seed) {
  std::map<std::string, Tensor> given;
  for (const Value& value : graph.values()) {
    const bool is_outside = std::holds_alternative<Input>(value.node) ||
                            std::holds_alternative<Parameter>(value.node) ||
                            std::holds_alternative<State>(value.node);
    if (!is_outside) continue;
    Chance chance(seed ^ hash(value.name));
    Tensor tensor{value.type.shape, {}};
    for (std::int64_t i = 0; i < count(value.type.shape); ++i)
      tensor.elements.push_back(element_for(value, chance));
    given[value.name] = std::move(tensor);
  }
  return given;
}

}  // namespace dlc::tests
