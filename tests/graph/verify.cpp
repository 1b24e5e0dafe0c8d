// Every rule of the verifier, each broken once: by a text where a text can, else by a change to a sound
// graph.

#include <catch2/catch.hpp>

#include "compiler/graph/graph.h"

using namespace dlc;

namespace {

constexpr std::string_view sound = R"(x = input [4, 6]
label = input integer 0..5 [4]
far = input integer -1..9 [4]
flag = input boolean [4]
keys = input integer 0..9 [4]
w = parameter [6]
m = state [6]
y[i < 4] = sum[j < 6] x[i, j] * w[j]
loss = sum[i < 4] y[i]
)";

Graph read_or_fail(const std::string& text) {
  auto result = read_graph(text);
  if (const auto* error = std::get_if<GraphError>(&result))
    FAIL("line " << error->line << ": " << error->text << "\n" << text);
  return std::get<Graph>(std::move(result));
}

std::string broken_by(const std::string& line) {
  return broken_rule(read_or_fail(std::string(sound) + line)).value_or("none");
}

/// Changes the last value of the sound graph and this line.
template <class Change>
std::string broken_by(const std::string& line, const Change& change) {
  Graph graph = read_or_fail(std::string(sound) + line);
  change(graph[static_cast<ValueId>(graph.size() - 1)], graph);
  return broken_rule(graph).value_or("none");
}

Definition& definition_of(Value& value) {
  return std::get<Definition>(value.node);
}

}  // namespace

TEST_CASE("a sound graph breaks no rule", "[graph]") {
  REQUIRE(broken_by("") == "none");
}

TEST_CASE("rules of reading", "[graph]") {
  REQUIRE(broken_by("z[i < 4] = y[i + 1]") ==
          "z: it reads outside of y: for i = 3 at position 4 of dimension 0, which has the extent 4");
  REQUIRE(broken_by("z[i < 4] = y[i + 1] else 0") == "none");
  REQUIRE(broken_by("z[i < 4, j < 8] = x[i, j - 1]") ==
          "z: it reads outside of x: for i = 0, j = 0 at position -1 of dimension 1, which has the extent 6");
  REQUIRE(broken_by("z[i < 4] = x[i]") == "z: it reads x with 1 subscripts, but that has 2 dimensions");
  REQUIRE(broken_by("z[i < 4] = x[i] else 0") == "z: it reads x with a wrong number of subscripts");
  REQUIRE(broken_by("z[i < 4] = w[label[i]]") == "none");
  REQUIRE(broken_by("z[i < 4] = y[label[i]]") ==
          "z: it reads outside of y: for i = 0 at position 5 of dimension 0, which has the extent 4");
  REQUIRE(broken_by("z[i < 4] = w[label[i + 1]] else 0") ==
          "z: it reads outside of label: for i = 3 at position 4 of dimension 0, which has the extent 4");
  REQUIRE(broken_by("z[i < 4] = w[far[i]] else 0") ==
          "z: a subscript is looked up in far, whose values may leave 0 … 9");
  REQUIRE(broken_by("z[i < 4] = w[(label[i] < 5)]") ==
          "z: a subscript is looked up in label, whose values may leave 0 … 4");
  REQUIRE(broken_by("z[i < 4] = w[y[i]] else 0") ==
          "z: a subscript is looked up in y, which holds no integers");
  REQUIRE(broken_by("z[i < 4] = y[i % 0] else 0") == "z: a position is divided by 0");
  REQUIRE(broken_by("z[i < 4] = draw(keys, 1, i)") == "z: the key of a draw must be a single integer");
}

TEST_CASE("rules of writing", "[graph]") {
  const std::string once = "z: without a combiner each element must be written exactly once";
  REQUIRE(broken_by("z[i, j] in [4, 6] = for[i < 4, j < 6] x[i, j]") == "none");
  REQUIRE(broken_by("z[i + 1] in [4] = for[i < 4] y[i]") == once);
  REQUIRE(broken_by("z[i] in [4] = for[i < 4, j < 6] x[i, j]") == once);
  REQUIRE(broken_by("z[i + j] in [9] = for[i < 4, j < 6] x[i, j]") == once);
  REQUIRE(broken_by("z[6*i + j] in [24] = for[i < 4, j < 6] x[i, j]") == "none");
  REQUIRE(broken_by("z[2*i] in [4] = for[i < 4] y[i]") == once);
  REQUIRE(broken_by("z[2*i] in [4] = sum[i < 4] y[i]") == "none");
  REQUIRE(broken_by("z[label[i]] in [4] = for[i < 4] y[i]") == once);
  REQUIRE(broken_by("z[i] in [4, 1] = for[i < 4] y[i]") ==
          "z: it writes with another number of subscripts than its shape has");
}

