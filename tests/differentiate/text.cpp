// What gradients look like: the definitions a reader of --emit=backward sees.

#include <catch2/catch.hpp>
#include <set>
#include <sstream>
#include <string>

#include "compiler/differentiate/differentiate.h"
#include "compiler/graph/build.h"
#include "tests/differentiate/gradient_check.h"

namespace dlc {
namespace {

Position at(std::uint32_t index) {
  return position_of(static_cast<IndexId>(index));
}

/// The lines of the differentiated graph that the graph before has not.
std::string added_by_differentiation(const Graph& graph) {
  std::set<std::string> before;
  std::istringstream lines_before(print(graph));
  for (std::string line; std::getline(lines_before, line);) before.insert(line);
  std::string added;
  std::istringstream lines(print(differentiate(graph)));
  for (std::string line; std::getline(lines, line);) {
    if (!before.contains(line)) added += line + "\n";
  }
  return added;
}

ValueId number(Graph& graph, std::string name, Shape shape, Node node) {
  return graph.add({std::move(name), {Kind::number, Element::f32, std::move(shape)}, std::move(node), {}});
}

ValueId gradient(Graph& graph, const std::string& name, ValueId of, ValueId by) {
  return number(graph, name, graph[by].type.shape, Gradient{of, by});
}

TEST_CASE("the gradients of a dense layer are two contractions and a sum", "[differentiate]") {
  Graph graph;
  const ValueId x = number(graph, "x", {8, 4}, Input{});
  const ValueId w = number(graph, "w", {4, 3}, Parameter{});
  const ValueId b = number(graph, "b", {3}, Parameter{});
  BodyBuilder body;
  const ExpressionId product =
      body.call(Scalar::multiply, body.read(x, {at(0), at(2)}), body.read(w, {at(2), at(1)}));
  const ValueId s = number(
      graph, "s", {8, 3},
      Definition{{{"n", 8}, {"j", 3}, {"k", 4}}, identity_window(2), Combiner::sum, body.finish(product)});
  BodyBuilder relu;
  const ExpressionId sum = relu.call(Scalar::add, relu.read(s, identity_window(2)), relu.read(b, {at(1)}));
  const ValueId h = number(graph, "h", {8, 3},
                           Definition{{{"n", 8}, {"j", 3}},
                                      identity_window(2),
                                      Combiner::none,
                                      relu.finish(relu.call(Scalar::maximum, sum, relu.constant(0)))});
  BodyBuilder square;
  const ExpressionId read = square.read(h, identity_window(2));
  const ValueId loss = number(
      graph, "loss", {},
      Definition{
          {{"n", 8}, {"j", 3}}, {}, Combiner::sum, square.finish(square.call(Scalar::multiply, read, read))});
  gradient(graph, "dw", loss, w);
  gradient(graph, "db", loss, b);
  CHECK(added_by_differentiation(graph) == R"(d_loss_by_h[n < 8, j < 3] = let e1 = h[n, j] in e1 + e1
d_loss_by_s[n < 8, j < 3] = select(s[n, j] + b[j] > 0, d_loss_by_h[n, j], 0)
db[j < 3] = sum[n < 8] select(s[n, j] + b[j] > 0, d_loss_by_h[n, j], 0)
dw[k < 4, j < 3] = sum[n < 8] d_loss_by_s[n, j] * x[n, k]
)");
}

TEST_CASE("the gradients of a convolution, as scatters", "[differentiate]") {
  Graph graph;
  const ValueId x = number(graph, "x", {8, 9, 3}, Input{});
  const ValueId w = number(graph, "w", {3, 3, 5}, Parameter{});
  BodyBuilder body;
  const ExpressionId read =
      body.read(x, {at(0), scaled(at(1), 2) + at(3) - position_of(1), at(4)}, body.constant(0));
  const ExpressionId product = body.call(Scalar::multiply, read, body.read(w, {at(3), at(4), at(2)}));
  const ValueId y = number(graph, "y", {8, 5, 5},
                           Definition{{{"n", 8}, {"i", 5}, {"c", 5}, {"r", 3}, {"d", 3}},
                                      identity_window(3),
                                      Combiner::sum,
                                      body.finish(product)});
  const ValueId loss = add_weighted_sum(graph, y, "g");
  gradient(graph, "dw", loss, w);
  gradient(graph, "dx", loss, x);
  CHECK(added_by_differentiation(graph) ==
        R"(dw[r < 3, d < 3, c < 5] = sum[n < 8, i < 5] g[n, i, c] * (x[n, r + 2*i - 1, d] else 0)
dx[n, 2*i + r - 1, d] in [8, 9, 3] = sum[n < 8, i < 5, c < 5, r < 3, d < 3] g[n, i, c] * w[r, d, c]
)");
}

TEST_CASE("a row of softmax", "[differentiate]") {
  Graph graph;
  const ValueId x = number(graph, "x", {8, 3}, Parameter{});
  BodyBuilder top;
  const std::vector<Index> indices = {{"n", 8}, {"j", 3}};
  const ValueId m = number(graph, "m", {8},
                           Definition{indices, identity_window(1), Combiner::maximum,
                                      top.finish(top.read(x, identity_window(2)))});
  BodyBuilder exponent;
  const ExpressionId shifted =
      exponent.call(Scalar::subtract, exponent.read(x, identity_window(2)), exponent.read(m, {at(0)}));
  const ValueId e = number(graph, "e", {8, 3},
                           Definition{indices, identity_window(2), Combiner::none,
                                      exponent.finish(exponent.call(Scalar::exp, shifted))});
  BodyBuilder all;
  const ValueId s = number(
      graph, "s", {8},
      Definition{indices, identity_window(1), Combiner::sum, all.finish(all.read(e, identity_window(2)))});
  BodyBuilder divided;
  const ExpressionId quotient =
      divided.call(Scalar::divide, divided.read(e, identity_window(2)), divided.read(s, {at(0)}));
  const ValueId p = number(graph, "p", {8, 3},
                           Definition{indices, identity_window(2), Combiner::none, divided.finish(quotient)});
  const ValueId loss = add_weighted_sum(graph, p, "g");
  gradient(graph, "dx", loss, x);
  CHECK(added_by_differentiation(graph) == R"(d_total_by_s[n < 8] = sum[j < 3] -(g[n, j] * (p[n, j] / s[n]))
d_total_by_e_from_s[n < 8, j < 3] = d_total_by_s[n]
d_total_by_e_from_p[n < 8, j < 3] = g[n, j] / s[n]
d_total_by_e[n < 8, j < 3] = d_total_by_e_from_s[n, j] + d_total_by_e_from_p[n, j]
d_total_by_m[n < 8] = sum[j < 3] -(d_total_by_e[n, j] * e[n, j])
argmax_m[n < 8]: 0..2 = argmax[j < 3] x[n, j]
dx_from_m[n < 8, j < 3] = select(j == argmax_m[n], d_total_by_m[n], 0)
dx_from_e[n < 8, j < 3] = d_total_by_e[n, j] * e[n, j]
dx[n < 8, j < 3] = dx_from_m[n, j] + dx_from_e[n, j]
)");
}

}  // namespace
}  // namespace dlc
