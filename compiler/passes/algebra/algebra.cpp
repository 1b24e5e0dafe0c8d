#include "compiler/passes/algebra/algebra.h"

#include <algorithm>
#include <cmath>

#include "compiler/passes/algebra/borders.h"

namespace dlc::passes {

namespace {

/// A constant whose inverse is exact: then dividing is multiplying.
bool is_power_of_two(double value) {
  int exponent = 0;
  return std::isfinite(value) && std::abs(std::frexp(value, &exponent)) == 0.5 && std::abs(exponent) < 120;
}

constexpr std::int64_t few_values = 16;

/// The only index on which the term depends; none if it depends on others, or looks up.
std::optional<std::size_t> only_index(const Term& term, std::span<const Index> indices) {
  if (!std::holds_alternative<Quotient>(term.what) && !std::holds_alternative<Remainder>(term.what)) {
    return std::nullopt;
  }
  const Position position{0, {term}};
  std::optional<std::size_t> only;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (!depends_on(position, static_cast<IndexId>(i))) continue;
    if (only) return std::nullopt;
    only = i;
  }
  return only;
}

bool looks_up(const Position& position) {
  return std::any_of(position.terms.begin(), position.terms.end(), [](const Term& term) {
    return std::visit(match{
                          [](const IndexId&) { return false; },
                          [](const Lookup&) { return true; },
                          [](const auto& divided) { return looks_up(divided.of.front()); },
                      },
                      term.what);
  });
}

/// The term as first + step * index, if it is that for all values of its only index.
std::optional<Position> as_line(const Term& term, std::span<const Index> indices) {
  const std::optional<std::size_t> index = only_index(term, indices);
  const Position position{0, {term}};
  if (!index || indices[*index].extent > few_values || looks_up(position)) return std::nullopt;
  std::vector<std::int64_t> place(indices.size(), 0);
  const auto at = [&](std::int64_t value) {
    place[*index] = value;
    return value_at(position, place, {});
  };
  const std::int64_t first = at(0);
  const std::int64_t step = indices[*index].extent > 1 ? at(1) - first : 0;
  for (std::int64_t value = 0; value < indices[*index].extent; ++value) {
    if (at(value) != first + step * value) return std::nullopt;
  }
  return position_of(first) + scaled(position_of(static_cast<IndexId>(*index)), step);
}

}  // namespace

Position straightened(const Position& position, std::span<const Index> indices) {
  const Position normal = normalized(position, indices);
  Position result = position_of(normal.constant);
  for (const Term& term : normal.terms) {
    const std::optional<Position> line = as_line(term, indices);
    result = result + (line ? *line : Position{0, {term}});
  }
  return result;
}

std::optional<double> Algebra::number(ExpressionId id) const {
  const auto* constant = std::get_if<Constant>(&into_[id]);
  return constant == nullptr ? std::nullopt : std::optional(constant->value);
}

std::optional<Position> Algebra::position(ExpressionId id) const {
  if (const auto* value = std::get_if<PositionValue>(&into_[id])) return value->position;
  const auto* constant = std::get_if<Constant>(&into_[id]);
  if (constant == nullptr || constant->kind != Kind::integer) return std::nullopt;
  return position_of(static_cast<std::int64_t>(constant->value));
}

std::optional<Call> Algebra::call_of(ExpressionId id, Scalar function) const {
  const auto* call = std::get_if<Call>(&into_[id]);
  return call != nullptr && call->function == function ? std::optional(*call) : std::nullopt;
}

bool Algebra::is_finite(ExpressionId id) const {
  const Expression& expression = into_[id];
  if (const auto* constant = std::get_if<Constant>(&expression)) return std::isfinite(constant->value);
  if (std::holds_alternative<PositionValue>(expression) || std::holds_alternative<Draw>(expression))
    return true;
  if (const auto* select = std::get_if<Select>(&expression))
    return is_finite(select->a) && is_finite(select->b);
  const auto* call = std::get_if<Call>(&expression);
  if (call == nullptr) return false;
  switch (call->function) {
    case Scalar::number: return true;
    case Scalar::add:
    case Scalar::subtract:
    case Scalar::multiply: return is_finite(call->a) && is_finite(call->b);
    case Scalar::negate:
    case Scalar::abs:
    case Scalar::sign: return is_finite(call->a);
    default: return kind_of(into_.unfinished(), id, graph_) == Kind::boolean;
  }
}

