#include "tests/programs/random_body.h"

#include "compiler/graph/build.h"

namespace dlc::tests {

namespace {

/// All rows of the table but the one that stops gradients: a new function is tried without a word here.
std::vector<Scalar> functions_of_one_number(ValueRange range) {
  std::vector<Scalar> functions;
  for (const ScalarFacts& row : scalar_rows()) {
    const Scalar function = find_scalar(row.name).value();
    const bool is_arithmetic = row.signature == Signature::number || row.signature == Signature::arithmetic;
    if (row.arity == 1 && is_arithmetic && row.range == range && function != Scalar::stop_gradient)
      functions.push_back(function);
  }
  return functions;
}

}  // namespace

Body RandomBody::finish(ExpressionId root) const {
  BodyBuilder builder;
  BodyCopy copy(body, builder);
  const ExpressionId copied = copy(root);
  return builder.finish(copied);
}

// ---------------------------------------------------------------------------------------------- positions

Position RandomBody::index() {
  return position_of(static_cast<IndexId>(chance_.below(static_cast<int>(indices_.size()))));
}

Position RandomBody::affine_position() {
  Position position = position_of(chance_.between(-2, 2));
  for (int terms = chance_.between(1, 2); terms > 0; --terms)
    position = position + scaled(index(), chance_.one_of(std::array{1, 1, 2, 3, -1}));
  return position;
}

/// Perhaps outside. A lookup is always inside itself.
Position RandomBody::position(std::int64_t extent) {
  if (indices_.empty() || chance_.one_in(10)) return position_of(chance_.below(static_cast<int>(extent)));
  switch (chance_.below(14)) {
    case 0: return scaled(index(), chance_.between(2, 3)) + index() - position_of(chance_.between(0, 2));
    case 1: return index() + index() - position_of(chance_.between(0, 2));
    case 2: return quotient(affine_position(), chance_.between(2, 3), indices_);
    case 3: return remainder(affine_position(), extent, indices_);
    case 4: return scaled(remainder(index(), 2, indices_), 2) + index();
    case 5: return position_of(extent - 1) - index();
    case 6: {
      const Position where = remainder(affine_position(), 4, indices_);
      return Position{0, {Term{1, Lookup{labels, {where}, 4}}}} + position_of(chance_.between(-1, 1));
    }
    case 7: return affine_position();
    default: break;
  }
  for (int tries = 0; tries < 3; ++tries) {  // an index alone, rather inside
    const auto id = static_cast<std::size_t>(chance_.below(static_cast<int>(indices_.size())));
    if (indices_[id].extent <= extent) return position_of(static_cast<IndexId>(id));
  }
  return index();
}

Window RandomBody::window(const Shape& shape) {
  Window window;
  for (const std::int64_t extent : shape) window.push_back(normalized(position(extent), indices_));
  return window;
}

// ---------------------------------------------------------------------------------------------- expressions

/// Now and then one that stands in the body already.
ExpressionId RandomBody::expression(Kind kind, int depth) {
  std::vector<ExpressionId>& made = made_[static_cast<std::size_t>(kind)];
  if (!made.empty() && chance_.one_in(5)) return chance_.one_of(made);
  const ExpressionId id = new_expression(kind, depth);
  made_[static_cast<std::size_t>(kind)].push_back(id);
  return id;
}

ExpressionId RandomBody::new_expression(Kind kind, int depth) {
  if (depth <= 0 || chance_.one_in(5)) return leaf(kind, depth);
  if (chance_.one_in(5)) return select(kind, depth);
  switch (kind) {
    case Kind::number: return number(depth);
    case Kind::integer: return integer(depth);
    case Kind::boolean: return boolean(depth);
  }
  __builtin_unreachable();
}

ExpressionId RandomBody::select(Kind kind, int depth) {
  if (kind == Kind::number && chance_.one_in(3)) return guarded(depth);
  const ExpressionId condition = expression(Kind::boolean, depth - 1);
  const ExpressionId a = expression(kind, depth - 1);
  return body.add(Select{condition, a, expression(kind, depth - 1)});
}

/// Where the condition does not hold, the other side is no number, and so are its derivatives.
ExpressionId RandomBody::guarded(int depth) {
  constexpr std::array functions = {Scalar::log, Scalar::sqrt, Scalar::rsqrt};
  const ExpressionId x = expression(Kind::number, depth - 1);
  const ExpressionId other = expression(Kind::number, depth - 1);
  const ExpressionId shifted = call(Scalar::subtract, x, body.add(Constant{0.25, Kind::number}));
  const ExpressionId condition = call(Scalar::greater, x, body.add(Constant{0.5, Kind::number}));
  const ExpressionId value = call(chance_.one_of(functions), shifted);
  if (chance_.one_in(2)) return body.add(Select{condition, value, other});
  const ExpressionId opposite = call(Scalar::logical_not, condition);
  return body.add(Select{opposite, other, value});
}

ExpressionId RandomBody::binary(Scalar function, Kind kind, int depth) {
  const ExpressionId a = expression(kind, depth - 1);
  const ExpressionId b = expression(kind, depth - 1);
  return body.add(Call{function, a, b});
}

ExpressionId RandomBody::number(int depth) {
  constexpr std::array binaries = {Scalar::add,      Scalar::add,     Scalar::subtract, Scalar::multiply,
                                   Scalar::multiply, Scalar::maximum, Scalar::minimum};
  if (chance_.one_in(20) && of_.forms() == Forms::all)  // differences do not stop
    return call(Scalar::stop_gradient, expression(Kind::number, depth - 1));
  if (chance_.one_in(3)) {
    static const std::vector<Scalar> unaries = functions_of_one_number(ValueRange::finite);
    return call(chance_.one_of(unaries), expression(Kind::number, depth - 1));
  }
  if (chance_.one_in(6)) {
    const Kind kind = chance_.one_in(2) ? Kind::integer : Kind::boolean;
    return call(Scalar::number, expression(kind, depth - 1));
  }
  if (chance_.one_in(4)) return of_positive(depth);
  return binary(chance_.one_of(binaries), Kind::number, depth);
}

/// Functions whose argument must be positive, or moderate, get one that is.
ExpressionId RandomBody::of_positive(int depth) {
  static const std::vector<Scalar> unaries = functions_of_one_number(ValueRange::infinite);
  const ExpressionId a = expression(Kind::number, depth - 1);
  const ExpressionId b = expression(Kind::number, depth - 1);
  const ExpressionId small = call(Scalar::tanh, b);
  const ExpressionId square = call(Scalar::multiply, a, a);
  const ExpressionId positive = call(Scalar::add, square, body.add(Constant{0.5, Kind::number}));
  switch (chance_.below(9)) {
    case 0: return call(Scalar::log, positive);
    case 1: return call(Scalar::log1p, square);
    case 2: return call(Scalar::sqrt, positive);
    case 3: return call(Scalar::rsqrt, positive);
    case 4: return call(Scalar::power, positive, small);
    case 5: return call(Scalar::exp, small);
    case 6: return call(chance_.one_of(unaries), call(Scalar::tanh, positive));
    default: return call(Scalar::divide, b, positive);
  }
}

ExpressionId RandomBody::integer(int depth) {
  constexpr std::array binaries = {Scalar::add, Scalar::subtract, Scalar::multiply, Scalar::maximum,
                                   Scalar::minimum};
  if (chance_.one_in(6)) return call(Scalar::integer, expression(Kind::boolean, depth - 1));
  if (!chance_.one_in(4)) return binary(chance_.one_of(binaries), Kind::integer, depth);
  const ExpressionId of = expression(Kind::integer, depth - 1);
  const ExpressionId by = body.add(Constant{static_cast<double>(chance_.between(1, 3)), Kind::integer});
  return call(chance_.one_in(2) ? Scalar::quotient : Scalar::remainder, of, by);
}

ExpressionId RandomBody::boolean(int depth) {
  constexpr std::array comparisons = {Scalar::equal,      Scalar::not_equal, Scalar::less,
                                      Scalar::less_equal, Scalar::greater,   Scalar::greater_equal};
  if (chance_.one_in(4)) return call(Scalar::logical_not, expression(Kind::boolean, depth - 1));
  if (chance_.one_in(3)) {
    return binary(chance_.one_in(2) ? Scalar::logical_and : Scalar::logical_or, Kind::boolean, depth);
  }
  const Kind kind = chance_.one_in(2) ? Kind::number : Kind::integer;
  return binary(chance_.one_of(comparisons), kind, depth);
}

ExpressionId RandomBody::leaf(Kind kind, int depth) {
  if (kind == Kind::number && chance_.one_in(10)) {
    const Position counter = indices_.empty() ? Position{} : index();
    return body.add(Draw{key, static_cast<std::uint32_t>(chance_.between(0, 3)), counter});
  }
  if (kind == Kind::integer && chance_.one_in(2) && !indices_.empty())
    return body.add(PositionValue{chance_.one_in(2) ? index() : normalized(position(4), indices_)});
  const bool is_there = kind != Kind::boolean || of_.forms() == Forms::all;
  if (is_there && !chance_.one_in(4)) return read(kind, depth);
  if (kind == Kind::boolean) return body.add(Constant{chance_.one_in(2) ? 1.0 : 0.0, kind});
  const double constant = kind == Kind::integer ? chance_.between(-3, 3) : chance_.between(-20, 20) * 0.1;
  return body.add(Constant{constant, kind});
}

ExpressionId RandomBody::read(Kind kind, int depth) {
  return read(of_.any_of(kind), depth);
}

ExpressionId RandomBody::read(ValueId of, int depth) {
  const Type& type = of_.graph[of].type;
  Window where = window(type.shape);
  std::optional<ExpressionId> otherwise;
  if (chance_.one_in(10) || first_outside(where, indices_, type.shape)) {
    otherwise =
        depth > 0 && chance_.one_in(2) ? expression(type.kind, depth - 1) : body.add(Constant{0, type.kind});
  }
  return body.add(Read{of, std::move(where), otherwise});
}

}  // namespace dlc::tests
