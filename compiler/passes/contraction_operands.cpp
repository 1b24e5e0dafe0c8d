// sum[k] maximum(x[n, i + k], 0) * w[k, j]    reads each element of x many times. Its maximum is stored once
// for each position that is read,
//
//   p[a, b] = maximum(x[a, b], 0)             y[n, i, j] = sum[k] p[n, i + k] * w[k, j]
//
// which costs a trip to memory and saves the schedule of contractions. The indices of the stored operand are
// the different positions at which the factors read; so a window is stored once, not once for each of its
// places.

#include "compiler/passes/contraction_operands.h"

#include <algorithm>
#include <utility>

#include "compiler/passes/algebra/borders.h"
#include "compiler/passes/algebra/factors.h"
#include "compiler/passes/algebra/sums.h"
#include "compiler/passes/runner/rewriter.h"

namespace dlc {

using namespace passes;

namespace {

constexpr std::int64_t least_reuse = 4;  // how often an element of a stored operand is to be read

using Group = std::vector<Factor>;

bool includes(const std::vector<bool>& a, const std::vector<bool>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (b[i] && !a[i]) return false;
  }
  return true;
}

/// The factors in two groups such that neither depends on all that the other does; empty if there are no two.
std::vector<Group> two_groups(const Definition& sum, const Product& product) {
  std::vector<std::vector<bool>> sets;
  for (const Factor& factor : product.factors) {
    sets.push_back(dependencies(sum.body, factor.what, sum.indices.size()));
  }
  std::vector<std::vector<bool>> largest;
  for (const auto& set : sets) {
    const bool is_largest = std::none_of(
        sets.begin(), sets.end(), [&](const auto& other) { return other != set && includes(other, set); });
    if (is_largest && std::find(largest.begin(), largest.end(), set) == largest.end()) largest.push_back(set);
  }
  if (largest.size() != 2) return {};
  std::vector<Group> groups(2);
  for (std::size_t f = 0; f < sets.size(); ++f) {
    groups[includes(largest[0], sets[f]) ? 0 : 1].push_back(product.factors[f]);
  }
  const auto has_condition = [](const Group& group) {
    return std::any_of(group.begin(), group.end(), is_condition);
  };
  const auto is_unsafe = [&](const Group& group) {
    return std::any_of(group.begin(), group.end(),
                       [&](const Factor& factor) { return may_be_infinite(sum.body, factor); });
  };
  for (const std::size_t g : {0U, 1U}) {
    if (has_condition(groups[g]) && is_unsafe(groups[1 - g])) return {};
  }
  return groups;
}

bool is_plain(const Definition& sum, const Group& group) {
  return group.size() == 1 && group.front().how == Factor::How::times &&
         std::holds_alternative<Read>(sum.body[group.front().what]);
}

/// The positions at which a group reads, each once, with the extent of the dimension there.
struct Positions {
  Window window;
  Shape shape;

  bool add(const Position& position, std::int64_t extent) {
    const auto found = std::find(window.begin(), window.end(), position);
    if (found != window.end()) return shape[static_cast<std::size_t>(found - window.begin())] == extent;
    window.push_back(position);
    shape.push_back(extent);
    return true;
  }

  Position place_of(const Position& position) const {
    if (position.terms.empty()) return position;
    const auto found = std::find(window.begin(), window.end(), position);
    return position_of(static_cast<IndexId>(found - window.begin()));
  }
};

/// None if the group uses its indices otherwise than to read inside.
std::optional<Positions> positions_of(const Body& body, std::span<const Index> indices, const Graph& graph) {
  Positions result;
  for (const Expression& expression : body.expressions) {
    if (std::holds_alternative<PositionValue>(expression) || std::holds_alternative<Draw>(expression))
      return std::nullopt;
    const auto* read = std::get_if<Read>(&expression);
    if (read == nullptr) continue;
    const Shape& shape = graph[read->tensor].type.shape;
    if (read->otherwise || !stays_inside(read->window, indices, shape) || !is_affine(read->window))
      return std::nullopt;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      const Position& position = read->window[d];
      if (!position.terms.empty() && !result.add(position, shape[d])) return std::nullopt;
    }
  }
  return result;
}

Body body_of(const Definition& sum, const Group& group) {
  BodyBuilder maker;
  const auto moved = [&](ExpressionId id) {
    return rebuilt(sum.body, id, [&](const Expression& expression) { return maker.add(expression); });
  };
  return maker.finish(multiplied(Product{1, group}, maker, moved));
}

/// Stores the group; gives the read that stands for it.
std::optional<Read> stored(const Value& value, const Group& group, Rewriter& after) {
  const auto& sum = std::get<Definition>(value.node);
  const Body body = body_of(sum, group);
  const std::optional<Positions> positions = positions_of(body, sum.indices, after.after());
  if (!positions || count(positions->shape) * least_reuse > evaluations(sum)) return std::nullopt;
  Value operand{value.name + "_operand", Type{}, Definition{}, value.places};
  operand.type.shape = positions->shape;
  auto& definition = std::get<Definition>(operand.node);
  for (std::size_t d = 0; d < positions->shape.size(); ++d) {
    definition.indices.push_back({"m" + std::to_string(d), positions->shape[d]});
  }
  definition.write = identity_window(positions->shape.size());
  BodyBuilder maker;
  definition.body = maker.finish(rebuilt(body, body.root, [&](Expression expression) {
    if (auto* read = std::get_if<Read>(&expression)) {
      for (Position& position : read->window) position = positions->place_of(position);
    }
    return maker.add(expression);
  }));
  return Read{after.add(std::move(operand)), positions->window, std::nullopt};
}

void store_operands(Value& value, Rewriter& after, Remarks& remarks) {
  auto& sum = std::get<Definition>(value.node);
  const Product product = product_of(sum.body, sum.body.root);
  const std::vector<Group> groups = two_groups(sum, product);
  if (groups.empty() || product.scale != 1 || (is_plain(sum, groups[0]) && is_plain(sum, groups[1]))) return;
  BodyBuilder maker;
  std::vector<ExpressionId> operands;
  for (const Group& group : groups) {
    if (is_plain(sum, group)) {
      operands.push_back(rebuilt(sum.body, group.front().what,
                                 [&](const Expression& expression) { return maker.add(expression); }));
      continue;
    }
    const std::optional<Read> read = stored(value, group, after);
    if (!read) return;
    remarks.add(remark::operand, {value.name, after.after()[read->tensor].name});
    operands.push_back(maker.add(*read));
  }
  sum.body = maker.finish(maker.call(Scalar::multiply, operands[0], operands[1]));
}

}  // namespace

Graph contraction_operands(const Graph& before, Remarks& remarks) {
  Rewriter after(before);
  for (const ValueId id : after.in_order()) {
    Value value = after.renamed(id);
    const auto* definition = std::get_if<Definition>(&value.node);
    if (definition != nullptr && definition->combiner == Combiner::sum && value.type.kind == Kind::number) {
      store_operands(value, after, remarks);
    }
    after.keep(id, std::move(value));
  }
  return std::move(after).finish();
}

}  // namespace dlc
