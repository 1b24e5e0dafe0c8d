#include <algorithm>
#include <limits>
#include <set>

#include "compiler/graph/verify_definition.h"

namespace dlc {

namespace {

using Broken = std::optional<std::string>;

Broken type_rule(const Type& type) {
  std::int64_t bytes = 4;  // at most, of an element
  for (const std::int64_t extent : type.shape) {
    if (extent < 1) return "its shape has the extent " + std::to_string(extent);
    if (__builtin_mul_overflow(bytes, extent, &bytes)) return "the product of its extents is too large";
  }
  if (type.kind == Kind::integer && type.element == Element::f32)
    return "integers lie in memory as i32 or u8";
  if (type.kind == Kind::boolean && type.element != Element::u8) return "booleans lie in memory as u8";
  if (type.kind == Kind::integer && type.least > type.most) return "its least value is above its greatest";
  // i32 may stand for its bits too, as in the key of draws.
  const bool is_byte = type.element == Element::u8;
  const std::int64_t least = is_byte ? 0 : std::numeric_limits<std::int32_t>::min();
  const std::int64_t most = is_byte ? 255 : std::numeric_limits<std::uint32_t>::max();
  if (type.kind == Kind::integer && (type.least < least || type.most > most)) {
    return "its bounds leave what its element can hold";
  }
  return std::nullopt;
}

bool alike(const Type& a, const Type& b) {
  return a.kind == b.kind && a.element == b.element && a.least == b.least && a.most == b.most;
}

Broken gradient_rule(const Gradient& gradient, const Type& type, const Graph& graph) {
  const Type& of = graph[gradient.of].type;
  const Type& by = graph[gradient.by].type;
  if (of.kind != Kind::number || !of.shape.empty()) return "a gradient is taken of a single number";
  if (by.kind != Kind::number) return "a gradient is taken by numbers";
  if (type.kind != Kind::number || type.shape != by.shape)
    return "a gradient has the shape of what it is taken by";
  return std::nullopt;
}

Broken update_rule(const Update& update, const Type& type, const Graph& graph) {
  const Value& target = graph[update.target];
  if (!std::holds_alternative<Parameter>(target.node) && !std::holds_alternative<State>(target.node)) {
    return "only parameters and states are updated";
  }
  const Type& next = graph[update.value].type;
  if (next.kind != target.type.kind || next.shape != target.type.shape)
    return "the next value is of another kind or shape";
  if (type != target.type) return "an update has the type of its target";
  return std::nullopt;
}

Broken node_rule(const Value& value, const Graph& graph) {
  return std::visit(
      match{
          [](const Input&) -> Broken { return std::nullopt; },
          [&](const Parameter&) -> Broken {
            if (value.type.kind == Kind::number) return std::nullopt;
            return "a parameter holds numbers";
          },
          [](const State&) -> Broken { return std::nullopt; },
          [&](const Definition& definition) { return broken_rule(definition, value.type, graph); },
          [&](const View& view) -> Broken {
            const Type& of = graph[view.of].type;
            if (!alike(of, value.type)) return "a view is of the type of what it shows";
            if (count(of.shape) == count(value.type.shape)) return std::nullopt;
            return "a view has as many elements as what it shows";
          },
          [&](const Gradient& gradient) { return gradient_rule(gradient, value.type, graph); },
          [&](const Update& update) { return update_rule(update, value.type, graph); },
      },
      value.node);
}

/// What the value reads must stand before it, and be no update.
Broken operands_rule(std::size_t own, const Value& value, const Graph& graph) {
  for (const ValueId id : operands(value.node)) {
    if (number_of(id) >= own) return "it reads a value that does not stand before it";
    if (std::holds_alternative<Update>(graph[id].node)) return "it reads the update " + graph[id].name;
  }
  return std::nullopt;
}

Broken outputs_rule(const Graph& graph) {
  std::set<std::string_view> names;
  for (const Output& output : graph.outputs) {
    if (number_of(output.value) >= graph.size()) return "output " + output.name + " is no value";
    if (std::holds_alternative<Update>(graph[output.value].node))
      return "output " + output.name + " is an update";
    if (!names.insert(output.name).second) return "two outputs have the name " + output.name;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> broken_rule(const Graph& graph) {
  std::set<std::string_view> names;
  std::set<ValueId> updated;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const Value& value = graph.values()[i];
    const auto says = [&](const std::string& rule) { return value.name + ": " + rule; };
    if (value.name.empty()) return "value " + std::to_string(i) + " has no name";
    if (!names.insert(value.name).second) return says("two values have this name");
    if (const Broken broken = type_rule(value.type)) return says(*broken);
    if (const Broken broken = operands_rule(i, value, graph)) return says(*broken);
    if (const Broken broken = node_rule(value, graph)) return says(*broken);
    const auto* update = std::get_if<Update>(&value.node);
    if (update != nullptr && !updated.insert(update->target).second)
      return says("its target is updated twice");
  }
  return outputs_rule(graph);
}

}  // namespace dlc
