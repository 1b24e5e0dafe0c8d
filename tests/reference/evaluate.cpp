#include "compiler/reference/evaluate.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "compiler/graph/build.h"

namespace dlc {
namespace {

const double infinity = std::numeric_limits<double>::infinity();

ValueId input(Graph& graph, std::string name, Shape shape) {
  return graph.add({std::move(name), {Kind::number, Element::f32, std::move(shape)}, Input{}, {}});
}

ValueId integers(Graph& graph, std::string name, Shape shape, std::int64_t bound) {
  return graph.add(
      {std::move(name), {Kind::integer, Element::i32, std::move(shape), 0, bound - 1}, Input{}, {}});
}

ValueId define(Graph& graph, Shape shape, Definition definition, Kind kind = Kind::number) {
  return graph.add({"y", {kind, element_of(kind), std::move(shape)}, std::move(definition), {}});
}

Tensor random_tensor(const Shape& shape, std::mt19937& random) {
  std::normal_distribution<double> normal;
  Tensor tensor{shape, std::vector<double>(static_cast<std::size_t>(count(shape)))};
  for (double& element : tensor.elements) element = normal(random);
  return tensor;
}

Position at(std::uint32_t index) {
  return position_of(static_cast<IndexId>(index));
}

/// A body that is just this read.
Body reading(ValueId tensor, Window window, std::optional<double> otherwise = std::nullopt) {
  BodyBuilder body;
  const auto other = otherwise ? std::optional(body.constant(*otherwise)) : std::nullopt;
  return body.finish(body.read(tensor, std::move(window), other));
}

TEST_CASE("a matrix product", "[reference]") {
  std::mt19937 random(1);
  Graph graph;
  const ValueId a = input(graph, "a", {3, 4});
  const ValueId b = input(graph, "b", {4, 5});
  BodyBuilder body;
  const ExpressionId product =
      body.call(Scalar::multiply, body.read(a, {at(0), at(2)}), body.read(b, {at(2), at(1)}));
  const Definition definition{
      {{"i", 3}, {"j", 5}, {"k", 4}}, identity_window(2), Combiner::sum, body.finish(product)};
  const ValueId y = define(graph, {3, 5}, definition);
  const std::map<std::string, Tensor> given = {{"a", random_tensor({3, 4}, random)},
                                               {"b", random_tensor({4, 5}, random)}};
  const Values values = evaluate(graph, given);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 5; ++j) {
      double expected = 0;
      for (std::size_t k = 0; k < 4; ++k)
        expected += given.at("a").elements[i * 4 + k] * given.at("b").elements[k * 5 + j];
      CHECK(values[y].elements[i * 5 + j] == Approx(expected));
    }
  }
}

TEST_CASE("windows with strides, dilation, quotients and remainders; reads outside", "[reference]") {
  Graph graph;
  const ValueId x = input(graph, "x", {4, 6});
  std::mt19937 random(2);
  const Tensor given = random_tensor({4, 6}, random);
  // y[i, j] = x[(i + 2*j) / 3 - 1, 2*i - j % 4] else 7
  const std::vector<Index> indices = {{"i", 5}, {"j", 7}};
  Position row = quotient(at(0) + scaled(at(1), 2), 3, indices) - position_of(1);
  Position column = scaled(at(0), 2) - remainder(at(1), 4, indices);
  const ValueId y =
      define(graph, {5, 7}, {indices, identity_window(2), Combiner::none, reading(x, {row, column}, 7.0)});
  const Values values = evaluate(graph, {{"x", given}});
  int inside = 0;
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 7; ++j) {
      const int r = (i + 2 * j) / 3 - 1;
      const int c = 2 * i - j % 4;
      const bool is_inside = r >= 0 && r < 4 && c >= 0 && c < 6;
      inside += is_inside ? 1 : 0;
      const double expected = is_inside ? given.elements[static_cast<std::size_t>(r * 6 + c)] : 7;
      CHECK(values[y].elements[static_cast<std::size_t>(i * 7 + j)] == expected);
    }
  }
  CHECK(inside > 5);
}

TEST_CASE("lookups gather and scatter; what is written outside is dropped", "[reference]") {
  Graph graph;
  const ValueId x = input(graph, "x", {4});
  const ValueId label = integers(graph, "label", {3}, 4);
  Lookup lookup{label, {at(0)}, 4};
  const Position looked{0, {Term{1, lookup}}};
  const ValueId gathered =
      define(graph, {3}, {{{"i", 3}}, identity_window(1), Combiner::none, reading(x, {looked})});
  const ValueId scattered = define(graph, {4}, {{{"i", 3}}, {looked}, Combiner::sum, reading(x, {at(0)})});
  const ValueId dropped =
      define(graph, {2}, {{{"i", 4}}, {at(0) - position_of(1)}, Combiner::sum, reading(x, {at(0)})});
  const Values values = evaluate(graph, {{"x", {{4}, {10, 20, 30, 40}}}, {"label", {{3}, {2, 0, 2}}}});
  CHECK(values[gathered].elements == std::vector<double>{30, 10, 30});
  CHECK(values[scattered].elements == std::vector<double>{20, 0, 40, 0});
  CHECK(values[dropped].elements == std::vector<double>{20, 30});
}

