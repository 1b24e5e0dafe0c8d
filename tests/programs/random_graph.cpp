#include "tests/programs/random_graph.h"

#include <algorithm>
#include <array>
#include <limits>

#include "compiler/graph/build.h"
#include "tests/programs/random_body.h"

namespace dlc::tests {

namespace {

Type number(Shape shape) {
  return {Kind::number, Element::f32, std::move(shape), 0, 0};
}

}  // namespace

RandomGraph::RandomGraph(std::uint64_t seed, Forms forms) : chance(seed), forms_(forms) {
  add("label", {Kind::integer, Element::i32, {4}, 0, 3}, Input{});
  add("key", {Kind::integer, Element::i32, {}, 0, 1000}, Input{});
  if (forms == Forms::all) {
    add_outside();
  } else {
    for (const char* name : {"a", "b", "c"}) {
      Shape shape;
      for (int dimensions = chance.below(4); dimensions > 0; --dimensions)
        shape.push_back(chance.between(2, 4));
      add(name, number(shape), Parameter{});
    }
  }
}

void RandomGraph::add_outside() {
  add("bytes", {Kind::number, Element::u8, random_shape(), 0, 0}, Input{});
  add("small", {Kind::integer, Element::u8, random_shape(), 0, 5}, Input{});
  add("signed", {Kind::integer, Element::i32, random_shape(), -2, 3}, Input{});
  add("mask", {Kind::boolean, Element::u8, random_shape(), 0, 0}, Input{});
  add("x", number(random_shape()), Input{});
  add("net.dense_1.w", number(random_shape()), Parameter{});
  add("b", number(random_shape()), Parameter{});
  add("moment of w", number(random_shape()), State{});
}

// ---------------------------------------------------------------------------------------------- choices

Shape RandomGraph::random_shape() {
  const int most = forms_ == Forms::all ? 6 : 4;
  Shape shape;
  for (int d = chance.between(1, 3); d > 0; --d) shape.push_back(chance.between(1, most));
  return shape;
}

std::vector<Index> RandomGraph::random_indices(int least, int most) {
  const int extent = forms_ == Forms::all ? 5 : 3;
  std::vector<Index> indices;
  for (int i = chance.between(least, most); i > 0; --i)
    indices.push_back({std::string(1, static_cast<char>('i' + indices.size())), chance.between(1, extent)});
  return indices;
}

ValueId RandomGraph::add(std::string name, Type type, Node node) {
  std::vector<Place> places;
  for (int i = chance.between(0, 2); i > 0; --i)
    places.push_back({chance.one_in(2) ? "model.net" : "std/nn.net", chance.between(1, 99), i});
  return graph.add({std::move(name), std::move(type), std::move(node), std::move(places)});
}

/// Often one of the newest, so that programs become deep.
ValueId RandomGraph::any_of(Kind kind) {
  std::vector<ValueId> fit;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const Value& value = graph.values()[i];
    const auto id = static_cast<ValueId>(i);
    if (value.type.kind != kind || id == key || std::holds_alternative<Update>(value.node)) continue;
    fit.push_back(id);
  }
  if (chance.one_in(2)) fit.erase(fit.begin(), fit.end() - std::min<std::ptrdiff_t>(3, std::ssize(fit)));
  return chance.one_of(fit);
}

// ---------------------------------------------------------------------------------------------- values

ValueId RandomGraph::add_value() {
  if (chance.one_in(8)) return add_view(any_of(chance.one_in(3) ? Kind::integer : Kind::number));
  if (chance.one_in(6)) return add_scatter();
  if (chance.one_in(6)) return add_product();
  if (chance.one_in(10)) return add_phases();
  constexpr std::array kinds = {Kind::number, Kind::number, Kind::number, Kind::integer, Kind::boolean};
  return add_reduction(chance.one_of(kinds));
}

ValueId RandomGraph::add_definition() {
  if (chance.one_in(4)) return add_scatter();
  return add_reduction(Kind::number);
}

ValueId RandomGraph::add_view(ValueId of) {
  Type type = graph[of].type;
  type.shape = {count(type.shape)};
  if (chance.one_in(2)) type.shape.push_back(1);
  return add("v" + std::to_string(graph.size()), std::move(type), View{of});
}

