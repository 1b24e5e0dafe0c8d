#include "tests/differentiate/random_graph.h"

#include <array>
#include <limits>

namespace dlc {

namespace {

constexpr std::int64_t label_bound = 3;

IndexId index_id(int index) {
  return static_cast<IndexId>(index);
}

}  // namespace

RandomGraph::RandomGraph(std::uint32_t seed) : random(seed) {
  labels_ = graph.add({"labels", {Kind::integer, Element::i32, {4}, 0, label_bound - 1}, Input{}, {}});
  for (const char* name : {"a", "b", "c"}) {
    Shape shape;
    for (int dimensions = below(4); dimensions > 0; --dimensions) shape.push_back(2 + below(3));
    graph.add({name, {Kind::number, Element::f32, shape}, Parameter{}, {}});
  }
}

/// Often the newest, so that programs become deep.
ValueId RandomGraph::random_number() {
  while (true) {
    const int size = static_cast<int>(graph.size());
    const auto id = static_cast<ValueId>(below(2) == 0 ? size - 1 : below(size));
    if (graph[id].type.kind == Kind::number) return id;
  }
}

Position RandomGraph::affine_position(std::span<const Index> indices) {
  Position position = position_of(below(4) - 1);
  for (int terms = 1 + below(2); terms > 0 && !indices.empty(); --terms) {
    const Position index = position_of(index_id(below(static_cast<int>(indices.size()))));
    position = position + scaled(index, std::array{1, 1, 2, 3, -1}[static_cast<std::size_t>(below(5))]);
  }
  return position;
}

Position RandomGraph::random_position(std::span<const Index> indices, std::int64_t extent) {
  const int form = below(8);
  if (form < 4) {
    for (int tries = 0; tries < 4 && !indices.empty(); ++tries) {  // an index alone
      const int index = below(static_cast<int>(indices.size()));
      if (indices[static_cast<std::size_t>(index)].extent <= extent) return position_of(index_id(index));
    }
    return position_of(below(static_cast<int>(extent)));
  }
  if (form == 4) return quotient(affine_position(indices), 2 + below(2), indices);
  if (form == 5) return remainder(affine_position(indices), extent, indices);
  if (form == 6) {
    const Position where = remainder(affine_position(indices), 4, indices);
    return Position{below(2) - 1, {Term{1, Lookup{labels_, {where}, label_bound}}}} + position_of(below(2));
  }
  return affine_position(indices);
}

Window RandomGraph::random_window(std::span<const Index> indices, const Shape& shape) {
  Window window;
  for (const std::int64_t extent : shape) window.push_back(random_position(indices, extent));
  return window;
}

ExpressionId RandomGraph::random_read(BodyBuilder& body, std::span<const Index> indices, int depth) {
  const ValueId tensor = random_number();
  const Shape& shape = graph[tensor].type.shape;
  const Window window = random_window(indices, shape);
  std::optional<ExpressionId> otherwise;
  if (first_outside(window, indices, shape)) {
    otherwise = depth > 0 && below(2) == 0 ? random_expression(body, indices, depth - 1)
                                           : body.constant(below(3) - 1);
  }
  return body.read(tensor, window, otherwise);
}

ExpressionId RandomGraph::random_expression(BodyBuilder& body, std::span<const Index> indices, int depth) {
  const int form = depth <= 0 ? below(5) : below(12);
  if (form == 0) return body.constant(0.5 * (below(7) - 3));
  if (form == 1) {
    if (indices.empty()) return body.constant(0.25);
    const Position position = position_of(index_id(below(static_cast<int>(indices.size()))));
    return body.call(Scalar::multiply, body.call(Scalar::number, body.position(position)),
                     body.constant(0.3));
  }
  if (form < 5) return random_read(body, indices, depth);
  if (form < 8) return random_select(body, indices, depth);
  return random_call(body, indices, depth);
}

/// Functions whose argument must be positive get one that is.
ExpressionId RandomGraph::random_call(BodyBuilder& body, std::span<const Index> indices, int depth) {
  constexpr std::array any = {Scalar::add,     Scalar::subtract, Scalar::multiply, Scalar::negate,
                              Scalar::maximum, Scalar::minimum,  Scalar::abs,      Scalar::sign,
                              Scalar::floor,   Scalar::tanh,     Scalar::sin,      Scalar::cos,
                              Scalar::erf};
  constexpr std::array of_positive = {Scalar::log,   Scalar::log1p, Scalar::sqrt,
                                      Scalar::rsqrt, Scalar::power, Scalar::divide};
  const ExpressionId a = random_read(body, indices, depth - 1);
  const ExpressionId b = random_expression(body, indices, depth - 1);
  if (below(3) > 0) {
    const Scalar function = any[static_cast<std::size_t>(below(any.size()))];
    return facts(function).arity == 1 ? body.call(function, a) : body.call(function, a, b);
  }
  if (below(3) == 0) {
    const Scalar function = below(2) == 0 ? Scalar::exp : Scalar::expm1;
    return body.call(function, body.call(Scalar::tanh, a));
  }
  const ExpressionId positive = body.call(Scalar::add, body.call(Scalar::multiply, a, a), body.constant(0.5));
  const Scalar function = of_positive[static_cast<std::size_t>(below(of_positive.size()))];
  if (function == Scalar::divide) return body.call(function, b, positive);
  if (function == Scalar::power) return body.call(function, positive, body.call(Scalar::tanh, b));
  return body.call(function, positive);
}

ExpressionId RandomGraph::random_select(BodyBuilder& body, std::span<const Index> indices, int depth) {
  const ExpressionId x = random_expression(body, indices, depth - 1);
  const ExpressionId other = random_expression(body, indices, depth - 1);
  const int form = below(4);
  if (form == 0 && !indices.empty()) {
    const ExpressionId index = body.position(affine_position(indices));
    const ExpressionId bound = body.constant(below(3), Kind::integer);
    return body.select(body.call(Scalar::less, index, bound), x, other);
  }
  const ExpressionId positive = body.call(Scalar::greater, x, body.constant(0));
  if (form == 1) return body.select(positive, x, other);
  // Where the condition does not hold, this side is no number, and so are its derivatives.
  const Scalar function =
      std::array{Scalar::log, Scalar::sqrt, Scalar::rsqrt}[static_cast<std::size_t>(below(3))];
  const ExpressionId shifted = body.call(Scalar::subtract, x, body.constant(0.25));
  const ExpressionId condition = body.call(Scalar::greater, x, body.constant(0.5));
  if (form == 2) return body.select(condition, body.call(function, shifted), other);
  return body.select(body.call(Scalar::logical_not, condition), other, body.call(function, shifted));
}

ValueId RandomGraph::add_definition() {
  std::vector<Index> indices;
  Shape shape;
  for (int free = below(4); free > 0; --free) {
    shape.push_back(1 + below(4));
    indices.push_back({"i" + std::to_string(indices.size()), shape.back()});
  }
  const std::size_t free = shape.size();
  for (int reduced = below(3); reduced > 0; --reduced) {
    indices.push_back({"k" + std::to_string(indices.size()), 1 + below(3)});
  }
  constexpr std::array combiners = {Combiner::sum, Combiner::sum, Combiner::product, Combiner::maximum,
                                    Combiner::minimum};
  Combiner combiner = combiners[static_cast<std::size_t>(below(combiners.size()))];
  Window write = identity_window(free);
  if (indices.size() == free) combiner = Combiner::none;
  if (below(4) == 0) {  // a scatter
    combiner = below(4) == 0 ? Combiner::product : Combiner::sum;
    for (std::size_t i = 0; i < free; ++i) shape[i] = 1 + below(4);
    write = random_window(indices, shape);
  }
  BodyBuilder body;
  // A read at the root, so that few definitions depend on nothing.
  constexpr std::array joins = {Scalar::add, Scalar::multiply, Scalar::subtract, Scalar::maximum,
                                Scalar::minimum};
  const Scalar join = joins[static_cast<std::size_t>(below(joins.size()))];
  ExpressionId root = body.call(join, random_read(body, indices, 2), random_expression(body, indices, 3));
  const bool is_extreme = combiner == Combiner::maximum || combiner == Combiner::minimum;
  if (is_extreme && below(3) == 0) {
    const double infinity = std::numeric_limits<double>::infinity();
    const ExpressionId nothing = body.constant(combiner == Combiner::maximum ? -infinity : infinity);
    const ValueId tensor = random_number();
    root = body.read(tensor, random_window(indices, graph[tensor].type.shape), nothing);
  }
  Definition definition{indices, write, combiner, body.finish(root)};
  return graph.add({"y", {Kind::number, Element::f32, shape}, std::move(definition), {}});
}

ValueId RandomGraph::add_view(ValueId of) {
  return graph.add({"view", {Kind::number, Element::f32, {count(graph[of].type.shape)}}, View{of}, {}});
}

}  // namespace dlc
