#include "dsl/elaborate/graphs.h"

#include <algorithm>

#include "dsl/elaborate/definitions/operators.h"

namespace dlc {

namespace {

ExpressionId copy_part(const Body& from, ExpressionId id, Body& to,
                       std::map<ExpressionId, ExpressionId>& copied) {
  if (const auto found = copied.find(id); found != copied.end()) return found->second;
  Expression expression = from[id];
  if (auto* read = std::get_if<Read>(&expression)) {
    if (read->otherwise) read->otherwise = copy_part(from, *read->otherwise, to, copied);
  } else if (auto* call = std::get_if<Call>(&expression)) {
    call->a = copy_part(from, call->a, to, copied);
    call->b = copy_part(from, call->b, to, copied);
  } else if (auto* select = std::get_if<Select>(&expression)) {
    select->condition = copy_part(from, select->condition, to, copied);
    select->a = copy_part(from, select->a, to, copied);
    select->b = copy_part(from, select->b, to, copied);
  }
  const ExpressionId made = to.add(std::move(expression));
  copied.emplace(id, made);
  return made;
}

struct SignedTerm {
  ExpressionId id{};
  bool negative = false;
};

/// The terms of a sum at the root of a body.
void collect_terms(const Body& body, ExpressionId id, bool negative, std::vector<SignedTerm>& terms) {
  if (const auto* call = std::get_if<Call>(&body[id])) {
    if (call->function == Scalar::add || call->function == Scalar::subtract) {
      collect_terms(body, call->a, negative, terms);
      collect_terms(body, call->b, negative != (call->function == Scalar::subtract), terms);
      return;
    }
    if (call->function == Scalar::negate) {
      collect_terms(body, call->a, !negative, terms);
      return;
    }
  }
  terms.push_back({id, negative});
}

bool contains(const std::vector<IndexId>& axes, IndexId axis) {
  return std::find(axes.begin(), axes.end(), axis) != axes.end();
}

void add_term(std::optional<Body>& sum, Body term, bool negative) {
  if (!sum) {
    sum = negative ? call_body(Scalar::negate, std::move(term)) : std::move(term);
  } else {
    sum = call_body(negative ? Scalar::subtract : Scalar::add, std::move(*sum), std::move(term));
  }
}

bool multiplies(const Body& body) {
  const auto* call = std::get_if<Call>(&body[body.root]);
  return call && call->function == Scalar::multiply;
}

}  // namespace

Body part_of(const Body& body, ExpressionId root) {
  Body part;
  std::map<ExpressionId, ExpressionId> copied;
  part.root = copy_part(body, root, part, copied);
  return part;
}

std::vector<bool> needed_by(const Graph& graph, std::span<const ValueId> roots) {
  std::vector<bool> needed(graph.size(), false);
  for (const ValueId root : roots) needed[number_of(root)] = true;
  for (std::size_t i = graph.size(); i-- > 0;) {
    if (!needed[i]) continue;
    for (const ValueId operand : operands(graph[static_cast<ValueId>(i)].node))
      needed[number_of(operand)] = true;
  }
  return needed;
}

Graph without_unneeded(const Graph& graph) {
  std::vector<ValueId> roots;
  for (const Output& output : graph.outputs) roots.push_back(output.value);
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto id = static_cast<ValueId>(i);
    const Node& node = graph[id].node;
    if (std::holds_alternative<Update>(node) || std::holds_alternative<Parameter>(node) ||
        std::holds_alternative<State>(node)) {
      roots.push_back(id);
    }
  }
  const std::vector<bool> needed = needed_by(graph, roots);
  Graph result;
  std::vector<ValueId> renamed(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (!needed[i]) continue;
    Value value = graph[static_cast<ValueId>(i)];
    renumber(value.node, [&](ValueId id) { return renamed[number_of(id)]; });
    renamed[i] = result.add(std::move(value));
  }
  for (const Output& output : graph.outputs)
    result.outputs.push_back({output.name, renamed[number_of(output.value)]});
  return result;
}

ValueId copy_into(Graph& to, const Graph& from, ValueId value, std::map<ValueId, ValueId>& copied) {
  const ValueId roots[] = {value};
  const std::vector<bool> needed = needed_by(from, roots);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto id = static_cast<ValueId>(i);
    if (!needed[i] || copied.contains(id)) continue;
    Value copy = from[id];
    renumber(copy.node, [&](ValueId old) { return copied.at(old); });
    copied.emplace(id, to.add(std::move(copy)));
  }
  return copied.at(value);
}

Quantity mean_over(Builder& builder, const Quantity& tensor, IndexId batch, const std::string& name) {
  if (!contains(builder.frame_of(tensor), batch)) return tensor;
  // The visible dimensions stay: for the sum they are frame.
  Quantity term = tensor;
  term.dimensions.clear();
  Quantity mean = builder.reduced(Combiner::sum, as_number(std::move(term)), {batch}, name);
  Body count = constant_body(static_cast<double>(builder.axes.extent(batch)), Kind::number);
  mean.body = call_body(Scalar::divide, std::move(mean.body), std::move(count));
  mean.dimensions = tensor.dimensions;
  return mean;
}

Quantity loss_of(Builder& builder, const Quantity& each, IndexId batch) {
  std::vector<SignedTerm> terms;
  collect_terms(each.body, each.body.root, false, terms);
  std::optional<Body> framed;
  std::optional<Body> once;
  for (const SignedTerm& term : terms) {
    Body body = part_of(each.body, term.id);
    std::optional<Body>& sum = contains(axes_of(body), batch) ? framed : once;
    add_term(sum, std::move(body), term.negative);
  }
  Quantity loss = each;
  if (framed) {
    loss.body = std::move(*framed);
    loss = mean_over(builder, loss, batch, "loss.sum");
    if (once) loss.body = call_body(Scalar::add, std::move(loss.body), std::move(*once));
  }
  return loss;
}

double operations_of(const Graph& graph, std::size_t first, std::size_t last) {
  double operations = 0;
  for (std::size_t i = first; i < last; ++i) {
    const auto* definition = std::get_if<Definition>(&graph[static_cast<ValueId>(i)].node);
    if (!definition || definition->combiner == Combiner::none) continue;
    double box = 1;
    for (const Index& index : definition->indices) box *= static_cast<double>(index.extent);
    operations += box * (definition->combiner == Combiner::sum && multiplies(definition->body) ? 2 : 1);
  }
  return operations;
}

}  // namespace dlc