Body RandomGraph::body_of(Kind kind, const std::vector<Index>& indices) {
  constexpr std::array joins = {Scalar::add, Scalar::multiply, Scalar::subtract, Scalar::maximum,
                                Scalar::minimum};
  RandomBody body(*this, indices);
  ExpressionId root = body.expression(kind, chance.between(1, forms_ == Forms::all ? 4 : 3));
  if (kind == Kind::number && !chance.one_in(4))  // so that few definitions depend on nothing
    root = body.call(chance.one_of(joins), body.read(kind, 2), root);
  if (kind == Kind::integer) {  // brought to 0 … 9, its bounds
    root = body.call(Scalar::maximum, root, body.body.add(Constant{0, kind}));
    root = body.call(Scalar::minimum, root, body.body.add(Constant{9, kind}));
  }
  return body.finish(root);
}

/// Values that are often equal, and equal after any rounding.
Body RandomGraph::tied_body(const std::vector<Index>& indices) {
  RandomBody body(*this, indices);
  const ExpressionId value = body.read(Kind::number, 0);
  const ExpressionId constant = body.body.add(Constant{0, Kind::number});
  if (chance.one_in(2)) return body.finish(body.call(Scalar::maximum, value, constant));
  const ExpressionId whole = body.read(Kind::integer, 0);
  return body.finish(body.call(Scalar::number, whole));
}

/// At its first indices; over the others with some combiner.
ValueId RandomGraph::add_reduction(Kind kind) {
  constexpr std::array all = {Combiner::sum,     Combiner::sum,     Combiner::sum,    Combiner::product,
                              Combiner::maximum, Combiner::minimum, Combiner::argmax, Combiner::argmin};
  const std::vector<Index> indices = random_indices(0, 4);
  const std::size_t rank =
      chance.one_in(2) ? indices.size() : static_cast<std::size_t>(chance.below(int(indices.size()) + 1));
  Definition definition{indices, identity_window(rank), Combiner::none, {}};
  Type type{kind, element_of(kind), {}, 0, kind == Kind::integer ? 9 : 0};
  std::int64_t box = 1;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (i < rank) type.shape.push_back(indices[i].extent);
    if (i >= rank) box *= indices[i].extent;
  }
  if (rank < indices.size()) {
    definition.combiner = all[static_cast<std::size_t>(chance.below(forms_ == Forms::all ? 8 : 6))];
    if (kind == Kind::integer) definition.combiner = chance.one_in(2) ? Combiner::maximum : Combiner::minimum;
    if (kind == Kind::boolean) definition.combiner = chance.one_in(2) ? Combiner::any : Combiner::all;
  }
  const Combiner combiner = definition.combiner;
  const bool is_place = combiner == Combiner::argmax || combiner == Combiner::argmin;
  const bool is_extreme = combiner == Combiner::maximum || combiner == Combiner::minimum;
  if (kind == Kind::number && is_extreme && chance.one_in(4)) {  // what is outside never wins
    const double infinity = std::numeric_limits<double>::infinity();
    const ValueId of = any_of(Kind::number);
    RandomBody body(*this, indices);
    const ExpressionId nothing =
        body.body.add(Constant{combiner == Combiner::maximum ? -infinity : infinity, kind});
    Window window = body.window(graph[of].type.shape);
    definition.body = body.finish(body.body.add(Read{of, std::move(window), nothing}));
  } else if (kind == Kind::number && (is_extreme || is_place) && forms_ == Forms::all && chance.one_in(2)) {
    definition.body = tied_body(indices);
  } else {
    definition.body = body_of(kind, indices);
  }
  if (is_place) type = {Kind::integer, Element::i32, type.shape, 0, box - 1};
  return add("t" + std::to_string(graph.size()), std::move(type), std::move(definition));
}

/// A sum of products: a contraction.
ValueId RandomGraph::add_product() {
  const std::vector<Index> indices = random_indices(2, 5);
  const auto rank = static_cast<std::size_t>(chance.below(int(indices.size())));
  RandomBody body(*this, indices);
  const ExpressionId a = body.read(Kind::number, 0);
  const ExpressionId b = body.read(Kind::number, 0);
  Definition definition{indices, identity_window(rank), Combiner::sum,
                        body.finish(body.call(Scalar::multiply, a, b))};
  Shape shape;
  for (std::size_t i = 0; i < rank; ++i) shape.push_back(indices[i].extent);
  return add("p" + std::to_string(graph.size()), number(shape), std::move(definition));
}

