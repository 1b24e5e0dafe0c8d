#include "compiler/plan/order.h"

#include <algorithm>
#include <map>

#include "compiler/plan/uses.h"

namespace dlc {

namespace {

/// A definition that is the same elements again.
ValueId add_copy(Graph& graph, ValueId value, const std::string& name) {
  const Value& original = graph[value];
  Definition copy;
  Window window;
  for (std::size_t i = 0; i < original.type.shape.size(); ++i) {
    copy.indices.push_back(Index{"i" + std::to_string(i), original.type.shape[i]});
    window.push_back(position_of(IndexId(i)));
  }
  copy.write = window;
  copy.body.add(Read{value, window, std::nullopt});
  return graph.add(Value{name, original.type, std::move(copy), original.places});
}

std::vector<ValueId> readers_of(const Graph& graph, ValueId source) {
  std::vector<ValueId> readers;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const Definition* definition = definition_of(graph, ValueId(i));
    if (definition && reads(graph, *definition, source)) readers.push_back(ValueId(i));
  }
  return readers;
}

bool may_overwrite(const Graph& graph, const Order& order, ValueId value, ValueId target,
                   const std::vector<ValueId>& readers) {
  const Definition* definition = definition_of(graph, value);
  if (!definition || !reads_in_place(graph, *definition, target)) return false;
  return std::none_of(readers.begin(), readers.end(),
                      [&](ValueId reader) { return reader != value && order.follows(reader, value); });
}

/// What is needed of the graph without its updates, which come anew; `now` maps the old values.
Graph without_updates(const Graph& before, std::map<ValueId, ValueId>& now) {
  Graph after;
  const std::vector<bool> needed = needed_values(before);
  for (std::size_t i = 0; i < before.size(); ++i) {
    Value value = before[ValueId(i)];
    if (std::holds_alternative<Update>(value.node) || !needed[i]) continue;
    renumber(value.node, [&](ValueId id) { return now.at(id); });
    now[ValueId(i)] = after.add(std::move(value));
  }
  for (Output output : before.outputs) {
    output.value = now.at(output.value);
    after.outputs.push_back(std::move(output));
  }
  return after;
}

void keep_present_values_for_outputs(Graph& graph, const std::vector<ValueId>& targets) {
  for (Output& output : graph.outputs) {
    const ValueId source = source_of(graph, output.value);
    if (std::find(targets.begin(), targets.end(), source) == targets.end()) continue;
    output.value = add_copy(graph, output.value, graph[output.value].name + "_present");
  }
}

/// What the updates take over, in their order. The present value of what is itself updated is copied before
/// anything is overwritten.
std::vector<ValueId> values_of_updates(const Graph& before, const std::map<ValueId, ValueId>& now,
                                       const std::vector<ValueId>& targets, Graph& graph) {
  std::vector<ValueId> values;
  for (const Value& value : before.values()) {
    const Update* update = std::get_if<Update>(&value.node);
    if (!update) continue;
    values.push_back(now.at(update->value));
    const ValueId source = source_of(graph, values.back());
    if (std::find(targets.begin(), targets.end(), source) == targets.end()) continue;
    values.back() = add_copy(graph, values.back(), graph[source].name + "_present");
  }
  return values;
}

}  // namespace

Order::Order(const Graph& graph) : before_(graph.size()), after_(graph.size()) {
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (!definition_of(graph, ValueId(i))) continue;
    for (const ValueId operand : operands(graph[ValueId(i)].node)) {
      const ValueId source = source_of(graph, operand);
      if (definition_of(graph, source)) add(source, ValueId(i));
    }
  }
}

bool Order::follows(ValueId last, ValueId first) const {
  std::vector<bool> seen(after_.size());
  std::vector<ValueId> open = {first};
  while (!open.empty()) {
    const ValueId at = open.back();
    open.pop_back();
    if (at == last) return true;
    for (const ValueId next : after(at)) {
      if (seen[number_of(next)]) continue;
      seen[number_of(next)] = true;
      open.push_back(next);
    }
  }
  return false;
}

void Order::make_room(std::size_t values) {
  before_.resize(values);
  after_.resize(values);
}

void Order::add(ValueId first, ValueId last) {
  std::vector<ValueId>& known = before_[number_of(last)];
  if (std::find(known.begin(), known.end(), first) != known.end()) return;
  known.push_back(first);
  after_[number_of(first)].push_back(last);
}

Settled settle_updates(const Graph& before) {
  std::map<ValueId, ValueId> now;
  Graph graph = without_updates(before, now);
  std::vector<ValueId> targets;
  for (const Value& value : before.values()) {
    if (const Update* update = std::get_if<Update>(&value.node)) targets.push_back(now.at(update->target));
  }
  keep_present_values_for_outputs(graph, targets);
  const std::vector<ValueId> next_values = values_of_updates(before, now, targets, graph);

  Order order(graph);
  std::vector<ValueId> taken;
  for (const Value& value : before.values()) {
    if (!std::holds_alternative<Update>(value.node)) continue;
    const ValueId target = targets[taken.size()];
    ValueId next = next_values[taken.size()];
    const std::vector<ValueId> readers = readers_of(graph, target);
    const bool is_taken = std::find(taken.begin(), taken.end(), next) != taken.end();
    if (is_taken || !may_overwrite(graph, order, next, target, readers)) {
      const ValueId source = source_of(graph, next);
      next = add_copy(graph, next, graph[target].name + "_next");
      order.make_room(graph.size());
      if (definition_of(graph, source)) order.add(source, next);
    }
    for (const ValueId reader : readers_of(graph, target)) {
      if (reader != next) order.add(reader, next);
    }
    taken.push_back(next);
    graph.add(Value{value.name, value.type, Update{target, next}, value.places});
  }
  return Settled{std::move(graph), std::move(order)};
}

}  // namespace dlc
