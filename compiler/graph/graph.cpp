#include "compiler/graph/graph.h"

#include <algorithm>

namespace dlc {

Element element_of(Kind kind) {
  switch (kind) {
    case Kind::number: return Element::f32;
    case Kind::integer: return Element::i32;
    case Kind::boolean: return Element::u8;
  }
  __builtin_unreachable();
}

std::int64_t count(const Shape& shape) {
  std::int64_t product = 1;
  for (const std::int64_t extent : shape) product *= extent;
  return product;
}

ExpressionId Body::add(Expression expression) {
  root = static_cast<ExpressionId>(expressions.size());
  expressions.push_back(std::move(expression));
  return root;
}

ValueId Graph::add(Value value) {
  const auto place_of = [&](const std::string& name) {
    return std::lower_bound(
        taken_.begin(), taken_.end(), name,
        [](const auto& entry, const std::string& wanted) { return entry.first < wanted; });
  };
  auto place = place_of(value.name);
  if (place != taken_.end() && place->first == value.name) {
    const std::string stem = value.name;
    std::uint32_t suffix = place->second;
    do {
      value.name = stem + "_" + std::to_string(suffix++);
      place = place_of(value.name);
    } while (place != taken_.end() && place->first == value.name);
    place_of(stem)->second = suffix;
  }
  taken_.insert(place, {value.name, 2});
  values_.push_back(std::move(value));
  return static_cast<ValueId>(values_.size() - 1);
}

std::optional<ValueId> Graph::find(std::string_view name) const {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (values_[i].name == name) return static_cast<ValueId>(i);
  }
  return std::nullopt;
}

Kind kind_of(const Body& body, ExpressionId id, const Graph& graph) {
  return std::visit(match{
                        [](const Constant& constant) { return constant.kind; },
                        [](const PositionValue&) { return Kind::integer; },
                        [&](const Read& read) { return graph[read.tensor].type.kind; },
                        [&](const Call& call) {
                          const Kind a = kind_of(body, call.a, graph);
                          return result_kind(call.function, a, a).value_or(a);
                        },
                        [&](const Select& select) { return kind_of(body, select.a, graph); },
                        [](const Draw&) { return Kind::number; },
                    },
                    body[id]);
}

}  // namespace dlc
