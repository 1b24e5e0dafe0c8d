#include "compiler/plan/uses.h"

#include <algorithm>

namespace dlc {

namespace {

bool looks_up(const Graph& graph, const Window& window, ValueId source);

bool looks_up(const Graph& graph, const Position& position, ValueId source) {
  return std::any_of(position.terms.begin(), position.terms.end(), [&](const Term& term) {
    return std::visit(match{
                          [](const IndexId&) { return false; },
                          [&](const Quotient& q) { return looks_up(graph, q.of, source); },
                          [&](const Remainder& r) { return looks_up(graph, r.of, source); },
                          [&](const Lookup& lookup) {
                            return source_of(graph, lookup.tensor) == source ||
                                   looks_up(graph, lookup.subscripts, source);
                          },
                      },
                      term.what);
  });
}

bool looks_up(const Graph& graph, const Window& window, ValueId source) {
  return std::any_of(window.begin(), window.end(),
                     [&](const Position& position) { return looks_up(graph, position, source); });
}

bool touches_elsewhere(const Graph& graph, const Definition& definition, const Expression& expression,
                       ValueId source) {
  return std::visit(
      match{
          [](const Constant&) { return false; },
          [](const Call&) { return false; },
          [](const Select&) { return false; },
          [&](const PositionValue& value) { return looks_up(graph, value.position, source); },
          [&](const Draw& draw) {
            return source_of(graph, draw.key) == source || looks_up(graph, draw.counter, source);
          },
          [&](const Read& read) {
            if (looks_up(graph, read.window, source)) return true;
            if (source_of(graph, read.tensor) != source) return false;
            return !is_identity(read.window) || graph[read.tensor].type.shape != result_extents(definition);
          },
      },
      expression);
}

}  // namespace

ValueId source_of(const Graph& graph, ValueId value) {
  while (const View* view = std::get_if<View>(&graph[value].node)) value = view->of;
  return value;
}

const Definition* definition_of(const Graph& graph, ValueId value) {
  return std::get_if<Definition>(&graph[value].node);
}

bool is_elementwise(const Definition& definition) {
  return definition.combiner == Combiner::none && is_identity(definition.write) &&
         definition.write.size() == definition.indices.size();
}

Shape result_extents(const Definition& definition) {
  Shape extents;
  const std::size_t count =
      is_identity(definition.write) ? definition.write.size() : definition.indices.size();
  for (std::size_t i = 0; i < count; ++i) extents.push_back(definition.indices[i].extent);
  return extents;
}

bool reads_in_place(const Graph& graph, const Definition& definition, ValueId source) {
  if (!reads(graph, definition, source)) return true;
  if (!is_elementwise(definition)) return false;
  return std::none_of(definition.body.expressions.begin(), definition.body.expressions.end(),
                      [&](const Expression& e) { return touches_elsewhere(graph, definition, e, source); });
}

bool reads(const Graph& graph, const Definition& definition, ValueId source) {
  const std::vector<ValueId> read = operands(Node(definition));
  return std::any_of(read.begin(), read.end(), [&](ValueId id) { return source_of(graph, id) == source; });
}

std::vector<bool> needed_values(const Graph& graph) {
  std::vector<bool> needed(graph.size());
  for (const Output& output : graph.outputs) needed[number_of(output.value)] = true;
  for (std::size_t i = graph.size(); i-- > 0;) {
    const Node& node = graph[ValueId(i)].node;
    if (std::holds_alternative<Update>(node)) needed[i] = true;
    if (!needed[i]) continue;
    for (const ValueId operand : operands(node)) needed[number_of(operand)] = true;
  }
  return needed;
}

}  // namespace dlc
