#include "tests/programs/random_graph.h"

#include <array>
#include <random>

namespace dlc::tests {

namespace {

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  Graph run() {
    add("label", {Kind::integer, Element::i32, {4}, 0, 5}, Input{});
    add("key", {Kind::integer, Element::i32, {}, 0, 1'000'000}, Input{});
    add("bytes", {Kind::number, Element::u8, random_shape(), 0, 0}, Input{});
    add("small", {Kind::integer, Element::u8, random_shape(), 0, 5}, Input{});
    add("signed", {Kind::integer, Element::i32, random_shape(), -2, 3}, Input{});
    add("mask", {Kind::boolean, Element::u8, random_shape(), 0, 0}, Input{});
    add("net.dense_1.w", number(random_shape()), Parameter{});
    add("moment of w", number(random_shape()), State{});
    for (int steps = between(2, 8); steps > 0; --steps) step();
    update("net.dense_1.w");
    if (one_in(2)) update("moment of w");
    graph_.outputs.push_back({"result", any_of(Kind::number)});
    if (one_in(2)) graph_.outputs.push_back({"all that counts", any_of(Kind::boolean)});
    return std::move(graph_);
  }

 private:
  // ------------------------------------------------------------------------- choices

  int between(int least, int most) {
    return least + static_cast<int>(random_() % static_cast<unsigned>(most - least + 1));
  }
  bool one_in(int n) { return between(1, n) == 1; }
  template <class List>
  auto one_of(const List& list) {
    return list[random_() % list.size()];
  }
  static Type number(Shape shape) { return {Kind::number, Element::f32, std::move(shape), 0, 0}; }

  Shape random_shape() {
    Shape shape;
    for (int d = between(1, 3); d > 0; --d) shape.push_back(between(1, 6));
    return shape;
  }

  ValueId add(std::string name, Type type, Node node) {
    std::vector<Place> places;
    for (int i = between(0, 2); i > 0; --i)
      places.push_back({one_in(2) ? "model.net" : "std/nn.net", between(1, 99), i});
    return graph_.add({std::move(name), std::move(type), std::move(node), std::move(places)});
  }

  ValueId any_of(Kind kind) {
    std::vector<ValueId> fit;
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      const Value& value = graph_.values()[i];
      if (value.type.kind == kind && !std::holds_alternative<Update>(value.node))
        fit.push_back(static_cast<ValueId>(i));
    }
    return one_of(fit);
  }

  // ------------------------------------------------------------------------- positions

  Position index() { return position_of(static_cast<IndexId>(random_() % indices_.size())); }

  /// Perhaps outside. A lookup is always inside itself.
  Position position(std::int64_t extent) {
    if (indices_.empty() || one_in(10)) return position_of(between(0, static_cast<int>(extent) - 1));
    switch (between(0, 9)) {
      case 0: return scaled(index(), between(2, 3)) + index() - position_of(between(0, 2));
      case 1: return index() + index();
      case 2: return quotient(index() + position_of(1), 2, indices_);
      case 3: return scaled(remainder(index(), 2, indices_), 2) + index();
      case 4: return position_of(extent - 1) - index();
      case 5:
        for (std::size_t i = 0; i < indices_.size(); ++i) {
          if (indices_[i].extent <= 4)
            return {0, {{1, Lookup{ValueId{0}, {position_of(static_cast<IndexId>(i))}, 6}}}};
        }
        return index();
      default: return index();
    }
  }

  // ------------------------------------------------------------------------- bodies

  /// Now and then one that stands in the body already.
  ExpressionId expression(Kind kind, int depth) {
    std::vector<ExpressionId>& made = made_[static_cast<std::size_t>(kind)];
    if (!made.empty() && one_in(5)) return one_of(made);
    const ExpressionId id = new_expression(kind, depth);
    made_[static_cast<std::size_t>(kind)].push_back(id);
    return id;
  }

  ExpressionId new_expression(Kind kind, int depth) {
    if (depth <= 0 || one_in(5)) return leaf(kind, depth);
    if (one_in(5)) {
      const ExpressionId condition = expression(Kind::boolean, depth - 1);
      const ExpressionId a = expression(kind, depth - 1);
      return body_.add(Select{condition, a, expression(kind, depth - 1)});
    }
    switch (kind) {
      case Kind::number: return new_number(depth);
      case Kind::integer: return new_integer(depth);
      case Kind::boolean: return new_boolean(depth);
    }
    __builtin_unreachable();
  }