ExpressionId Algebra::add(const Expression& expression) {
  return std::visit(match{
                        [&](const Constant& constant) { return into_.add(constant); },
                        [&](const PositionValue& value) {
                          const Position normal = straightened(value.position, indices_);
                          if (!normal.terms.empty()) return into_.add(PositionValue{normal});
                          return into_.constant(static_cast<double>(normal.constant), Kind::integer);
                        },
                        [&](const Read& read) { return add_read(read); },
                        [&](const Call& call) { return add_call(call); },
                        [&](const Select& select) { return add_select(select); },
                        [&](const Draw& draw) {
                          return into_.add(Draw{draw.key, draw.site, straightened(draw.counter, indices_)});
                        },
                    },
                    expression);
}

ExpressionId Algebra::add_read(const Read& read) {
  Read result = read;
  for (Position& position : result.window) position = straightened(position, indices_);
  if (!result.otherwise) return into_.add(result);
  const Shape& shape = graph_[read.tensor].type.shape;
  if (stays_inside(result.window, indices_, shape)) {
    result.otherwise.reset();
    return into_.add(result);
  }
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const Range values = range(result.window[d], indices_);
    if (values.most < 0 || values.least >= shape[d]) return *result.otherwise;
  }
  return into_.add(result);
}

ExpressionId Algebra::add_select(const Select& select) {
  if (const auto decided = number(select.condition)) return *decided != 0 ? select.a : select.b;
  if (select.a == select.b) return select.a;
  if (const std::optional<Call> inverse = call_of(select.condition, Scalar::logical_not)) {
    return add(Select{inverse->a, select.b, select.a});
  }
  Select result = select;
  if (const auto* inner = std::get_if<Select>(&into_[result.a])) {
    if (inner->condition == result.condition) result.a = inner->a;
  }
  if (const auto* inner = std::get_if<Select>(&into_[result.b])) {
    if (inner->condition == result.condition) result.b = inner->b;
  }
  if (result.a == result.b) return result.a;
  return into_.add(result);
}

ExpressionId Algebra::add_call(const Call& call) {
  if (auto simple = folded(call)) return *simple;
  if (auto simple = of_positions(call)) return *simple;
  if (auto simple = of_sums(call)) return *simple;
  if (auto simple = of_products(call)) return *simple;
  if (auto simple = of_powers(call)) return *simple;
  if (auto simple = of_conditions(call)) return *simple;
  if (auto simple = of_others(call)) return *simple;
  return into_.add(call);
}

std::optional<ExpressionId> Algebra::folded(const Call& call) {
  const std::optional<double> a = number(call.a);
  const std::optional<double> b = number(call.b);
  if (!a || !b) return std::nullopt;
  const Kind kind_a = std::get<Constant>(into_[call.a]).kind;
  const Kind kind_b = std::get<Constant>(into_[call.b]).kind;
  const std::optional<Kind> kind = result_kind(call.function, kind_a, kind_b);
  if (!kind) return std::nullopt;
  const double value = evaluate(call.function, *a, *b);
  if (*kind == Kind::integer && !(std::abs(value) < 9e15)) return std::nullopt;
  return into_.constant(value, *kind);
}

std::optional<ExpressionId> Algebra::of_positions(const Call& call) {
  const std::optional<Position> a = position(call.a);
  const std::optional<Position> b = position(call.b);
  if (!a || !b) return std::nullopt;
  const auto give = [&](const Position& result) { return add(PositionValue{result}); };
  switch (call.function) {
    case Scalar::add: return give(*a + *b);
    case Scalar::subtract: return give(*a - *b);
    case Scalar::negate: return give(scaled(*a, -1));
    case Scalar::multiply:
      if (b->terms.empty()) return give(scaled(*a, b->constant));
      if (a->terms.empty()) return give(scaled(*b, a->constant));
      return std::nullopt;
    case Scalar::quotient:
      if (!b->terms.empty() || b->constant <= 0) return std::nullopt;
      return give(quotient(*a, b->constant, indices_));
    case Scalar::remainder:
      if (!b->terms.empty() || b->constant <= 0) return std::nullopt;
      return give(remainder(*a, b->constant, indices_));
    case Scalar::equal:
    case Scalar::not_equal:
    case Scalar::less:
    case Scalar::less_equal:
    case Scalar::greater:
    case Scalar::greater_equal: return of_compared_positions(call.function, straightened(*a - *b, indices_));
    default: return std::nullopt;
  }
}

