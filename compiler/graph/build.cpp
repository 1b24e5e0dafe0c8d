#include "compiler/graph/build.h"

#include <bit>
#include <cmath>

namespace dlc {

namespace {

/// Operands are ids of one builder, so equal expressions have equal ids.
bool equal_form(const Constant& a, const Constant& b) {
  return a.kind == b.kind && std::bit_cast<std::uint64_t>(a.value) == std::bit_cast<std::uint64_t>(b.value);
}
bool equal_form(const PositionValue& a, const PositionValue& b) {
  return a.position == b.position;
}
bool equal_form(const Read& a, const Read& b) {
  return a.tensor == b.tensor && a.window == b.window && a.otherwise == b.otherwise;
}
bool equal_form(const Call& a, const Call& b) {
  return a.function == b.function && a.a == b.a && a.b == b.b;
}
bool equal_form(const Select& a, const Select& b) {
  return a.condition == b.condition && a.a == b.a && a.b == b.b;
}
bool equal_form(const Draw& a, const Draw& b) {
  return a.key == b.key && a.site == b.site && a.counter == b.counter;
}

bool equal_expressions(const Expression& a, const Expression& b) {
  if (a.index() != b.index()) return false;
  return std::visit(
      [&](const auto& form) { return equal_form(form, std::get<std::decay_t<decltype(form)>>(b)); }, a);
}

/// Calls `change` for each operand.
template <class Change>
void change_operands(Expression& expression, const Change& change) {
  std::visit(match{
                 [](Constant&) {},
                 [](PositionValue&) {},
                 [](Draw&) {},
                 [&](Read& read) {
                   if (read.otherwise) change(*read.otherwise);
                 },
                 [&](Call& call) {
                   change(call.a);
                   change(call.b);
                 },
                 [&](Select& select) {
                   change(select.condition);
                   change(select.a);
                   change(select.b);
                 },
             },
             expression);
}

}  // namespace

ExpressionId BodyBuilder::add(const Expression& expression) {
  for (std::size_t i = 0; i < body_.expressions.size(); ++i) {
    if (equal_expressions(body_.expressions[i], expression)) return static_cast<ExpressionId>(i);
  }
  return body_.add(expression);
}

ExpressionId BodyBuilder::position(Position position) {
  if (position.terms.empty()) return constant(static_cast<double>(position.constant), Kind::integer);
  return add(PositionValue{std::move(position)});
}

ExpressionId BodyBuilder::call(Scalar function, ExpressionId a, ExpressionId b) {
  if (constant_value(a) && constant_value(b)) {
    const Kind kind_a = std::get<Constant>(body_[a]).kind;
    const std::optional<Kind> kind = result_kind(function, kind_a, std::get<Constant>(body_[b]).kind);
    if (kind) return constant(evaluate(function, *constant_value(a), *constant_value(b)), *kind);
  }
  if (const std::optional<ExpressionId> better = simpler(function, a, b)) return *better;
  return add(Call{function, a, b});
}

ExpressionId BodyBuilder::select(ExpressionId condition, ExpressionId a, ExpressionId b) {
  if (a == b) return a;
  if (const std::optional<double> known = constant_value(condition)) return *known != 0 ? a : b;
  if (const std::optional<Call> opposite = call_of(condition, Scalar::logical_not))
    return select(opposite->a, b, a);
  return add(Select{condition, a, b});
}

std::optional<double> BodyBuilder::constant_value(ExpressionId id) const {
  const auto* constant = std::get_if<Constant>(&body_[id]);
  return constant == nullptr ? std::nullopt : std::optional(constant->value);
}

Body BodyBuilder::finish(ExpressionId root) const {
  const std::size_t size = static_cast<std::size_t>(root) + 1;
  std::vector<bool> needed(size, false);
  needed[size - 1] = true;
  for (std::size_t i = size; i-- > 0;) {
    if (!needed[i]) continue;
    Expression expression = body_.expressions[i];
    change_operands(expression, [&](ExpressionId& id) { needed[static_cast<std::size_t>(id)] = true; });
  }
  Body result;
  std::vector<ExpressionId> now(size);
  for (std::size_t i = 0; i < size; ++i) {
    if (!needed[i]) continue;
    Expression expression = body_.expressions[i];
    change_operands(expression, [&](ExpressionId& id) { id = now[static_cast<std::size_t>(id)]; });
    now[i] = result.add(std::move(expression));
  }
  return result;
}

// -------------------------------------------------------------------------------------------- simplification

std::optional<Call> BodyBuilder::call_of(ExpressionId id, Scalar function) const {
  const auto* call = std::get_if<Call>(&body_[id]);
  return call != nullptr && call->function == function ? std::optional(*call) : std::nullopt;
}

std::optional<ExpressionId> BodyBuilder::simpler(Scalar function, ExpressionId a, ExpressionId b) {
  switch (function) {
    case Scalar::add:
    case Scalar::subtract: return simpler_sum(function, a, b);
    case Scalar::multiply: return simpler_product(a, b);
    case Scalar::divide: return simpler_quotient(a, b);
    case Scalar::negate:
      if (const std::optional<Call> inner = call_of(a, Scalar::negate)) return inner->a;
      return std::nullopt;
    case Scalar::power: return is(b, 1) ? std::optional(a) : std::nullopt;
    case Scalar::logical_and:
    case Scalar::logical_or:
    case Scalar::logical_not: return simpler_logic(function, a, b);
    default: return std::nullopt;
  }
}

std::optional<ExpressionId> BodyBuilder::simpler_sum(Scalar function, ExpressionId a, ExpressionId b) {
  if (is(b, 0)) return a;
  if (is(a, 0)) return function == Scalar::add ? b : call(Scalar::negate, b);
  if (const std::optional<Call> inner = call_of(b, Scalar::negate)) {
    return call(function == Scalar::add ? Scalar::subtract : Scalar::add, a, inner->a);
  }
  return std::nullopt;
}

std::optional<ExpressionId> BodyBuilder::simpler_product(ExpressionId a, ExpressionId b) {
  if (is(b, 1)) return a;
  if (is(a, 1)) return b;
  if (is(b, -1)) return call(Scalar::negate, a);
  if (is(a, -1)) return call(Scalar::negate, b);
  if (const std::optional<Call> inner = call_of(b, Scalar::negate)) {
    return call(Scalar::negate, call(Scalar::multiply, a, inner->a));
  }
  if (const std::optional<Call> inner = call_of(a, Scalar::negate)) {
    return call(Scalar::negate, call(Scalar::multiply, inner->a, b));
  }
  const std::optional<Call> inverse = call_of(b, Scalar::divide);
  if (inverse && is(inverse->a, 1)) return call(Scalar::divide, a, inverse->b);
  return std::nullopt;
}

std::optional<ExpressionId> BodyBuilder::simpler_quotient(ExpressionId a, ExpressionId b) {
  if (is(b, 1)) return a;
  if (const std::optional<Call> inner = call_of(a, Scalar::negate)) {
    return call(Scalar::negate, call(Scalar::divide, inner->a, b));
  }
  return std::nullopt;
}

std::optional<ExpressionId> BodyBuilder::simpler_logic(Scalar function, ExpressionId a, ExpressionId b) {
  if (function == Scalar::logical_not) {
    const std::optional<Call> inner = call_of(a, Scalar::logical_not);
    return inner ? std::optional(inner->a) : std::nullopt;
  }
  if (a == b) return a;
  const double decides = function == Scalar::logical_and ? 0 : 1;  // false decides an and, true an or
  if (constant_value(a)) return is(a, decides) ? a : b;
  if (constant_value(b)) return is(b, decides) ? b : a;
  return std::nullopt;
}

// -------------------------------------------------------------------------------------------- copying

ExpressionId BodyCopy::operator()(ExpressionId id) {
  if (const auto found = copies_.find(id); found != copies_.end()) return found->second;
  Expression expression = renewed(from_[id]);
  change_operands(expression, [&](ExpressionId& operand) { operand = (*this)(operand); });
  ExpressionId copy{};
  if (const auto* call = std::get_if<Call>(&expression)) {
    copy = to_.call(call->function, call->a, call->b);
  } else if (const auto* select = std::get_if<Select>(&expression)) {
    copy = to_.select(select->condition, select->a, select->b);
  } else if (const auto* value = std::get_if<PositionValue>(&expression)) {
    copy = to_.position(value->position);
  } else {
    copy = to_.add(expression);
  }
  copies_[id] = copy;
  return copy;
}

Expression BodyCopy::renewed(const Expression& expression) {
  if (!replacement_) return expression;
  const auto position = [&](const Position& old) { return substitute(old, *replacement_, new_indices_); };
  return std::visit(
      match{
          [&](const PositionValue& value) -> Expression { return PositionValue{position(value.position)}; },
          [&](const Read& read) -> Expression {
            return Read{read.tensor, substitute(read.window, *replacement_, new_indices_), read.otherwise};
          },
          [&](const Draw& draw) -> Expression {
            return Draw{draw.key, draw.site, position(draw.counter)};
          },
          [](const auto& other) -> Expression { return other; },  // constants, calls, selects hold no index
      },
      expression);
}

Window identity_window(std::size_t dimensions) {
  Window window;
  for (std::size_t i = 0; i < dimensions; ++i) window.push_back(position_of(static_cast<IndexId>(i)));
  return window;
}

}  // namespace dlc
