#include "compiler/passes/algebra/body.h"

#include <algorithm>

namespace dlc::passes {

namespace {

bool holds(const Expression& expression, IndexId index) {
  return std::visit(match{
                        [&](const PositionValue& value) { return depends_on(value.position, index); },
                        [&](const Read& read) { return depends_on(read.window, index); },
                        [&](const Draw& draw) { return depends_on(draw.counter, index); },
                        [](const auto&) { return false; },  // the others hold operands alone
                    },
                    expression);
}

/// In additions of a vector; draws are ten rounds of multiplications.
double own_cost(const Expression& expression) {
  const Call* call = std::get_if<Call>(&expression);
  if (call == nullptr) return std::holds_alternative<Draw>(expression) ? 40 : 0;
  return facts(call->function).cost;
}

}  // namespace

std::vector<ExpressionId> operands_of(const Expression& expression) {
  return std::visit(
      match{
          [](const Read& read) {
            return read.otherwise ? std::vector{*read.otherwise} : std::vector<ExpressionId>{};
          },
          [](const Call& call) {
            return facts(call.function).arity == 1 ? std::vector{call.a} : std::vector{call.a, call.b};
          },
          [](const Select& select) {
            return std::vector{select.condition, select.a, select.b};
          },
          [](const auto&) { return std::vector<ExpressionId>{}; },  // constants, positions, draws
      },
      expression);
}

std::vector<bool> needed(const Body& body, ExpressionId root) {
  std::vector<bool> result(body.expressions.size(), false);
  result[static_cast<std::size_t>(root)] = true;
  for (std::size_t i = body.expressions.size(); i-- > 0;) {
    if (!result[i]) continue;
    for (const ExpressionId operand : operands_of(body.expressions[i])) {
      result[static_cast<std::size_t>(operand)] = true;
    }
  }
  return result;
}

ExpressionId rebuilt(const Body& from, ExpressionId root, const ExpressionRule& rule) {
  const std::vector<bool> wanted = needed(from, root);
  std::vector<ExpressionId> now(from.expressions.size());
  const auto moved = [&](ExpressionId id) { return now[static_cast<std::size_t>(id)]; };
  for (std::size_t i = 0; i < from.expressions.size(); ++i) {
    if (!wanted[i]) continue;
    Expression expression = from.expressions[i];
    if (auto* read = std::get_if<Read>(&expression)) {
      if (read->otherwise) read->otherwise = moved(*read->otherwise);
    } else if (auto* call = std::get_if<Call>(&expression)) {
      call->a = moved(call->a);
      call->b = facts(call->function).arity == 1 ? call->a : moved(call->b);
    } else if (auto* select = std::get_if<Select>(&expression)) {
      *select = {moved(select->condition), moved(select->a), moved(select->b)};
    }
    now[i] = rule(expression);
  }
  return moved(root);
}

Expression substituted(const Expression& expression, std::span<const Position> replacement,
                       std::span<const Index> new_indices) {
  Expression result = expression;
  if (auto* value = std::get_if<PositionValue>(&result)) {
    value->position = substitute(value->position, replacement, new_indices);
  } else if (auto* read = std::get_if<Read>(&result)) {
    read->window = substitute(read->window, replacement, new_indices);
  } else if (auto* draw = std::get_if<Draw>(&result)) {
    draw->counter = substitute(draw->counter, replacement, new_indices);
  }
  return result;
}

Body substituted(const Body& body, std::span<const Position> replacement,
                 std::span<const Index> new_indices) {
  BodyBuilder maker;
  return maker.finish(rebuilt(body, body.root, [&](const Expression& expression) {
    return maker.add(substituted(expression, replacement, new_indices));
  }));
}

bool depends_on(const Body& body, ExpressionId root, IndexId index) {
  const std::vector<bool> wanted = needed(body, root);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] && holds(body.expressions[i], index)) return true;
  }
  return false;
}

std::vector<bool> dependencies(const Body& body, ExpressionId root, std::size_t index_count) {
  std::vector<bool> result;
  for (std::size_t i = 0; i < index_count; ++i) {
    result.push_back(depends_on(body, root, static_cast<IndexId>(i)));
  }
  return result;
}

bool is_constant(const Expression& expression, double value) {
  const auto* constant = std::get_if<Constant>(&expression);
  return constant != nullptr && constant->value == value;
}

double cost(const Body& body, ExpressionId root) {
  const std::vector<bool> wanted = needed(body, root);
  double result = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i]) result += own_cost(body.expressions[i]);
  }
  return result;
}

bool is_elementwise(const Definition& definition) {
  return definition.combiner == Combiner::none && is_identity(definition.write) &&
         definition.write.size() == definition.indices.size();
}

bool writes_each_element(const Definition& definition, const Shape& shape) {
  if (!is_identity(definition.write) || definition.write.size() != shape.size()) return false;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (definition.indices[d].extent != shape[d]) return false;
  }
  return true;
}

bool is_contraction(const Definition& definition) {
  if (definition.combiner != Combiner::sum || definition.indices.size() <= definition.write.size())
    return false;
  const auto* call = std::get_if<Call>(&definition.body[definition.body.root]);
  return call != nullptr && call->function == Scalar::multiply &&
         std::holds_alternative<Read>(definition.body[call->a]) &&
         std::holds_alternative<Read>(definition.body[call->b]);
}

std::int64_t evaluations(const Definition& definition) {
  std::int64_t result = 1;
  for (const Index& index : definition.indices) result *= index.extent;
  return result;
}

}  // namespace dlc::passes
