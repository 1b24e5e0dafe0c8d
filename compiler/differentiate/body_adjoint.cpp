#include "compiler/differentiate/body_adjoint.h"

#include <algorithm>

#include "compiler/scalar/derivative.h"

namespace dlc {

namespace {

std::size_t place_of(ExpressionId id) {
  return static_cast<std::size_t>(id);
}

/// Calls `visit` for each operand that a gradient passes to, with the number of the argument.
template <class Visit>
void visit_passing(const Expression& expression, const Visit& visit) {
  if (const auto* read = std::get_if<Read>(&expression)) {
    if (read->otherwise) visit(*read->otherwise, 0);
  } else if (const auto* select = std::get_if<Select>(&expression)) {
    visit(select->a, 0);
    visit(select->b, 1);
  } else if (const auto* call = std::get_if<Call>(&expression)) {
    if (passes_gradient(call->function, 0)) visit(call->a, 0);
    if (facts(call->function).arity == 2 && passes_gradient(call->function, 1)) visit(call->b, 1);
  }
}

/// The way back through one body: from the root to the reads of one group.
class BackwardThroughBody {
 public:
  BackwardThroughBody(const Definition& definition, const Graph& graph, const ReadGroup& group,
                      BodyCopy& copy, BodyBuilder& result)
      : definition_(definition), graph_(graph), group_(group), copy_(copy), result_(result) {
    mark_leading();
  }

  std::optional<Guarded> run(const Guarded& root) {
    const Body& body = definition_.body;
    adjoints_.resize(body.expressions.size());
    adjoints_[place_of(body.root)] = root;
    for (std::size_t i = place_of(body.root) + 1; i-- > 0;) {
      if (!leads_[i] || !adjoints_[i]) continue;
      const auto id = static_cast<ExpressionId>(i);
      if (is_in_group(id)) gather(total_, *adjoints_[i]);
      hand_down(id, *adjoints_[i]);
    }
    return total_;
  }

 private:
  bool is_in_group(ExpressionId id) const {
    return std::find(group_.reads.begin(), group_.reads.end(), id) != group_.reads.end();
  }

  /// Which expressions does a gradient pass on its way to the group?
  void mark_leading() {
    leads_.resize(definition_.body.expressions.size(), false);
    for (std::size_t i = 0; i < leads_.size(); ++i) {
      const auto id = static_cast<ExpressionId>(i);
      bool leads = is_in_group(id);
      visit_passing(definition_.body[id],
                    [&](ExpressionId operand, int) { leads = leads || leads_[place_of(operand)]; });
      leads_[i] = leads;
    }
  }

  void hand_down(ExpressionId id, const Guarded& adjoint) {
    const Expression& expression = definition_.body[id];
    visit_passing(expression, [&](ExpressionId operand, int argument) {
      if (!leads_[place_of(operand)]) return;
      if (const auto* read = std::get_if<Read>(&expression)) {
        const Shape& shape = graph_[read->tensor].type.shape;
        give(operand,
             guarded_by(adjoint, {outside(read->window, shape, definition_.indices, result_), true}));
      } else if (const auto* select = std::get_if<Select>(&expression)) {
        give(operand, guarded_by(adjoint, {copy_(select->condition), argument == 0}));
      } else if (const auto* call = std::get_if<Call>(&expression)) {
        const Formula& formula = derivative(call->function, argument);
        give_times(operand, adjoint, formula, formula.nodes.size() - 1, id, *call);
      }
    });
  }

  /// Gives adjoint * derivative; a select in the derivative guards the adjoint on each side.
  void give_times(ExpressionId operand, const Guarded& adjoint, const Formula& formula, std::size_t node,
                  ExpressionId id, const Call& call) {
    if (const auto* number = std::get_if<Formula::Number>(&formula.nodes[node]);
        number != nullptr && number->value == 0) {
      return;
    }
    if (const auto* select = std::get_if<Formula::Select>(&formula.nodes[node])) {
      const ExpressionId condition = instance(formula, select->condition, id, call);
      give_times(operand, guarded_by(adjoint, {condition, true}), formula, select->a, id, call);
      give_times(operand, guarded_by(adjoint, {condition, false}), formula, select->b, id, call);
      return;
    }
    const ExpressionId factor = instance(formula, node, id, call);
    give(operand, {adjoint.guards, result_.call(Scalar::multiply, adjoint.value, factor)});
  }