std::optional<ExpressionId> Algebra::of_compared_positions(Scalar comparison, const Position& difference) {
  const Range values = range(difference, indices_);
  const auto decided = [&](bool always, bool never) -> std::optional<ExpressionId> {
    if (always) return into_.constant(1, Kind::boolean);
    if (never) return into_.constant(0, Kind::boolean);
    return std::nullopt;
  };
  const bool is_zero = values.least == 0 && values.most == 0;
  const bool is_never_zero = values.least > 0 || values.most < 0;
  switch (comparison) {
    case Scalar::equal: return decided(is_zero, is_never_zero);
    case Scalar::not_equal: return decided(is_never_zero, is_zero);
    case Scalar::less: return decided(values.most < 0, values.least >= 0);
    case Scalar::less_equal: return decided(values.most <= 0, values.least > 0);
    case Scalar::greater: return decided(values.least > 0, values.most <= 0);
    case Scalar::greater_equal: return decided(values.least >= 0, values.most < 0);
    default: return std::nullopt;
  }
}

std::optional<ExpressionId> Algebra::of_sums(const Call& call) {
  const std::optional<double> a = number(call.a);
  const std::optional<double> b = number(call.b);
  if (call.function == Scalar::negate) {
    if (const std::optional<Call> inner = call_of(call.a, Scalar::negate)) return inner->a;
    if (const std::optional<Call> inner = call_of(call.a, Scalar::subtract)) {
      return this->call(Scalar::subtract, inner->b, inner->a);
    }
    return std::nullopt;
  }
  if (call.function == Scalar::add) {
    if (a && !b) return this->call(Scalar::add, call.b, call.a);  // constants stand second
    if (b && *b == 0) return call.a;
    if (call.a == call.b)  // the same bits, and a product has a factor that can leave a sum
      return this->call(Scalar::multiply, call.a,
                        into_.constant(2, kind_of(into_.unfinished(), call.a, graph_)));
    if (const std::optional<Call> inner = call_of(call.b, Scalar::negate))
      return this->call(Scalar::subtract, call.a, inner->a);
    if (const std::optional<Call> inner = call_of(call.a, Scalar::negate))
      return this->call(Scalar::subtract, call.b, inner->a);
    const std::optional<Call> inner = call_of(call.a, Scalar::add);
    if (b && inner && number(inner->b)) {
      return this->call(Scalar::add, inner->a, this->call(Scalar::add, inner->b, call.b));
    }
    return std::nullopt;
  }
  if (call.function != Scalar::subtract) return std::nullopt;
  if (b && *b == 0) return call.a;
  if (a && *a == 0) return this->call(Scalar::negate, call.b);
  if (b) return this->call(Scalar::add, call.a, this->call(Scalar::negate, call.b));
  if (const std::optional<Call> inner = call_of(call.b, Scalar::negate))
    return this->call(Scalar::add, call.a, inner->a);
  if (call.a == call.b && is_finite(call.a)) {
    return into_.constant(0, kind_of(into_.unfinished(), call.a, graph_));
  }
  return std::nullopt;
}

