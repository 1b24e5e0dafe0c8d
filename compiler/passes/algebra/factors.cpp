#include "compiler/passes/algebra/factors.h"

#include <algorithm>
#include <cmath>

namespace dlc::passes {

namespace {

/// The condition of number(i == …), if that is what the expression is.
std::optional<ExpressionId> chosen_index(const Body& body, const Expression& expression) {
  const auto* call = std::get_if<Call>(&expression);
  if (call == nullptr || call->function != Scalar::number) return std::nullopt;
  const auto* equation = std::get_if<Call>(&body[call->a]);
  if (equation == nullptr || equation->function != Scalar::equal) return std::nullopt;
  const bool has_index = std::holds_alternative<PositionValue>(body[equation->a]) ||
                         std::holds_alternative<PositionValue>(body[equation->b]);
  return has_index ? std::optional(call->a) : std::nullopt;
}

void take_apart(const Body& body, ExpressionId id, Factor::How how, Product& into) {
  const Expression& expression = body[id];
  if (how == Factor::How::times) {
    if (const auto* constant = std::get_if<Constant>(&expression);
        constant != nullptr && constant->kind == Kind::number) {
      into.scale *= constant->value;
      return;
    }
    if (const auto condition = chosen_index(body, expression)) {
      into.factors.push_back({Factor::How::where, *condition});
      return;
    }
    const auto* select = std::get_if<Select>(&expression);
    if (select != nullptr && is_constant(body[select->b], 0)) {
      into.factors.push_back({Factor::How::where, select->condition});
      take_apart(body, select->a, how, into);
      return;
    }
    if (select != nullptr && is_constant(body[select->a], 0)) {
      into.factors.push_back({Factor::How::unless, select->condition});
      take_apart(body, select->b, how, into);
      return;
    }
    const auto* call = std::get_if<Call>(&expression);
    if (call != nullptr && call->function == Scalar::multiply) {
      take_apart(body, call->a, how, into);
      take_apart(body, call->b, how, into);
      return;
    }
    if (call != nullptr && call->function == Scalar::divide) {
      take_apart(body, call->a, how, into);
      take_apart(body, call->b, Factor::How::over, into);
      return;
    }
    if (call != nullptr && call->function == Scalar::negate) {
      into.scale = -into.scale;
      take_apart(body, call->a, how, into);
      return;
    }
  }
  into.factors.push_back({how, id});
}

bool may_be_infinite(const Body& body, ExpressionId id) {
  const Expression& expression = body[id];
  if (const auto* constant = std::get_if<Constant>(&expression)) return !std::isfinite(constant->value);
  if (const auto* call = std::get_if<Call>(&expression)) {
    const bool by_a_number = call->function == Scalar::divide &&
                             std::holds_alternative<Constant>(body[call->b]) &&
                             !is_constant(body[call->b], 0);
    if (facts(call->function).range == ValueRange::infinite && !by_a_number) return true;
  }
  const std::vector<ExpressionId> operands = operands_of(expression);
  return std::any_of(operands.begin(), operands.end(),
                     [&](ExpressionId operand) { return may_be_infinite(body, operand); });
}

}  // namespace

bool may_be_infinite(const Body& body, const Factor& factor) {
  if (is_condition(factor)) return false;
  if (factor.how == Factor::How::times) return may_be_infinite(body, factor.what);
  const auto* constant = std::get_if<Constant>(&body[factor.what]);
  return constant == nullptr || constant->value == 0;
}

Product product_of(const Body& body, ExpressionId root) {
  Product result;
  take_apart(body, root, Factor::How::times, result);
  return result;
}

ExpressionId multiplied(const Product& product, BodyBuilder& into,
                        const std::function<ExpressionId(ExpressionId)>& moved) {
  std::optional<ExpressionId> result;
  for (const Factor& factor : product.factors) {
    if (factor.how != Factor::How::times) continue;
    const ExpressionId next = moved(factor.what);
    result = result ? into.call(Scalar::multiply, *result, next) : next;
  }
  if (!result) {
    result = into.constant(product.scale);
  } else if (product.scale == -1) {
    result = into.call(Scalar::negate, *result);
  } else if (product.scale != 1) {
    result = into.call(Scalar::multiply, *result, into.constant(product.scale));
  }
  for (const Factor& factor : product.factors) {
    if (factor.how == Factor::How::over) result = into.call(Scalar::divide, *result, moved(factor.what));
  }
  for (const Factor& factor : product.factors) {
    if (factor.how == Factor::How::where) {
      result = into.add(Select{moved(factor.what), *result, into.constant(0)});
    } else if (factor.how == Factor::How::unless) {
      result = into.add(Select{moved(factor.what), into.constant(0), *result});
    }
  }
  return *result;
}

bool depends_on_any(const Body& body, ExpressionId root, const std::vector<bool>& marked) {
  for (std::size_t i = 0; i < marked.size(); ++i) {
    if (marked[i] && depends_on(body, root, static_cast<IndexId>(i))) return true;
  }
  return false;
}

}  // namespace dlc::passes
