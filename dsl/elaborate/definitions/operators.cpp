#include "dsl/elaborate/definitions/operators.h"

#include <algorithm>
#include <cmath>

namespace dlc {

namespace {

constexpr std::int64_t largest_integer = 2147483647;
/// Beyond this it is an index whose range is still looked for.
constexpr std::int64_t open_range = std::int64_t{1} << 36;

bool is_too_large(std::int64_t value) {
  const std::int64_t size = value < 0 ? -value : value;
  return size > largest_integer && size < open_range;
}

/// Brings b to a's dimensions. The dimensions of the result, or none where the shapes differ.
std::optional<std::vector<Dimension>> join(const Builder& builder, const Quantity& a, Quantity& b) {
  if (b.dimensions.empty()) return a.dimensions;
  if (a.dimensions.empty()) return b.dimensions;
  if (builder.shape_of(a) != builder.shape_of(b)) return std::nullopt;
  AxisMap map;
  for (std::size_t i = 0; i < a.dimensions.size(); ++i) {
    if (a.dimensions[i].axis == b.dimensions[i].axis) continue;
    map.emplace_back(b.dimensions[i].axis, dlc::position_of(a.dimensions[i].axis));
  }
  if (!map.empty()) b.body = substituted(b.body, map, builder.axes);
  return a.dimensions;
}

bool draw_meets_shape(const Quantity& a, const Quantity& b) {
  return (a.is_draw && !b.dimensions.empty()) || (b.is_draw && !a.dimensions.empty());
}

struct Bounds {
  std::int64_t least;
  std::int64_t most;
};

std::int64_t floor_of(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

template <class Operation>
Bounds corners(const Quantity& a, const Quantity& b, Operation operation) {
  const std::int64_t values[] = {operation(a.least, b.least), operation(a.least, b.most),
                                 operation(a.most, b.least), operation(a.most, b.most)};
  return {*std::min_element(values, values + 4), *std::max_element(values, values + 4)};
}

Bounds bounds_of(Scalar function, const Quantity& a, const Quantity& b) {
  switch (function) {
    case Scalar::add: return {a.least + b.least, a.most + b.most};
    case Scalar::subtract: return {a.least - b.most, a.most - b.least};
    case Scalar::multiply: return corners(a, b, [](std::int64_t x, std::int64_t y) { return x * y; });
    case Scalar::negate: return {-a.most, -a.least};
    case Scalar::maximum: return {std::max(a.least, b.least), std::max(a.most, b.most)};
    case Scalar::minimum: return {std::min(a.least, b.least), std::min(a.most, b.most)};
    case Scalar::quotient: return corners(a, b, floor_of);
    case Scalar::remainder:
      if (b.least == b.most && floor_of(a.least, b.least) == floor_of(a.most, b.least)) {
        const std::int64_t base = b.least * floor_of(a.least, b.least);
        return {a.least - base, a.most - base};
      }
      return {0, b.most - 1};
    default: return {0, 0};
  }
}

/// A position, as far as an expression of indices is one; reads of integer tensors stay expressions.
std::optional<Position> index_position(const Body& body) {
  if (body.expressions.size() != 1) return std::nullopt;
  if (const auto* constant = std::get_if<Constant>(&body.expressions[0])) {
    if (constant->kind != Kind::integer) return std::nullopt;
    return dlc::position_of(static_cast<std::int64_t>(constant->value));
  }
  const auto* value = std::get_if<PositionValue>(&body.expressions[0]);
  return value ? std::optional(value->position) : std::nullopt;
}

std::optional<Position> combined_positions(Scalar function, const Position& a, const Position& b,
                                           const Axes& axes) {
  switch (function) {
    case Scalar::add: return normalized(a + b, axes);
    case Scalar::subtract: return normalized(a - b, axes);
    case Scalar::negate: return scaled(a, -1);
    case Scalar::multiply:
      if (a.terms.empty()) return scaled(b, a.constant);
      if (b.terms.empty()) return scaled(a, b.constant);
      return std::nullopt;
    case Scalar::quotient:
      if (!b.terms.empty() || b.constant <= 0) return std::nullopt;
      return quotient(a, b.constant, axes);
    case Scalar::remainder:
      if (!b.terms.empty() || b.constant <= 0) return std::nullopt;
      return remainder(a, b.constant, axes);
    default: return std::nullopt;
  }
}

Outcome integers(const Builder& builder, Scalar function, Quantity a, Quantity b) {
  const bool divides = function == Scalar::quotient || function == Scalar::remainder;
  if (divides && b.least <= 0) return Misfit::divisor;
  const Bounds bounds = bounds_of(function, a, b);
  if (is_too_large(bounds.least) || is_too_large(bounds.most)) return Misfit::too_large;
  const std::optional<Position> m = index_position(a.body);
  const std::optional<Position> n = index_position(b.body);
  std::optional<Position> position;
  if (m && n) position = combined_positions(function, *m, *n, builder.axes);
  a.least = bounds.least;
  a.most = bounds.most;
  if (position) {
    a.body = position_body(std::move(*position));
  } else if (facts(function).arity == 1) {
    a.body = call_body(function, std::move(a.body));
  } else {
    a.body = call_body(function, std::move(a.body), std::move(b.body));
  }
  return a;
}

/// Both as integers if both are, else both as numbers; false where one is a boolean.
bool agree(Quantity& a, Quantity& b) {
  if (a.kind == Kind::boolean || b.kind == Kind::boolean) return false;
  if (a.kind == b.kind) return true;
  a = as_number(std::move(a));
  b = as_number(std::move(b));
  return true;
}

}  // namespace

Quantity as_number(Quantity tensor) {
  if (tensor.kind == Kind::number) return tensor;
  auto* constant = std::get_if<Constant>(&tensor.body.expressions[0]);
  if (tensor.body.expressions.size() == 1 && constant) {
    constant->kind = Kind::number;
  } else {
    tensor.body = call_body(Scalar::number, std::move(tensor.body));
  }
  tensor.kind = Kind::number;
  tensor.least = tensor.most = 0;
  return tensor;
}

Outcome combined(const Builder& builder, Scalar function, Quantity a, Quantity b) {
  if (draw_meets_shape(a, b)) return Misfit::draw_with_shape;
  std::optional<std::vector<Dimension>> dimensions = join(builder, a, b);
  if (!dimensions) return Misfit::shapes;
  a.dimensions = std::move(*dimensions);
  a.is_draw = a.is_draw || b.is_draw;
  a.returned_by.clear();
  switch (facts(function).signature) {
    case Signature::logical:
      if (a.kind != Kind::boolean || b.kind != Kind::boolean) return Misfit::boolean_wanted;
      break;
    case Signature::comparison:
      if (a.kind != b.kind && !agree(a, b)) return Misfit::kinds;
      break;
    case Signature::integer:
      if (a.kind != Kind::integer || b.kind != Kind::integer) return Misfit::integers_wanted;
      return integers(builder, function, std::move(a), std::move(b));
    case Signature::arithmetic:
      if (!agree(a, b)) return Misfit::boolean_operand;
      if (a.kind == Kind::integer) return integers(builder, function, std::move(a), std::move(b));
      break;
    default:
      if (a.kind == Kind::boolean || b.kind == Kind::boolean) return Misfit::boolean_operand;
      a = as_number(std::move(a));
      b = as_number(std::move(b));
      break;
  }
  a.kind = *result_kind(function, a.kind, b.kind);
  a.least = a.most = 0;
  a.body = call_body(function, std::move(a.body), std::move(b.body));
  return a;
}

Outcome combined(const Builder& builder, Scalar function, Quantity a) {
  a.returned_by.clear();
  switch (facts(function).signature) {
    case Signature::logical:
      if (a.kind != Kind::boolean) return Misfit::boolean_wanted;
      break;
    case Signature::to_number: return as_number(std::move(a));
    case Signature::arithmetic:
      if (a.kind == Kind::boolean) return Misfit::boolean_operand;
      if (a.kind == Kind::integer) {
        Quantity none = a;
        return integers(builder, function, std::move(a), std::move(none));
      }
      break;
    default:
      if (a.kind == Kind::boolean) return Misfit::boolean_operand;
      a = as_number(std::move(a));
      break;
  }
  a.body = call_body(function, std::move(a.body));
  return a;
}

Outcome power(const Builder& builder, Quantity a, Quantity b) {
  if (b.body.expressions.size() == 1 && b.dimensions.empty() && a.kind != Kind::boolean) {
    const auto* constant = std::get_if<Constant>(&b.body.expressions[0]);
    const double exponent = constant ? constant->value : 0;
    if (exponent == 1 || exponent == 2 || exponent == 3) {
      a = as_number(std::move(a));
      a.returned_by.clear();
      const ExpressionId base = a.body.root;
      for (int i = 1; i < static_cast<int>(exponent); ++i)
        a.body.add(Call{Scalar::multiply, a.body.root, base});
      return a;
    }
  }
  return combined(builder, Scalar::power, std::move(a), std::move(b));
}

Outcome selected(const Builder& builder, Quantity condition, Quantity a, Quantity b) {
  if (condition.kind != Kind::boolean) return Misfit::boolean_wanted;
  if (a.kind != b.kind && !agree(a, b)) return Misfit::kinds;
  if (draw_meets_shape(a, b) || draw_meets_shape(condition, a) || draw_meets_shape(condition, b)) {
    return Misfit::draw_with_shape;
  }
  std::optional<std::vector<Dimension>> dimensions = join(builder, a, b);
  if (!dimensions) return Misfit::shapes;
  Quantity sides = a;
  sides.dimensions = *dimensions;
  dimensions = join(builder, sides, condition);
  if (!dimensions) return Misfit::shapes;
  a.dimensions = std::move(*dimensions);
  a.least = std::min(a.least, b.least);
  a.most = std::max(a.most, b.most);
  a.is_draw = a.is_draw || b.is_draw || condition.is_draw;
  a.returned_by.clear();
  a.body = select_body(std::move(condition.body), std::move(a.body), std::move(b.body));
  return a;
}

Outcome integer_of(const Builder&, Quantity x, std::int64_t bound) {
  if (x.kind == Kind::boolean) return Misfit::boolean_operand;
  x = as_number(std::move(x));
  const ExpressionId value = x.body.root;
  const ExpressionId zero = x.body.add(Constant{0, Kind::number});
  const ExpressionId above = x.body.add(Call{Scalar::maximum, value, zero});
  const ExpressionId last = x.body.add(Constant{static_cast<double>(bound - 1), Kind::number});
  const ExpressionId held = x.body.add(Call{Scalar::minimum, above, last});
  x.body.add(Call{Scalar::integer, held, held});
  x.kind = Kind::integer;
  x.least = 0;
  x.most = bound - 1;
  x.returned_by.clear();
  return x;
}

}  // namespace dlc