std::optional<ExpressionId> Algebra::of_products(const Call& call) {
  const std::optional<double> a = number(call.a);
  const std::optional<double> b = number(call.b);
  if (call.function != Scalar::multiply && call.function != Scalar::divide) return std::nullopt;
  const bool is_product = call.function == Scalar::multiply;
  if (is_product && a && !b) return this->call(Scalar::multiply, call.b, call.a);  // constants stand second
  if (b && *b == 1) return call.a;
  if (b && *b == -1) return this->call(Scalar::negate, call.a);
  if (is_product && b && *b == 0 && is_finite(call.a)) return call.b;
  if (!is_product && b && is_power_of_two(*b)) {
    return this->call(Scalar::multiply, call.a, into_.constant(1 / *b));
  }
  const std::optional<Call> inner_a = call_of(call.a, Scalar::negate);
  const std::optional<Call> inner_b = call_of(call.b, Scalar::negate);
  if (inner_a && b) return this->call(call.function, inner_a->a, this->call(Scalar::negate, call.b));
  if (inner_a) return this->call(Scalar::negate, this->call(call.function, inner_a->a, call.b));
  if (inner_b) return this->call(Scalar::negate, this->call(call.function, call.a, inner_b->a));
  if (!is_product) return std::nullopt;
  const std::optional<Call> product = call_of(call.a, Scalar::multiply);
  if (b && product && number(product->b)) {
    return this->call(Scalar::multiply, product->a, this->call(Scalar::multiply, product->b, call.b));
  }
  const std::optional<Call> ratio = call_of(call.a, Scalar::divide);
  if (b && ratio && number(ratio->a)) {
    return this->call(Scalar::divide, this->call(Scalar::multiply, ratio->a, call.b), ratio->b);
  }
  return std::nullopt;
}

std::optional<ExpressionId> Algebra::of_powers(const Call& call) {
  if (call.function == Scalar::divide && number(call.a) == 1.0) {
    if (const std::optional<Call> root = call_of(call.b, Scalar::sqrt))
      return this->call(Scalar::rsqrt, root->a);
    return std::nullopt;
  }
  const std::optional<double> exponent = number(call.b);
  if (call.function != Scalar::power || !exponent) return std::nullopt;
  if (*exponent == 0) return into_.constant(1);
  if (*exponent == 1) return call.a;
  if (*exponent == 2) return this->call(Scalar::multiply, call.a, call.a);
  if (*exponent == 3)
    return this->call(Scalar::multiply, this->call(Scalar::multiply, call.a, call.a), call.a);
  if (*exponent == 0.5) return this->call(Scalar::sqrt, call.a);
  if (*exponent == -1) return this->call(Scalar::divide, into_.constant(1), call.a);
  if (*exponent == -0.5) return this->call(Scalar::rsqrt, call.a);
  return std::nullopt;
}

std::optional<ExpressionId> Algebra::of_conditions(const Call& call) {
  const std::optional<double> a = number(call.a);
  const std::optional<double> b = number(call.b);
  switch (call.function) {
    case Scalar::logical_and:
      if (a) return *a != 0 ? call.b : call.a;
      if (b) return *b != 0 ? call.a : call.b;
      return call.a == call.b ? std::optional(call.a) : std::nullopt;
    case Scalar::logical_or:
      if (a) return *a != 0 ? call.a : call.b;
      if (b) return *b != 0 ? call.b : call.a;
      return call.a == call.b ? std::optional(call.a) : std::nullopt;
    case Scalar::logical_not:
      if (const std::optional<Call> inner = call_of(call.a, Scalar::logical_not)) return inner->a;
      if (const std::optional<Call> inner = call_of(call.a, Scalar::equal)) {
        return this->call(Scalar::not_equal, inner->a, inner->b);
      }
      if (const std::optional<Call> inner = call_of(call.a, Scalar::not_equal)) {
        return this->call(Scalar::equal, inner->a, inner->b);
      }
      return std::nullopt;
    default: return std::nullopt;
  }
}

std::optional<ExpressionId> Algebra::of_others(const Call& call) {
  switch (call.function) {
    case Scalar::stop_gradient: return differentiated_ ? std::optional(call.a) : std::nullopt;
    case Scalar::maximum:
    case Scalar::minimum: return call.a == call.b ? std::optional(call.a) : std::nullopt;
    case Scalar::abs:
      if (const std::optional<Call> inner = call_of(call.a, Scalar::negate))
        return this->call(Scalar::abs, inner->a);
      return call_of(call.a, Scalar::abs) ? std::optional(call.a) : std::nullopt;
    default: return std::nullopt;
  }
}

Body simplified(const Body& body, std::span<const Index> indices, const Graph& graph, bool differentiated) {
  BodyBuilder maker;
  Algebra algebra(maker, indices, graph, differentiated);
  return maker.finish(
      rebuilt(body, body.root, [&](const Expression& expression) { return algebra.add(expression); }));
}

}  // namespace dlc::passes
