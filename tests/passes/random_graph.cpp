#include "tests/passes/random_graph.h"

#include <random>
#include <utility>

#include "compiler/graph/build.h"

namespace dlc::tests {

namespace {

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  Graph run() {
    graph_.add({"label", {Kind::integer, Element::i32, {3}, 0, 3}, Input{}, {}});
    graph_.add({"key", {Kind::integer, Element::i32, {}, 0, 1000}, Input{}, {}});
    for (const char* name : {"x", "w"})
      tensors_.push_back(graph_.add({name, number(random_shape()), Parameter{}, {}}));
    tensors_.push_back(graph_.add({"u", number(random_shape()), Input{}, {}}));
    const int steps = up_to(7) + 2;
    for (int i = 0; i < steps; ++i) tensors_.push_back(step());
    for (std::size_t i = 3; i < tensors_.size(); ++i) {
      if (i + 1 == tensors_.size() || up_to(3) == 0) {
        graph_.outputs.push_back({"out" + std::to_string(i), tensors_[i]});
      }
    }
    if (up_to(3) != 0) add_gradients();
    return std::move(graph_);
  }

 private:
  int up_to(int most) { return std::uniform_int_distribution(0, most)(random_); }
  bool one_in(int n) { return up_to(n - 1) == 0; }
  static Type number(Shape shape) { return {Kind::number, Element::f32, std::move(shape), 0, 0}; }

  Shape random_shape() {
    Shape shape;
    for (int d = up_to(2) + 1; d > 0; --d) shape.push_back(up_to(5) + 1);
    return shape;
  }

  ValueId tensor() {
    return tensors_[static_cast<std::size_t>(up_to(static_cast<int>(tensors_.size()) - 1))];
  }

  std::vector<Index> random_indices(int most) {
    std::vector<Index> indices;
    for (int i = up_to(most - 1) + 1; i > 0; --i) {
      indices.push_back({std::string(1, static_cast<char>('i' + indices.size())), up_to(4) + 1});
    }
    return indices;
  }

  Position some_index(const std::vector<Index>& indices) {
    return position_of(static_cast<IndexId>(up_to(static_cast<int>(indices.size()) - 1)));
  }

  Position position(const std::vector<Index>& indices, std::int64_t extent) {
    if (indices.empty()) return position_of(up_to(static_cast<int>(extent) - 1));
    switch (up_to(11)) {
      case 0: return position_of(up_to(static_cast<int>(extent) - 1));
      case 1: return scaled(some_index(indices), 2) + some_index(indices);
      case 2: return some_index(indices) + some_index(indices) + position_of(up_to(2) - 2);
      case 3: return quotient(some_index(indices), 2, indices);
      case 4: return remainder(some_index(indices), 2, indices);
      case 5: return position_of(extent - 1) - some_index(indices);
      case 6: return some_index(indices) + position_of(up_to(4) - 2);
      case 7:
        for (std::size_t i = 0; i < indices.size(); ++i) {
          if (indices[i].extent <= 3)
            return {0, {{1, Lookup{ValueId{0}, {position_of(static_cast<IndexId>(i))}, 4}}}};
        }
        return some_index(indices);
      default: return some_index(indices);
    }
  }

  ExpressionId read(BodyBuilder& body, const std::vector<Index>& indices) {
    const ValueId of = tensor();
    Window window;
    for (const std::int64_t extent : graph_[of].type.shape) {
      window.push_back(normalized(position(indices, extent), indices));
    }
    const bool leaves = first_outside(window, indices, graph_[of].type.shape).has_value();
    const double otherwise = one_in(3) ? 0.5 : 0;
    if (!leaves && !one_in(6)) return body.read(of, window);
    return body.read(of, window, body.constant(otherwise));
  }

  ExpressionId expression(BodyBuilder& body, const std::vector<Index>& indices, int depth) {
    if (depth == 0 || one_in(4)) return leaf(body, indices);
    const ExpressionId a = expression(body, indices, depth - 1);
    if (one_in(3)) {
      const Scalar functions[] = {Scalar::tanh, Scalar::negate, Scalar::sin, Scalar::abs};
      return body.add(Call{functions[up_to(3)], a, a});
    }
    const ExpressionId b = expression(body, indices, depth - 1);
    switch (up_to(6)) {
      case 0: return body.add(Call{Scalar::maximum, a, body.constant(0)});
      case 1: return body.add(Select{body.call(Scalar::greater, a, b), a, body.constant(0)});
      case 2: return body.add(Select{condition(body, indices), a, b});
      case 3: return body.add(Call{Scalar::add, a, b});
      case 4:
        return body.add(
            Call{Scalar::divide, a, body.call(Scalar::add, body.call(Scalar::abs, b), body.constant(2))});
      default: return body.add(Call{Scalar::multiply, a, b});
    }
  }