/// Adds anywhere, overlapping and outside too.
ValueId RandomGraph::add_scatter() {
  constexpr std::array combiners = {Combiner::sum, Combiner::sum, Combiner::sum, Combiner::product};
  const std::vector<Index> indices = random_indices(1, 4);
  const Shape shape = random_shape();
  const Combiner combiner = chance.one_of(combiners);
  Window write = RandomBody(*this, indices).window(shape);
  Definition definition{indices, std::move(write), combiner, body_of(Kind::number, indices)};
  return add("s" + std::to_string(graph.size()), number(shape), std::move(definition));
}

/// Writes each element once: stride * p + phase, the last block perhaps beyond the end.
ValueId RandomGraph::add_phases() {
  const int stride = chance.between(2, 3);
  const int blocks = chance.between(1, 3);
  const std::vector<Index> indices = {{"c", chance.between(1, 3)}, {"p", blocks}, {"phase", stride}};
  Window write = {scaled(position_of(IndexId{1}), stride) + position_of(IndexId{2}), position_of(IndexId{0})};
  const Shape shape = {stride * blocks - chance.between(0, stride - 1), indices[0].extent};
  Definition definition{indices, std::move(write), Combiner::none, body_of(Kind::number, indices)};
  return add("t" + std::to_string(graph.size()), number(shape), std::move(definition));
}

void RandomGraph::add_gradients(ValueId of) {
  Definition sum;
  for (const std::int64_t extent : graph[of].type.shape)
    sum.indices.push_back({"s" + std::to_string(sum.indices.size()), extent});
  if (!sum.indices.empty()) sum.combiner = Combiner::sum;
  BodyBuilder body;
  sum.body = body.finish(body.call(Scalar::tanh, body.read(of, identity_window(sum.indices.size()))));
  const ValueId loss = add("loss", number({}), std::move(sum));
  graph.outputs.push_back({"loss", loss});
  for (std::size_t i = 0; i < number_of(loss); ++i) {
    const auto by = static_cast<ValueId>(i);
    if (!std::holds_alternative<Parameter>(graph[by].node)) continue;
    const std::string name = "gradient of " + graph[by].name;
    graph.outputs.push_back({name, add(name, graph[by].type, Gradient{loss, by})});
  }
}

void RandomGraph::add_update(ValueId target) {
  const Type type = graph[target].type;
  std::vector<Index> indices;
  for (const std::int64_t extent : type.shape)
    indices.push_back({"u" + std::to_string(indices.size()), extent});
  const Window write = identity_window(indices.size());
  Definition definition{indices, write, Combiner::none, body_of(Kind::number, indices)};
  const std::string name = graph[target].name;
  const ValueId next = add(name + " new", type, std::move(definition));
  add(chance.one_in(2) ? name + "_next" : "update of " + name, type, Update{target, next});
}

Graph random_program(std::uint64_t seed) {
  RandomGraph random(seed, Forms::all);
  Chance& chance = random.chance;
  Graph& graph = random.graph;
  for (int values = chance.between(2, 8); values > 0; --values) random.add_value();
  const bool everything = chance.one_in(2);  // so that nothing is checked through later values only
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto id = static_cast<ValueId>(i);
    if (everything && std::holds_alternative<Definition>(graph[id].node))
      graph.outputs.push_back({"all_" + graph[id].name, id});
  }
  graph.outputs.push_back({"result", random.any_of(Kind::number)});
  if (chance.one_in(2)) graph.outputs.push_back({"all that counts", random.any_of(Kind::boolean)});
  if (chance.one_in(2)) random.add_gradients(random.any_of(Kind::number));
  if (!chance.one_in(3)) random.add_update(graph.find("net.dense_1.w").value());
  if (chance.one_in(2)) random.add_update(graph.find("moment of w").value());
  return std::move(graph);
}

}  // namespace dlc::tests
