#include "tests/programs/shrink.h"

#include <algorithm>
#include <set>

#include "compiler/graph/build.h"

namespace dlc::tests {

namespace {

using Fails = std::function<bool(const Graph&)>;

/// Only what outputs and updates need.
Graph without_unused(const Graph& graph) {
  std::vector<bool> is_used(graph.size());
  for (const Output& output : graph.outputs) is_used[number_of(output.value)] = true;
  for (std::size_t i = graph.size(); i-- > 0;) {
    const Node& node = graph.values()[i].node;
    if (std::holds_alternative<Update>(node)) is_used[i] = true;
    if (!is_used[i]) continue;
    for (const ValueId operand : operands(node)) is_used[number_of(operand)] = true;
  }
  Graph after;
  std::vector<ValueId> ids(graph.size());
  const auto id_of = [&](ValueId id) { return ids[number_of(id)]; };
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (!is_used[i]) continue;
    Value value = graph.values()[i];
    value.places.clear();
    renumber(value.node, id_of);
    ids[i] = after.add(std::move(value));
  }
  for (const Output& output : graph.outputs) after.outputs.push_back({output.name, id_of(output.value)});
  return after;
}

/// The bound of an argmax follows from its box.
void renew_bounds(Graph& graph) {
  for (std::size_t i = 0; i < graph.size(); ++i) {
    Value& value = graph[static_cast<ValueId>(i)];
    const auto* definition = std::get_if<Definition>(&value.node);
    if (definition == nullptr) continue;
    if (definition->combiner != Combiner::argmax && definition->combiner != Combiner::argmin) continue;
    std::int64_t box = 1;
    for (std::size_t k = 0; k < definition->indices.size(); ++k) {
      if (!depends_on(definition->write, static_cast<IndexId>(k))) box *= definition->indices[k].extent;
    }
    value.type.most = box - 1;
  }
}

class Shrinker {
 public:
  Shrinker(Graph graph, const Fails& fails) : graph_(std::move(graph)), fails_(fails) {}

  Graph run() {
    do {
      changed_ = false;
      drop_updates();
      drop_outputs();
      take_from_outside();
      reduce_extents();
      for (std::size_t i = graph_.size(); i-- > 0;) {
        if (i < graph_.size()) simplify(static_cast<ValueId>(i));
      }
    } while (changed_);
    return graph_;
  }

 private:
  bool take(Graph candidate) {
    if (candidate.outputs.empty() &&
        std::none_of(candidate.values().begin(), candidate.values().end(),
                     [](const Value& value) { return std::holds_alternative<Update>(value.node); })) {
      return false;
    }
    candidate = without_unused(candidate);
    renew_bounds(candidate);
    if (broken_rule(candidate) || print(candidate) == print(graph_) || !fails_(candidate)) return false;
    graph_ = std::move(candidate);
    return changed_ = true;
  }

  void drop_outputs() {
    for (std::size_t o = graph_.outputs.size(); o-- > 0;) {
      Graph candidate = graph_;
      candidate.outputs.erase(candidate.outputs.begin() + static_cast<std::ptrdiff_t>(o));
      take(std::move(candidate));
    }
    for (std::size_t o = 0; o < graph_.outputs.size(); ++o) {  // what was computed before it
      for (const ValueId earlier : operands(graph_[graph_.outputs[o].value].node)) {
        Graph candidate = graph_;
        candidate.outputs[o] = {graph_[earlier].name, earlier};
        if (take(std::move(candidate))) break;
      }
    }
  }

  void drop_updates() {
    for (std::size_t i = graph_.size(); i-- > 0;) {
      if (i >= graph_.size() || !std::holds_alternative<Update>(graph_.values()[i].node)) continue;
      Graph candidate = graph_;
      const ValueId next = std::get<Update>(graph_.values()[i].node).value;
      candidate[static_cast<ValueId>(i)].node = Input{};  // which nobody reads
      if (take(candidate)) continue;
      candidate.outputs.push_back({"next", next});
      take(std::move(candidate));
    }
  }

  void take_from_outside() {
    for (std::size_t i = graph_.size(); i-- > 0;) {
      if (i >= graph_.size()) continue;
      const Node& node = graph_.values()[i].node;
      if (std::holds_alternative<Update>(node) || std::holds_alternative<Input>(node)) continue;
      Graph candidate = graph_;
      candidate[static_cast<ValueId>(i)].node = Input{};
      take(std::move(candidate));
    }
  }

  /// Wherever an extent occurs, and for each index alone.
  void reduce_extents() {
    std::set<std::int64_t, std::greater<>> extents;
    for (const Value& value : graph_.values()) {
      extents.insert(value.type.shape.begin(), value.type.shape.end());
      if (const auto* definition = std::get_if<Definition>(&value.node)) {
        for (const Index& index : definition->indices) extents.insert(index.extent);
      }
    }
    for (const std::int64_t extent : extents) {
      for (const std::int64_t less : {std::int64_t{1}, extent / 2, extent - 1}) {
        if (less >= 1 && less < extent && take(with_extent(extent, less))) break;
      }
    }
    for (std::size_t i = graph_.size(); i-- > 0;) {
      for (std::size_t k = 0; i < graph_.size() && k < indices_of(i); ++k) reduce_index(i, k);
    }
  }