TEST_CASE("rules of kinds", "[graph]") {
  REQUIRE(broken_by("z = sum[i < 4] flag[i]") == "z: it combines booleans with sum");
  REQUIRE(broken_by("z = any[i < 4] y[i]") == "z: any and all combine booleans");
  REQUIRE(broken_by("z = argmax[i < 4] flag[i]") == "z: booleans have no extreme");
  REQUIRE(broken_by("z: 0..2 = argmax[i < 4] y[i]") ==
          "z: its bounds do not hold all positions of an extreme");
  REQUIRE(broken_by("z[i < 4] = select(y[i], 1, 0)") == "z: select needs a boolean");
  REQUIRE(broken_by("z[i < 4] = select(flag[i], y[i], i)") ==
          "z: the sides of select are of different kinds");
  REQUIRE(broken_by("z[i < 4] = y[i] else label[i]") == "z: what stands for y outside is of another kind");
}

TEST_CASE("rules of types and nodes", "[graph]") {
  REQUIRE(broken_by("z = input [4, 0]") == "z: its shape has the extent 0");
  REQUIRE(broken_by("z = input [7000000000, 7000000000]") == "z: the product of its extents is too large");
  REQUIRE(broken_by("z = input integer 3..2 [4]") == "z: its least value is above its greatest");
  REQUIRE(broken_by("z = input integer f32 0..2 [4]") == "z: integers lie in memory as i32 or u8");
  REQUIRE(broken_by("z = input boolean f32 [4]") == "z: booleans lie in memory as u8");
  REQUIRE(broken_by("z = input integer u8 -1..2 [4]") == "z: its bounds leave what its element can hold");
  REQUIRE(broken_by("z = input integer u8 0..256 [4]") == "z: its bounds leave what its element can hold");
  REQUIRE(broken_by("z = input integer 0..4294967296") == "z: its bounds leave what its element can hold");
  REQUIRE(broken_by("z = parameter integer 0..2 [4]") == "z: a parameter holds numbers");
  REQUIRE(broken_by("z = view x [5, 5]") == "z: a view has as many elements as what it shows");
  REQUIRE(broken_by("z = gradient of y by w") == "z: a gradient is taken of a single number");
  REQUIRE(broken_by("z = gradient of loss by label") == "z: a gradient is taken by numbers");
  REQUIRE(broken_by("update x = y") == "x_next: only parameters and states are updated");
  REQUIRE(broken_by("update w = y") == "w_next: the next value is of another kind or shape");
  REQUIRE(broken_by("update w = m\nagain = update w to m") == "again: its target is updated twice");
  REQUIRE(broken_by("update w = m\nz[i < 6] = w_next[i]") == "z: it reads the update w_next");
  REQUIRE(broken_by("update w = m\noutput w_next") == "output w_next is an update");
  REQUIRE(broken_by("output loss\noutput loss = y") == "two outputs have the name loss");
}

