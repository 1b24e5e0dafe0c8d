// The places where a derivative is a matter of agreement, and what the gradients of known programs look like.

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "compiler/differentiate/differentiate.h"
#include "compiler/graph/build.h"
#include "tests/differentiate/gradient_check.h"

namespace dlc {
namespace {

const double infinity = std::numeric_limits<double>::infinity();

using Elements = std::vector<double>;

Position at(std::uint32_t index) {
  return position_of(static_cast<IndexId>(index));
}

/// A graph with the parameter x and the number sum y; its gradient by x.
struct OneInput {
  Graph graph;
  ValueId x{};

  explicit OneInput(Shape shape) {
    x = graph.add({"x", {Kind::number, Element::f32, std::move(shape)}, Parameter{}, {}});
  }

  ValueId define(std::vector<Index> indices, Window write, Combiner combiner, const Body& body,
                 Shape shape = {}) {
    Definition definition{std::move(indices), std::move(write), combiner, body};
    return graph.add({"y", {Kind::number, Element::f32, std::move(shape)}, std::move(definition), {}});
  }

  Elements gradient(ValueId of, const Elements& point) {
    Graph whole = graph;
    add_gradient(whole, of, x);
    whole = differentiate(whole);
    CHECK(broken_rule(whole) == std::nullopt);
    return evaluate(whole, {{"x", {graph[x].type.shape, point}}}).outputs.at("gradient").elements;
  }