  ExpressionId unary(Scalar function, ExpressionId a) { return body_.add(Call{function, a, a}); }
  ExpressionId binary(Scalar function, Kind kind, int depth) {
    const ExpressionId a = expression(kind, depth - 1);
    const ExpressionId b = expression(kind, depth - 1);
    return body_.add(Call{function, a, b});
  }

  ExpressionId new_number(int depth) {
    constexpr std::array unaries = {Scalar::tanh, Scalar::sin, Scalar::cos,
                                    Scalar::abs,  Scalar::erf, Scalar::negate};
    constexpr std::array binaries = {Scalar::add, Scalar::subtract, Scalar::multiply, Scalar::maximum,
                                     Scalar::minimum};
    if (one_in(3)) return unary(one_of(unaries), expression(Kind::number, depth - 1));
    if (one_in(5))
      return unary(Scalar::number, expression(one_in(2) ? Kind::integer : Kind::boolean, depth - 1));
    if (!one_in(6)) return binary(one_of(binaries), Kind::number, depth);
    const ExpressionId above = expression(Kind::number, depth - 1);
    const ExpressionId below = unary(Scalar::abs, expression(Kind::number, depth - 1));
    const ExpressionId one = body_.add(Constant{1, Kind::number});
    return body_.add(Call{Scalar::divide, above, body_.add(Call{Scalar::add, below, one})});
  }

  ExpressionId new_integer(int depth) {
    constexpr std::array binaries = {Scalar::add, Scalar::subtract, Scalar::multiply, Scalar::maximum};
    if (one_in(6)) return unary(Scalar::integer, expression(Kind::boolean, depth - 1));
    if (!one_in(4)) return binary(one_of(binaries), Kind::integer, depth);
    const ExpressionId of = expression(Kind::integer, depth - 1);
    const ExpressionId by = body_.add(Constant{static_cast<double>(between(1, 3)), Kind::integer});
    return body_.add(Call{one_in(2) ? Scalar::quotient : Scalar::remainder, of, by});
  }

  ExpressionId new_boolean(int depth) {
    constexpr std::array comparisons = {Scalar::equal,      Scalar::not_equal, Scalar::less,
                                        Scalar::less_equal, Scalar::greater,   Scalar::greater_equal};
    if (one_in(4)) return unary(Scalar::logical_not, expression(Kind::boolean, depth - 1));
    if (one_in(3)) return binary(one_in(2) ? Scalar::logical_and : Scalar::logical_or, Kind::boolean, depth);
    return binary(one_of(comparisons), one_in(2) ? Kind::number : Kind::integer, depth);
  }

  ExpressionId leaf(Kind kind, int depth) {
    if (kind == Kind::number && one_in(8)) {
      return body_.add(Draw{ValueId{1}, static_cast<std::uint32_t>(between(0, 3)),
                            indices_.empty() ? Position{} : index()});
    }
    if (kind == Kind::integer && one_in(3) && !indices_.empty())
      return body_.add(PositionValue{one_in(2) ? index() : position(4)});
    if (!one_in(4)) return read(kind, depth);
    if (kind == Kind::boolean) return body_.add(Constant{one_in(2) ? 1.0 : 0.0, kind});
    return body_.add(Constant{kind == Kind::integer ? between(-3, 3) : between(-20, 20) * 0.1, kind});
  }

  ExpressionId read(Kind kind, int depth) {
    const ValueId of = any_of(kind);
    const Shape& shape = graph_[of].type.shape;
    Window window;
    for (const std::int64_t extent : shape) window.push_back(normalized(position(extent), indices_));
    std::optional<ExpressionId> otherwise;
    if (one_in(8) || first_outside(window, indices_, shape)) {
      otherwise = depth > 0 ? expression(kind, depth - 1) : body_.add(Constant{0, kind});
    }
    return body_.add(Read{of, std::move(window), otherwise});
  }

  // ------------------------------------------------------------------------- values

  void new_indices(int least) {
    indices_.clear();
    for (int i = between(least, 4); i > 0; --i) {
      indices_.push_back({std::string(1, static_cast<char>('i' + indices_.size())), between(1, 5)});
    }
  }

