#include "tests/programs/shaken.h"

#include <cmath>
#include <limits>

#include "compiler/graph/build.h"

namespace dlc::tests {

namespace {

bool rounds(Scalar function) {
  switch (function) {
    case Scalar::negate:
    case Scalar::abs:
    case Scalar::sign:
    case Scalar::floor:
    case Scalar::maximum:
    case Scalar::minimum:
    case Scalar::stop_gradient: return false;
    default: return true;
  }
}

/// Counts the combinations of the indices.
Position counter_of(std::span<const Index> indices) {
  Position counter = position_of(0);
  std::int64_t stride = 1;
  for (std::size_t i = indices.size(); i-- > 0;) {
    counter = counter + scaled(position_of(static_cast<IndexId>(i)), stride);
    stride *= indices[i].extent;
  }
  return normalized(counter, indices);
}

class Shaker {
 public:
  Shaker(const Graph& graph, double amount) : before_(graph), amount_(amount) {}

  Graph run() {
    key_ = after_.add({shaking_key, {Kind::integer, Element::i32, {}, 0, 1000}, Input{}, {}});
    for (Value value : before_.values()) {
      renumber(value.node, [](ValueId id) { return static_cast<ValueId>(number_of(id) + 1); });
      if (auto* definition = std::get_if<Definition>(&value.node)) shake(*definition, value.type.kind);
      after_.add(std::move(value));
    }
    for (const Output& output : before_.outputs)
      after_.outputs.push_back({output.name, static_cast<ValueId>(number_of(output.value) + 1)});
    return std::move(after_);
  }

 private:
  void shake(Definition& definition, Kind kind) {
    BodyBuilder to;
    BodyCopy copy(definition.body, to);
    for (std::size_t e = 0; e < definition.body.expressions.size(); ++e) {
      const auto id = static_cast<ExpressionId>(e);
      const Call* call = std::get_if<Call>(&definition.body[id]);
      if (call == nullptr || !rounds(call->function)) continue;
      if (kind_of(definition.body, id, after_) != Kind::number) continue;
      copy.stands_for(id, with_error(to, copy(id), definition.indices));
    }
    ExpressionId root = copy(definition.body.root);
    const bool sums = definition.combiner == Combiner::sum || definition.combiner == Combiner::product;
    if (sums && kind == Kind::number) root = with_error(to, root, definition.indices);
    definition.body = to.finish(root);
  }

  ExpressionId with_error(BodyBuilder& to, ExpressionId exact, std::span<const Index> indices) {
    const ExpressionId draw = to.add(Draw{key_, site_++, counter_of(indices)});
    const ExpressionId error = to.call(Scalar::multiply, to.call(Scalar::subtract, draw, to.constant(0.5)),
                                       to.constant(2 * amount_));
    // What no float holds is infinite in compiled code.
    const ExpressionId is_too_large =
        to.call(Scalar::greater, to.call(Scalar::abs, exact), to.constant(std::numeric_limits<float>::max()));
    const ExpressionId held = to.select(is_too_large, to.constant(INFINITY), exact);
    return to.call(Scalar::multiply, held, to.call(Scalar::add, error, to.constant(1)));
  }

  const Graph& before_;
  double amount_;
  Graph after_;
  ValueId key_{};
  std::uint32_t site_ = 0;
};

}  // namespace

Graph shaken(const Graph& graph, double amount) {
  return Shaker(graph, amount).run();
}

}  // namespace dlc::tests
