#include "compiler/passes/runner/rewriter.h"

#include <algorithm>
#include <utility>

namespace dlc::passes {

std::vector<ValueId> Rewriter::in_order() const {
  std::vector<ValueId> all;
  for (std::size_t i = 0; i < before_.size(); ++i) all.push_back(static_cast<ValueId>(i));
  return all;
}

Value Rewriter::renamed(ValueId old) const {
  Value value = before_[old];
  renumber(value.node, [&](ValueId id) { return now(id); });
  return value;
}

ValueId Rewriter::keep(ValueId old, Value value) {
  const ValueId id = after_.add(std::move(value));
  now_[number_of(old)] = id;
  return id;
}

void Rewriter::replace(ValueId old, ValueId by) {
  now_[number_of(old)] = by;
  std::vector<Place>& places = after_[by].places;
  for (const Place& place : before_[old].places) {
    if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
  }
}

ValueId Rewriter::add(Value value) {
  const std::string wanted = value.name;
  for (int suffix = 2; before_.find(value.name) || after_.find(value.name); ++suffix) {
    value.name = wanted + "_" + std::to_string(suffix);
  }
  return after_.add(std::move(value));
}

Graph Rewriter::finish() && {
  for (const Output& output : before_.outputs) after_.outputs.push_back({output.name, now(output.value)});
  return std::move(after_);
}

Readers readers(const Graph& graph) {
  Readers result{std::vector<std::vector<ValueId>>(graph.size()), std::vector<bool>(graph.size(), false)};
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto id = static_cast<ValueId>(i);
    for (const ValueId read : operands(graph[id].node)) {
      result.of[number_of(read)].push_back(id);
      if (!std::holds_alternative<Definition>(graph[id].node)) result.kept_whole[number_of(read)] = true;
    }
  }
  for (const Output& output : graph.outputs) result.kept_whole[number_of(output.value)] = true;
  return result;
}

}  // namespace dlc::passes