TEST_CASE("combiners, their neutral values and the first of equals", "[reference]") {
  Graph graph;
  const ValueId x = input(graph, "x", {2, 4});
  const auto combine = [&](Combiner combiner) {
    return define(graph, {2},
                  {{{"i", 2}, {"j", 4}}, identity_window(1), combiner, reading(x, {at(0), at(1)})});
  };
  const Tensor given{{2, 4}, {3, 5, -1, 5, -2, -4, -4, -3}};
  const auto result = [&](Combiner combiner) {
    const ValueId y = combine(combiner);
    return evaluate(graph, {{"x", given}})[y].elements;
  };
  CHECK(result(Combiner::sum) == std::vector<double>{12, -13});
  CHECK(result(Combiner::product) == std::vector<double>{-75, 96});
  CHECK(result(Combiner::maximum) == std::vector<double>{5, -2});
  CHECK(result(Combiner::minimum) == std::vector<double>{-1, -4});
  CHECK(result(Combiner::argmax) == std::vector<double>{1, 0});
  CHECK(result(Combiner::argmin) == std::vector<double>{2, 1});
  const auto neutral = [&](Combiner combiner) {
    const ValueId y =
        define(graph, {1}, {{{"i", 1}}, {position_of(5)}, combiner, reading(x, {at(0), at(0)})});
    return evaluate(graph, {{"x", given}})[y].elements.front();
  };
  CHECK(neutral(Combiner::sum) == 0);
  CHECK(neutral(Combiner::product) == 1);
  CHECK(neutral(Combiner::maximum) == -infinity);
  CHECK(neutral(Combiner::minimum) == infinity);
  CHECK(neutral(Combiner::any) == 0);
  CHECK(neutral(Combiner::all) == 1);
}

TEST_CASE("argmax counts in the box of the reduced indices, wherever they stand", "[reference]") {
  Graph graph;
  const ValueId x = input(graph, "x", {2, 3, 2});
  const Tensor given{{2, 3, 2}, {0, 1, 9, 3, 4, 5, 0, 8, 2, 3, 4, 5}};
  // y[j] = argmax[i, k] x[i, j, k]
  const ValueId y =
      define(graph, {3},
             {{{"i", 2}, {"j", 3}, {"k", 2}}, {at(1)}, Combiner::argmax, reading(x, {at(0), at(1), at(2)})},
             Kind::integer);
  CHECK(evaluate(graph, {{"x", given}})[y].elements == std::vector<double>{3, 0, 1});
}

TEST_CASE("the side of a select that is not chosen does not matter", "[reference]") {
  Graph graph;
  const ValueId x = input(graph, "x", {3});
  BodyBuilder body;
  const ExpressionId read = body.read(x, {at(0)});
  const ExpressionId positive = body.call(Scalar::greater, read, body.constant(0));
  const ExpressionId root = body.select(positive, body.call(Scalar::log, read), body.constant(-1));
  const ValueId y = define(graph, {3}, {{{"i", 3}}, identity_window(1), Combiner::none, body.finish(root)});
  CHECK(evaluate(graph, {{"x", {{3}, {1, 0, -5}}}})[y].elements == std::vector<double>{0, -1, -1});
}

TEST_CASE("draws are those of the key, the site and the counter", "[reference]") {
  Graph graph;
  const ValueId key = integers(graph, "key", {}, std::int64_t{1} << 31);
  BodyBuilder body;
  const ExpressionId draw = body.add(Draw{key, 5, scaled(at(0), 3) + at(1)});
  const ValueId y =
      define(graph, {4, 3}, {{{"i", 4}, {"j", 3}}, identity_window(2), Combiner::none, body.finish(draw)});
  const Values values = evaluate(graph, {{"key", {{}, {123456789}}}});
  for (std::uint32_t i = 0; i < 12; ++i) {
    CHECK(values[y].elements[i] == uniform_of_bits(random_bits(123456789, 5, i)));
  }
}

TEST_CASE("views, updates and outputs", "[reference]") {
  Graph graph;
  const ValueId w = graph.add({"w", {Kind::number, Element::f32, {2, 3}}, Parameter{}, {}});
  const ValueId m = graph.add({"m", {Kind::number, Element::f32, {}}, State{}, {}});
  const ValueId flat = graph.add({"flat", {Kind::number, Element::f32, {3, 2}}, View{w}, {}});
  BodyBuilder body;
  const ExpressionId sum = body.call(Scalar::add, body.read(m, {}), body.constant(1));
  const ValueId next = graph.add({"next", {}, Definition{{}, {}, Combiner::none, body.finish(sum)}, {}});
  const ValueId update = graph.add({"update", {}, Update{m, next}, {}});
  graph.outputs.push_back({"result", flat});
  const Tensor given{{2, 3}, {1, 2, 3, 4, 5, 6}};
  const Values values = evaluate(graph, {{"w", given}, {"m", {{}, {41}}}});
  CHECK(values.outputs.at("result").shape == Shape{3, 2});
  CHECK(values.outputs.at("result").elements == given.elements);
  CHECK(values.next.at("m").elements == std::vector<double>{42});
  CHECK(values.next.size() == 1);
  CHECK(values[update].elements == std::vector<double>{42});
  CHECK(values[m].elements == std::vector<double>{41});
}

}  // namespace
}  // namespace dlc