  ExpressionId condition(BodyBuilder& body, const std::vector<Index>& indices) {
    if (indices.empty()) return body.add(Constant{1, Kind::boolean});
    const ExpressionId a = body.add(PositionValue{some_index(indices)});
    const Scalar comparison = one_in(2) ? Scalar::equal : Scalar::less;
    if (one_in(2)) return body.add(Call{comparison, a, body.add(PositionValue{position(indices, 4)})});
    return body.add(Call{comparison, a, body.add(Constant{static_cast<double>(up_to(4)), Kind::integer})});
  }

  ExpressionId leaf(BodyBuilder& body, const std::vector<Index>& indices) {
    switch (up_to(9)) {
      case 0: return body.constant(up_to(4) * 0.5 - 1);
      case 1:
        if (indices.empty()) return body.constant(2);
        return body.call(Scalar::number, body.add(PositionValue{some_index(indices)}));
      case 2:
        if (indices.empty()) return body.constant(3);
        return body.add(Draw{ValueId{1}, static_cast<std::uint32_t>(up_to(2)), some_index(indices)});
      default: return read(body, indices);
    }
  }

  ValueId step() {
    const std::string name = "t" + std::to_string(tensors_.size());
    if (one_in(8)) {
      const ValueId of = tensor();
      return graph_.add({name, number({count(graph_[of].type.shape)}), View{of}, {}});
    }
    Definition definition;
    definition.indices = random_indices(4);
    const auto rank = static_cast<std::size_t>(up_to(static_cast<int>(definition.indices.size())));
    Shape shape;
    for (std::size_t d = 0; d < rank; ++d) {
      definition.write.push_back(position_of(static_cast<IndexId>(d)));
      shape.push_back(definition.indices[d].extent);
    }
    const Combiner combiners[] = {Combiner::sum, Combiner::sum, Combiner::maximum, Combiner::minimum};
    definition.combiner = combiners[up_to(3)];
    if (rank == definition.indices.size() && !one_in(5)) definition.combiner = Combiner::none;
    if (one_in(6)) {  // a scatter
      definition.combiner = Combiner::sum;
      for (std::size_t d = 0; d < rank; ++d) {
        shape[d] = up_to(5) + 1;
        definition.write[d] = normalized(position(definition.indices, shape[d]), definition.indices);
      }
    }
    BodyBuilder body;
    ExpressionId root = expression(body, definition.indices, up_to(2) + 1);
    if (definition.combiner == Combiner::sum && one_in(2)) {
      root = body.add(Call{Scalar::multiply, read(body, definition.indices), read(body, definition.indices)});
    }
    if (definition.combiner == Combiner::none && one_in(2)) root = body.call(Scalar::tanh, root);
    definition.body = body.finish(root);
    return graph_.add({name, number(std::move(shape)), std::move(definition), {}});
  }

  void add_gradients() {
    const ValueId of = tensors_.back();
    Definition sum;
    for (const std::int64_t extent : graph_[of].type.shape)
      sum.indices.push_back({"s" + std::to_string(sum.indices.size()), extent});
    sum.combiner = Combiner::sum;
    BodyBuilder body;
    sum.body = body.finish(body.call(Scalar::tanh, body.read(of, identity_window(sum.indices.size()))));
    const ValueId loss = graph_.add({"loss", number({}), std::move(sum), {}});
    graph_.outputs.push_back({"loss", loss});
    for (const char* name : {"x", "w"}) {
      const ValueId by = *graph_.find(name);
      const ValueId gradient =
          graph_.add({std::string("g_") + name, graph_[by].type, Gradient{loss, by}, {}});
      graph_.outputs.push_back({std::string("g_") + name, gradient});
    }
  }

  std::mt19937 random_;
  Graph graph_;
  std::vector<ValueId> tensors_;
};

}  // namespace

Graph random_graph(unsigned seed) {
  return Maker(seed).run();
}

}  // namespace dlc::tests