  /// Of sum[i] f(x[i]).
  Elements gradient_of(const std::function<ExpressionId(BodyBuilder&, ExpressionId)>& f,
                       const Elements& point) {
    BodyBuilder body;
    const ExpressionId root = f(body, body.read(x, {at(0)}));
    const std::int64_t extent = graph[x].type.shape.front();
    return gradient(define({{"i", extent}}, {}, Combiner::sum, body.finish(root)), point);
  }
};

TEST_CASE("maximum and minimum hand their gradient to the first of equals", "[differentiate]") {
  OneInput one({4});
  BodyBuilder body;
  const Body read = body.finish(body.read(one.x, {at(0)}));
  const ValueId greatest = one.define({{"i", 4}}, {}, Combiner::maximum, read);
  const ValueId least = one.define({{"i", 4}}, {}, Combiner::minimum, read);
  CHECK(one.gradient(greatest, {1, 3, 3, 2}) == Elements{0, 1, 0, 0});
  CHECK(one.gradient(greatest, {-infinity, -infinity, 0, 0}) == Elements{0, 0, 1, 0});
  CHECK(one.gradient(greatest, {5, 5, 5, 5}) == Elements{1, 0, 0, 0});
  CHECK(one.gradient(least, {1, 3, 1, 2}) == Elements{1, 0, 0, 0});
}

TEST_CASE("overlapping windows of a maximum add up", "[differentiate]") {
  OneInput one({4});
  BodyBuilder body;
  const Body read = body.finish(body.read(one.x, {at(0) + at(1)}));
  const ValueId pooled = one.define({{"i", 3}, {"k", 2}}, identity_window(1), Combiner::maximum, read, {3});
  BodyBuilder all;
  const ValueId total = one.define({{"i", 3}}, {}, Combiner::sum, all.finish(all.read(pooled, {at(0)})));
  CHECK(one.gradient(total, {1, 7, 7, 2}) == Elements{0, 2, 1, 0});
}

TEST_CASE("a product with zeros has the product of the others", "[differentiate]") {
  OneInput one({3});
  BodyBuilder body;
  const ValueId product =
      one.define({{"i", 3}}, {}, Combiner::product, body.finish(body.read(one.x, {at(0)})));
  CHECK(one.gradient(product, {2, 3, 5}) == Elements{15, 10, 6});
  CHECK(one.gradient(product, {2, 0, 5}) == Elements{0, 10, 0});
  CHECK(one.gradient(product, {0, 0, 5}) == Elements{0, 0, 0});
}

TEST_CASE("the second gradient of a product with zeros", "[differentiate]") {
  OneInput one({3});
  BodyBuilder body;
  const ValueId product =
      one.define({{"i", 3}}, {}, Combiner::product, body.finish(body.read(one.x, {at(0)})));
  const ValueId first = one.graph.add({"g", {Kind::number, Element::f32, {3}}, Gradient{product, one.x}, {}});
  BodyBuilder head;
  const ValueId of_first =
      one.define({}, {}, Combiner::none, head.finish(head.read(first, {position_of(0)})));
  CHECK(one.gradient(of_first, {0, 0, 5}) == Elements{0, 5, 0});  // of x[1] * x[2]
  CHECK(one.gradient(of_first, {7, 3, 0}) == Elements{0, 0, 3});
}

TEST_CASE("a side that is not chosen gives 0, whatever its derivative", "[differentiate]") {
  OneInput one({3});
  for (const Scalar function : {Scalar::log, Scalar::sqrt, Scalar::rsqrt}) {
    const auto chosen = [&](BodyBuilder& body, ExpressionId x) {
      const ExpressionId positive = body.call(Scalar::greater, x, body.constant(0));
      const ExpressionId square_root = body.call(function, body.call(Scalar::sqrt, x));
      return body.select(positive, square_root, body.constant(0));
    };
    const Elements gradient = one.gradient_of(chosen, {4, 0, -1});
    CHECK(std::isfinite(gradient[0]));
    CHECK(gradient[0] != 0);
    CHECK(gradient[1] == 0);
    CHECK(gradient[2] == 0);
  }
}

TEST_CASE("both sides of a select and what they share", "[differentiate]") {
  OneInput one({2});
  const auto function = [](BodyBuilder& body, ExpressionId x) {
    const ExpressionId shared =
        body.call(Scalar::sin, x);  // select(x > 0, sin(x) * sin(x), 3 * sin(x)) + sin(x)
    const ExpressionId positive = body.call(Scalar::greater, x, body.constant(0));
    const ExpressionId square = body.call(Scalar::multiply, shared, shared);
    const ExpressionId three_times = body.call(Scalar::multiply, body.constant(3), shared);
    return body.call(Scalar::add, body.select(positive, square, three_times), shared);
  };
  const Elements gradient = one.gradient_of(function, {0.5, -0.5});
  CHECK(gradient[0] == Approx((2 * std::sin(0.5) + 1) * std::cos(0.5)));
  CHECK(gradient[1] == Approx(4 * std::cos(-0.5)));
}

TEST_CASE("selects within selects, of conditions of their own", "[differentiate]") {
  OneInput one({4});
  const auto function = [](BodyBuilder& body, ExpressionId x) {
    const ExpressionId root =
        body.call(Scalar::sqrt,
                  x);  // (if x > 1 { √x } else { 0 }) + (if x < 2 { if x > 0 { √x } else { x } } else { 0 })
    const auto greater = [&](double bound) { return body.call(Scalar::greater, x, body.constant(bound)); };
    const ExpressionId left = body.select(greater(1), root, body.constant(0));
    const ExpressionId inner = body.select(greater(0), root, x);
    const ExpressionId small = body.call(Scalar::less, x, body.constant(2));
    return body.call(Scalar::add, left, body.select(small, inner, body.constant(0)));
  };
  const Elements gradient = one.gradient_of(function, {4, 1.5, 0.25, 0});
  CHECK(gradient[0] == Approx(0.25));
  CHECK(gradient[1] == Approx(1 / std::sqrt(1.5)));
  CHECK(gradient[2] == Approx(1));
  CHECK(gradient[3] == 1);
}

TEST_CASE("what two sides share counts only where one of them is chosen", "[differentiate]") {
  OneInput one({3});
  const auto function = [](BodyBuilder& body, ExpressionId x) {
    const ExpressionId root = body.call(Scalar::sqrt, x);  // if x > 1 { √x } else if x > 0 { 2√x } else { 1 }
    const auto greater = [&](double bound) { return body.call(Scalar::greater, x, body.constant(bound)); };
    const ExpressionId twice = body.call(Scalar::multiply, body.constant(2), root);
    return body.select(greater(1), root, body.select(greater(0), twice, body.constant(1)));
  };
  CHECK(one.gradient_of(function, {4, 0.25, 0}) == Elements{0.25, 2, 0});
}

TEST_CASE("kinks and what passes nothing", "[differentiate]") {
  OneInput one({3});
  const Elements point = {-2, 0, 3};
  const auto relu = [](BodyBuilder& body, ExpressionId x) {
    return body.call(Scalar::maximum, x, body.constant(0));
  };
  CHECK(one.gradient_of(relu, point) == Elements{0, 0, 1});
  const auto magnitude = [](BodyBuilder& body, ExpressionId x) { return body.call(Scalar::abs, x); };
  CHECK(one.gradient_of(magnitude, point) == Elements{-1, 0, 1});
  const auto rounded = [](BodyBuilder& body, ExpressionId x) {
    return body.call(Scalar::number, body.call(Scalar::integer, x));
  };
  CHECK(one.gradient_of(rounded, point) == Elements{0, 0, 0});
  const auto stopped = [](BodyBuilder& body, ExpressionId x) {
    return body.call(Scalar::multiply, x, body.call(Scalar::stop_gradient, x));
  };
  CHECK(one.gradient_of(stopped, point) == Elements{-2, 0, 3});
  const auto square = [](BodyBuilder& body, ExpressionId x) {
    return body.call(Scalar::power, x, body.constant(2));
  };
  CHECK(one.gradient_of(square, point) == Elements{-4, 0, 6});
}

TEST_CASE("a read outside gives its gradient to what is read instead", "[differentiate]") {
  OneInput one({3});
  // sum[i < 3] i * (x[i - 1] else x[2])
  BodyBuilder body;
  const ExpressionId read = body.read(one.x, {at(0) - position_of(1)}, body.read(one.x, {position_of(2)}));
  const ExpressionId weight = body.call(Scalar::number, body.position(at(0) + position_of(1)));
  const Body product = body.finish(body.call(Scalar::multiply, weight, read));
  const ValueId total = one.define({{"i", 3}}, {}, Combiner::sum, product);
  CHECK(one.gradient(total, {1, 1, 1}) == Elements{2, 3, 1});
}

TEST_CASE("rows that are looked up several times add up", "[differentiate]") {
  OneInput one({4});
  const ValueId label = one.graph.add({"label", {Kind::integer, Element::i32, {3}, 0, 3}, Input{}, {}});
  BodyBuilder body;
  const Position looked{0, {Term{1, Lookup{label, {at(0)}, 4}}}};
  const ValueId total = one.define({{"i", 3}}, {}, Combiner::sum, body.finish(body.read(one.x, {looked})));
  add_gradient(one.graph, total, one.x);
  const Graph whole = differentiate(one.graph);
  const Values values = evaluate(whole, {{"x", {{4}, {1, 2, 3, 4}}}, {"label", {{3}, {2, 0, 2}}}});
  CHECK(values.outputs.at("gradient").elements == Elements{1, 0, 2, 0});
}

TEST_CASE("a draw in a gradient is the same draw", "[differentiate]") {
  OneInput one({5});
  const ValueId key = one.graph.add({"key", {Kind::integer, Element::i32, {}, 0, 1000}, Input{}, {}});
  BodyBuilder body;
  const ExpressionId draw = body.add(Draw{key, 3, at(0) + position_of(10)});
  const Body product = body.finish(body.call(Scalar::multiply, body.read(one.x, {at(0)}), draw));
  const ValueId total = one.define({{"i", 5}}, {}, Combiner::sum, product);
  add_gradient(one.graph, total, one.x);
  const Values values =
      evaluate(differentiate(one.graph), {{"x", {{5}, {1, 1, 1, 1, 1}}}, {"key", {{}, {77}}}});
  for (std::uint32_t i = 0; i < 5; ++i) {
    CHECK(values.outputs.at("gradient").elements[i] == uniform_of_bits(random_bits(77, 3, i + 10)));
  }
}

TEST_CASE("gradients of and by values in special places", "[differentiate]") {
  OneInput one({2});
  BodyBuilder body;
  const ValueId total = one.define({{"i", 2}}, {}, Combiner::sum, body.finish(body.read(one.x, {at(0)})));
  const ValueId other = one.graph.add({"other", {Kind::number, Element::f32, {3}}, Input{}, {}});
  const ValueId label = one.graph.add({"label", {Kind::integer, Element::i32, {}, 0, 3}, Input{}, {}});
  std::size_t number = 0;
  for (const ValueId by : {total, other, label, one.x}) {
    add_gradient(one.graph, total, by);
    one.graph.outputs.back().name = std::to_string(number++);
  }
  const Graph whole = differentiate(one.graph);
  CHECK(broken_rule(whole) == std::nullopt);
  const Values values =
      evaluate(whole, {{"x", {{2}, {5, 6}}}, {"other", {{3}, {1, 2, 3}}}, {"label", {{}, {1}}}});
  CHECK(values.outputs.at("0").elements == Elements{1});
  CHECK(values.outputs.at("1").elements == Elements{0, 0, 0});
  CHECK(values.outputs.at("2").elements == Elements{0});
  CHECK(values.outputs.at("3").elements == Elements{1, 1});
}

}  // namespace
}  // namespace dlc