  /// The derivative's expression with the arguments and the result of this call.
  ExpressionId instance(const Formula& formula, std::size_t node, ExpressionId id, const Call& call) {
    return std::visit(match{
                          [&](const Formula::Number& number) { return result_.constant(number.value); },
                          [&](Formula::Variable variable) {
                            if (variable == Formula::Variable::y) return copy_(id);
                            return copy_(variable == Formula::Variable::a ? call.a : call.b);
                          },
                          [&](const Formula::Call& inner) {
                            const ExpressionId a = instance(formula, inner.a, id, call);
                            const ExpressionId b =
                                inner.b == inner.a ? a : instance(formula, inner.b, id, call);
                            return result_.call(inner.function, a, b);
                          },
                          [&](const Formula::Select& inner) {
                            const ExpressionId condition = instance(formula, inner.condition, id, call);
                            const ExpressionId a = instance(formula, inner.a, id, call);
                            return result_.select(condition, a, instance(formula, inner.b, id, call));
                          },
                      },
                      formula.nodes[node]);
  }

  void give(ExpressionId operand, Guarded adjoint) {
    if (!may_count(result_, adjoint)) return;
    std::erase_if(adjoint.guards,
                  [&](const Guard& guard) { return result_.constant_value(guard.condition).has_value(); });
    gather(adjoints_[place_of(operand)], adjoint);
  }

  void gather(std::optional<Guarded>& total, const Guarded& adjoint) {
    total = total ? sum(result_, *total, adjoint) : adjoint;
  }

  const Definition& definition_;
  const Graph& graph_;
  const ReadGroup& group_;
  BodyCopy& copy_;
  BodyBuilder& result_;
  std::vector<bool> leads_;                       // by ExpressionId
  std::vector<std::optional<Guarded>> adjoints_;  // by ExpressionId
  std::optional<Guarded> total_;
};

}  // namespace

std::vector<ReadGroup> reads_with_gradient(const Body& body, const std::function<bool(ValueId)>& wanted) {
  std::vector<bool> reached(body.expressions.size(), false);
  reached[place_of(body.root)] = true;
  for (std::size_t i = reached.size(); i-- > 0;) {
    if (!reached[i]) continue;
    visit_passing(body.expressions[i], [&](ExpressionId operand, int) { reached[place_of(operand)] = true; });
  }
  std::vector<ReadGroup> groups;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const auto* read = std::get_if<Read>(&body.expressions[i]);
    if (!reached[i] || read == nullptr || !wanted(read->tensor)) continue;
    const auto found = std::find_if(groups.begin(), groups.end(), [&](const ReadGroup& group) {
      return group.tensor == read->tensor && group.window == read->window;
    });
    ReadGroup& group =
        found != groups.end() ? *found : groups.emplace_back(ReadGroup{read->tensor, read->window, {}});
    group.reads.push_back(static_cast<ExpressionId>(i));
  }
  return groups;
}

std::optional<Guarded> adjoint_of_reads(const Definition& definition, const Graph& graph,
                                        const ReadGroup& group, const Guarded& root, BodyCopy& copy,
                                        BodyBuilder& result) {
  return BackwardThroughBody(definition, graph, group, copy, result).run(root);
}

ExpressionId outside(const Window& window, const Shape& tensor, std::span<const Index> indices,
                     BodyBuilder& result) {
  ExpressionId is_outside = result.constant(0, Kind::boolean);
  const auto add_where = [&](Scalar comparison, const Position& position, std::int64_t bound) {
    const ExpressionId limit = result.constant(static_cast<double>(bound), Kind::integer);
    const ExpressionId leaves = result.call(comparison, result.position(position), limit);
    is_outside = result.call(Scalar::logical_or, is_outside, leaves);
  };
  for (std::size_t dimension = 0; dimension < window.size(); ++dimension) {
    const Range values = range(window[dimension], indices);
    if (values.least < 0) add_where(Scalar::less, window[dimension], 0);
    if (values.most >= tensor[dimension])
      add_where(Scalar::greater_equal, window[dimension], tensor[dimension]);
  }
  return is_outside;
}

}  // namespace dlc