TEST_CASE("rules that no text can break", "[graph]") {
  const std::string z = "z[i < 4] = y[i] + 1";
  REQUIRE(broken_by(z, [](Value& value, Graph&) { value.name = ""; }) == "value 9 has no name");
  REQUIRE(broken_by(z, [](Value& value, Graph&) { value.name = "x"; }) == "x: two values have this name");
  REQUIRE(broken_by(z, [](Value& value, Graph&) { value.node = View{ValueId{20}}; }) ==
          "z: it reads a value that does not stand before it");
  REQUIRE(broken_by(z, [](Value& value, Graph&) { definition_of(value).indices[0].extent = 0; }) ==
          "z: index i has the extent 0");
  REQUIRE(broken_by(z, [](Value& value, Graph&) {
            definition_of(value).write[0] = position_of(IndexId{3});
          }) == "z: a position holds an index that the definition does not have");
  REQUIRE(broken_by(z, [](Value& value, Graph&) {
            definition_of(value).write[0] = {0, {{1, Quotient{{}, 2}}}};
          }) == "z: a quotient or remainder must be of one position");
  REQUIRE(broken_by(z, [](Value& value, Graph&) { definition_of(value).body.root = ExpressionId{7}; }) ==
          "z: its body has no root");
  REQUIRE(broken_by(z, [](Value& value, Graph&) { definition_of(value).body.root = ExpressionId{0}; }) ==
          "z: its body has an expression that nothing uses");
  REQUIRE(broken_by(z, [](Value& value, Graph&) {
            std::get<Call>(definition_of(value).body.expressions[2]).a = ExpressionId{2};
          }) == "z: its body uses an expression before it stands");
  REQUIRE(broken_by("z[i < 4] = exp(y[i])", [](Value& value, Graph&) {
            Body& body = definition_of(value).body;
            body.expressions.insert(body.expressions.begin(), Constant{1, Kind::number});
            body.expressions[2] = Call{Scalar::exp, ExpressionId{1}, ExpressionId{0}};
            body.root = ExpressionId{2};
          }) == "z: exp takes one argument, so b must be a");
  REQUIRE(broken_by(z, [](Value& value, Graph&) {
            definition_of(value).body.expressions[1] = Constant{1, Kind::boolean};
          }) == "z: add does not take number and boolean");
  REQUIRE(broken_by("z[i < 4]: 0..9 = i + 1", [](Value& value, Graph&) {
            definition_of(value).body.expressions[1] = Constant{0.5, Kind::integer};
          }) == "z: an integer constant is no integer");
  REQUIRE(broken_by("z[i < 4] = flag[i] and true", [](Value& value, Graph&) {
            definition_of(value).body.expressions[1] = Constant{2, Kind::boolean};
          }) == "z: a boolean constant is neither 0 nor 1");
  REQUIRE(broken_by(z, [](Value& value, Graph&) {
            value.type.kind = Kind::integer;
            value.type.element = Element::i32;
          }) == "z: its kind is integer, but it is computed as number");
  REQUIRE(broken_by("z = view label [2, 2]", [](Value& value, Graph&) { value.type.most = 9; }) ==
          "z: a view is of the type of what it shows");
  REQUIRE(broken_by("z = gradient of loss by w", [](Value& value, Graph&) { value.type.shape = {7}; }) ==
          "z: a gradient has the shape of what it is taken by");
  REQUIRE(broken_by("update w = m", [](Value& value, Graph&) { value.type.element = Element::u8; }) ==
          "w_next: an update has the type of its target");
  REQUIRE(broken_by(z, [](Value&, Graph& graph) {
            graph.outputs.push_back({"o", ValueId{20}});
          }) == "output o is no value");
}

TEST_CASE("names are made unique", "[graph]") {
  Graph graph;
  const Value value{"a", {}, Input{}, {}};
  graph.add({"a_2", {}, Input{}, {}});
  for (int i = 0; i < 3; ++i) graph.add(value);
  graph.add({"a_3", {}, Input{}, {}});
  std::string names;
  for (const Value& each : graph.values()) names += each.name + " ";
  REQUIRE(names == "a_2 a a_3 a_4 a_3_2 ");
  REQUIRE(graph.find("a_4") == ValueId{3});
  REQUIRE(!graph.find("b"));
}

TEST_CASE("operands are all values that a node holds, and can be renumbered", "[graph]") {
  const Graph graph = read_or_fail(
      std::string(sound) +
      "one = input integer 0..1\n"
      "z[label[i], j] in [6, 6] = sum[i < 4, j < 6] x[i, j] * y[keys[i] // 3] + draw(one, 0, label[i])\n");
  Node node = graph.values().back().node;
  std::string names;
  for (const ValueId id : operands(node)) names += graph[id].name + " ";
  REQUIRE(names == "label x y keys one ");
  renumber(node, [](ValueId id) { return static_cast<ValueId>(number_of(id) + 100); });
  for (const ValueId id : operands(node)) REQUIRE(number_of(id) >= 100);
  REQUIRE(!same(node, graph.values().back().node));
}