  Definition definition_of(Kind kind) {
    body_ = {};
    for (auto& made : made_) made.clear();
    Definition definition;
    definition.indices = indices_;
    expression(kind, between(1, 4));
    if (kind == Kind::integer) {  // brought to 0 … 9, its bounds
      const ExpressionId value = body_.root;
      const ExpressionId none = body_.add(Constant{0, kind});
      const ExpressionId from_0 = body_.add(Call{Scalar::maximum, value, none});
      const ExpressionId nine = body_.add(Constant{9, kind});
      body_.add(Call{Scalar::minimum, from_0, nine});
    }
    definition.body = std::move(body_);
    return definition;
  }

  void step() {
    const std::string name = "t" + std::to_string(graph_.size());
    if (one_in(8)) {
      const ValueId of = any_of(one_in(3) ? Kind::integer : Kind::number);
      Type type = graph_[of].type;
      type.shape = {count(type.shape), 1};
      add(name, std::move(type), View{of});
    } else if (one_in(6)) {
      scatter(name);
    } else if (one_in(8)) {
      phases(name);
    } else {
      reduction(name);
    }
  }

  /// At its first indices; over the others with some combiner.
  void reduction(const std::string& name) {
    constexpr std::array kinds = {Kind::number, Kind::number, Kind::number, Kind::integer, Kind::boolean};
    constexpr std::array of_numbers = {Combiner::sum,     Combiner::sum,     Combiner::product,
                                       Combiner::maximum, Combiner::minimum, Combiner::argmax,
                                       Combiner::argmin};
    const Kind kind = one_of(kinds);
    new_indices(0);
    Definition definition = definition_of(kind);
    const std::size_t rank = one_in(2) ? indices_.size() : random_() % (indices_.size() + 1);
    Type type{kind, element_of(kind), {}, 0, kind == Kind::integer ? 9 : 0};
    std::int64_t box = 1;
    for (std::size_t i = 0; i < indices_.size(); ++i) {
      if (i >= rank) box *= indices_[i].extent;
      if (i >= rank) continue;
      definition.write.push_back(position_of(static_cast<IndexId>(i)));
      type.shape.push_back(indices_[i].extent);
    }
    if (rank < indices_.size()) {
      definition.combiner = one_of(of_numbers);
      if (kind == Kind::integer) definition.combiner = one_in(2) ? Combiner::maximum : Combiner::minimum;
      if (kind == Kind::boolean) definition.combiner = one_in(2) ? Combiner::any : Combiner::all;
    }
    if (definition.combiner == Combiner::argmax || definition.combiner == Combiner::argmin) {
      type = {Kind::integer, Element::i32, type.shape, 0, box - 1};
    }
    add(name, std::move(type), std::move(definition));
  }

  /// Adds anywhere, overlapping and outside too.
  void scatter(const std::string& name) {
    new_indices(1);
    Definition definition = definition_of(Kind::number);
    definition.combiner = Combiner::sum;
    const Shape shape = random_shape();
    for (const std::int64_t extent : shape)
      definition.write.push_back(normalized(position(extent), indices_));
    add(name, number(shape), std::move(definition));
  }

  /// Writes each element once: stride * p + phase, the last block perhaps beyond the end.
  void phases(const std::string& name) {
    const int stride = between(2, 3);
    const int blocks = between(1, 3);
    indices_ = {{"c", between(1, 3)}, {"p", blocks}, {"phase", stride}};
    Definition definition = definition_of(Kind::number);
    definition.write = {scaled(position_of(IndexId{1}), stride) + position_of(IndexId{2}),
                        position_of(IndexId{0})};
    const std::int64_t columns = indices_[0].extent;
    add(name, number({stride * blocks - between(0, stride - 1), columns}), std::move(definition));
  }

  void update(const std::string& target) {
    const ValueId id = *graph_.find(target);
    const Type type = graph_[id].type;
    indices_.clear();
    for (const std::int64_t extent : type.shape)
      indices_.push_back({"u" + std::to_string(indices_.size()), extent});
    Definition definition = definition_of(Kind::number);
    for (std::size_t i = 0; i < indices_.size(); ++i)
      definition.write.push_back(position_of(static_cast<IndexId>(i)));
    const ValueId next = add(target + " new", type, std::move(definition));
    add(one_in(2) ? target + "_next" : "update of " + target, type, Update{id, next});
  }

  std::mt19937_64 random_;
  Graph graph_;
  std::vector<Index> indices_;
  Body body_;
  std::array<std::vector<ExpressionId>, 3> made_;
};

}  // namespace

Graph random_program(std::uint64_t seed) {
  return Maker(seed).run();
}

}  // namespace dlc::tests