  std::size_t indices_of(std::size_t value) const {
    const auto* definition = std::get_if<Definition>(&graph_.values()[value].node);
    return definition == nullptr ? 0 : definition->indices.size();
  }

  Graph with_extent(std::int64_t extent, std::int64_t less) const {
    Graph candidate = graph_;
    for (std::size_t i = 0; i < candidate.size(); ++i) {
      Value& value = candidate[static_cast<ValueId>(i)];
      std::replace(value.type.shape.begin(), value.type.shape.end(), extent, less);
      if (auto* definition = std::get_if<Definition>(&value.node)) {
        for (Index& index : definition->indices) {
          if (index.extent == extent) index.extent = less;
        }
      }
    }
    return candidate;
  }

  void reduce_index(std::size_t value, std::size_t index) {
    const std::int64_t extent = std::get<Definition>(graph_.values()[value].node).indices[index].extent;
    for (const std::int64_t less : {std::int64_t{1}, extent / 2}) {
      if (less < 1 || less >= extent) continue;
      Graph candidate = graph_;
      Value& changed = candidate[static_cast<ValueId>(value)];
      auto& definition = std::get<Definition>(changed.node);
      definition.indices[index].extent = less;
      if (is_identity(definition.write) && index < changed.type.shape.size())
        changed.type.shape[index] = less;
      if (take(std::move(candidate))) return;
    }
  }

  void simplify(ValueId id) {
    for (std::size_t e = 0;; ++e) {
      if (number_of(id) >= graph_.size()) return;
      const auto* definition = std::get_if<Definition>(&graph_[id].node);
      if (definition == nullptr) return;
      const std::size_t size = definition->body.expressions.size();
      if (e >= size) return;
      simplify_expression(id, static_cast<ExpressionId>(size - 1 - e));
    }
  }

  /// By an operand or by a number; a read by one that is simpler.
  void simplify_expression(ValueId id, ExpressionId expression) {
    const Body body = std::get<Definition>(graph_[id].node).body;
    const Kind kind = kind_of(body, expression, graph_);
    std::vector<ExpressionId> operands;
    if (const auto* call = std::get_if<Call>(&body[expression])) operands = {call->a, call->b};
    if (const auto* select = std::get_if<Select>(&body[expression])) operands = {select->a, select->b};
    for (const ExpressionId operand : operands) {
      if (kind_of(body, operand, graph_) != kind) continue;
      if (replace(id, expression, [&](BodyCopy& copy, BodyBuilder&) { return copy(operand); })) return;
    }
    if (std::holds_alternative<Constant>(body[expression])) return;
    if (const auto* read = std::get_if<Read>(&body[expression])) {
      if (simplify_read(id, expression, *read)) return;
    }
    for (const double constant : {0.0, 1.0}) {
      const auto number = [&](BodyCopy&, BodyBuilder& to) { return to.constant(constant, kind); };
      if (replace(id, expression, number)) return;
    }
  }

  bool simplify_read(ValueId id, ExpressionId expression, const Read& read) {
    const auto by = [&](const Read& simpler) {
      return replace(id, expression, [&](BodyCopy& copy, BodyBuilder& to) {
        Read copied = simpler;
        if (copied.otherwise) copied.otherwise = copy(*copied.otherwise);
        return to.add(copied);
      });
    };
    if (read.otherwise && by({read.tensor, read.window, {}})) return true;
    for (std::size_t k = 0; k < read.window.size(); ++k) {
      std::vector<Position> simpler = {position_of(0)};
      for (const Term& term : read.window[k].terms) {
        simpler.push_back({0, {term}});
        if (const auto* index = std::get_if<IndexId>(&term.what)) simpler.push_back(position_of(*index));
      }
      for (const Position& position : simpler) {
        Read candidate = read;
        if (candidate.window[k] == position) continue;
        if (candidate.window[k].terms.empty()) continue;
        candidate.window[k] = position;
        if (by(candidate)) return true;
      }
    }
    return false;
  }

  bool replace(ValueId id, ExpressionId old, const std::function<ExpressionId(BodyCopy&, BodyBuilder&)>& by) {
    Graph candidate = graph_;
    auto& definition = std::get<Definition>(candidate[id].node);
    const Body body = definition.body;
    BodyBuilder to;
    BodyCopy copy(body, to);
    copy.stands_for(old, by(copy, to));
    definition.body = to.finish(copy(body.root));
    return take(std::move(candidate));
  }

  Graph graph_;
  const Fails& fails_;
  bool changed_ = false;
};

}  // namespace

Graph shrunk(Graph graph, const Fails& fails) {
  return Shrinker(std::move(graph), fails).run();
}

}  // namespace dlc::tests
