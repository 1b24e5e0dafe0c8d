// The channel f of a convolution in groups belongs to group f // 3. With f = 3*g + h, h < 3, all positions
// are affine again:
//
//   y[i, f] = sum[k] x[i, 2*(f // 3) + k] * w[k, f]
//   y_split[i, g, h] = sum[k] x[i, 2*g + k] * w[k, 3*g + h]         y = view y_split
//
// for (g, h) in row-major order is f. So are the phases of a stride: dx[2*p + q] = … is a view of dx_split[p,
// q] = … if there are as many.

#include "compiler/passes/split.h"

#include <algorithm>
#include <utility>

#include "compiler/passes/algebra/algebra.h"
#include "compiler/passes/algebra/factors.h"
#include "compiler/passes/algebra/sums.h"
#include "compiler/passes/runner/rewriter.h"

namespace dlc {

using namespace passes;

namespace {

/// The divisor by which an index is divided alone, in this position or in one inside it.
std::optional<std::int64_t> divisor_in(const Position& position, IndexId index) {
  for (const Term& term : position.terms) {
    const auto look = [&](const auto& divided) -> std::optional<std::int64_t> {
      if (divided.of.front() == position_of(index)) return divided.divisor;
      return divisor_in(divided.of.front(), index);
    };
    std::optional<std::int64_t> found;
    if (const auto* whole = std::get_if<Quotient>(&term.what)) found = look(*whole);
    if (const auto* part = std::get_if<Remainder>(&term.what)) found = look(*part);
    if (found) return found;
  }
  return std::nullopt;
}

std::optional<std::int64_t> divisor_in(const Body& body, IndexId index) {
  for (const Expression& expression : body.expressions) {
    const auto* read = std::get_if<Read>(&expression);
    if (read == nullptr) continue;
    for (const Position& position : read->window) {
      if (const auto found = divisor_in(position, index)) return found;
    }
  }
  return std::nullopt;
}

bool is_product_of_two_reads(const Definition& definition) {
  const Product product = product_of(definition.body, definition.body.root);
  return definition.combiner == Combiner::sum && product.factors.size() == 2 &&
         std::all_of(product.factors.begin(), product.factors.end(), [&](const Factor& factor) {
           return factor.how == Factor::How::times &&
                  std::holds_alternative<Read>(definition.body[factor.what]);
         });
}

/// The definition with `divisor * outer + inner` in place of the index; the write follows.
Definition with_two(const Definition& definition, std::size_t index, std::int64_t divisor,
                    const Graph& graph) {
  Definition result = definition;
  const Index old = definition.indices[index];
  result.indices[index].extent = old.extent / divisor;
  const auto next = result.indices.begin() + static_cast<std::ptrdiff_t>(index) + 1;
  result.indices.insert(next, Index{old.name + "_in", divisor});
  std::vector<Position> replacement;
  for (std::size_t i = 0; i < definition.indices.size(); ++i) {
    replacement.push_back(position_of(static_cast<IndexId>(i > index ? i + 1 : i)));
  }
  replacement[index] = scaled(replacement[index], divisor) + position_of(static_cast<IndexId>(index + 1));
  const Body body = substituted(definition.body, replacement, result.indices);
  result.body = simplified(body, result.indices, graph, false);
  result.write = substitute(definition.write, replacement, result.indices);
  return result;
}

bool split_indices(Definition& definition, const Graph& graph) {
  bool changed = false;
  for (std::size_t i = 0; i < definition.indices.size(); ++i) {
    const std::optional<std::int64_t> divisor = divisor_in(definition.body, static_cast<IndexId>(i));
    const std::int64_t extent = definition.indices[i].extent;
    if (!divisor || extent % *divisor != 0 || extent == *divisor) continue;
    definition = with_two(definition, i, *divisor, graph);
    changed = true;
  }
  return changed;
}

/// The indices that make up the position as digits make up a number, the first digit first: each coefficient
/// is the product of the later extents. They count to all of 0 … extent - 1, and to less than one step of the
/// first digit before it and after it.
struct Digits {
  std::vector<std::size_t> indices;
  std::int64_t before = 0;  // how many lie before 0
};
std::optional<Digits> digits(const Position& position, std::span<const Index> indices, std::int64_t extent) {
  std::vector<std::pair<std::int64_t, std::size_t>> terms;
  for (const Term& term : position.terms) {
    const auto* index = std::get_if<IndexId>(&term.what);
    if (index == nullptr) return std::nullopt;
    terms.emplace_back(term.coefficient, number_of(*index));
  }
  std::sort(terms.begin(), terms.end());
  std::int64_t reached = 1;
  Digits result;
  for (const auto& [coefficient, index] : terms) {
    if (coefficient != reached) return std::nullopt;
    reached *= indices[index].extent;
    result.indices.insert(result.indices.begin(), index);
  }
  const std::int64_t first = terms.empty() ? 1 : terms.back().first;
  result.before = -position.constant;
  const std::int64_t after = reached - result.before - extent;
  if (result.before < 0 || result.before >= first || after < 0 || after >= first) return std::nullopt;
  return result;
}

/// The definition written at its first indices; none if its write is not made of digits.
struct SideBySide {
  Definition definition;
  Shape shape;   // of the definition
  Shape viewed;  // with the digits of each subscript together: the shape wanted, or more where the first or
                 // the last block is short
  Shape before;  // of those, how many lie in front of the shape wanted
};
std::optional<SideBySide> side_by_side(const Definition& definition, const Shape& shape, const Graph& graph) {
  std::vector<std::size_t> order;
  SideBySide result;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const auto found = digits(definition.write[d], definition.indices, shape[d]);
    if (!found) return std::nullopt;
    result.viewed.push_back(1);
    result.before.push_back(found->before);
    for (const std::size_t index : found->indices) {
      if (std::find(order.begin(), order.end(), index) != order.end()) return std::nullopt;
      order.push_back(index);
      result.viewed.back() *= definition.indices[index].extent;
    }
  }
  for (const std::size_t index : order) result.shape.push_back(definition.indices[index].extent);
  for (std::size_t i = 0; i < definition.indices.size(); ++i) {
    if (std::find(order.begin(), order.end(), i) == order.end()) order.push_back(i);
  }
  std::vector<Position> replacement(order.size());
  for (const std::size_t index : order) {
    replacement[index] = position_of(static_cast<IndexId>(result.definition.indices.size()));
    result.definition.indices.push_back(definition.indices[index]);
  }
  result.definition.write = identity_window(result.shape.size());
  result.definition.combiner = definition.combiner;
  const Body body = substituted(definition.body, replacement, result.definition.indices);
  result.definition.body = simplified(body, result.definition.indices, graph, false);
  return result;
}

/// The tensor without what lies before and beyond the shape.
Definition cut_out(ValueId tensor, const Shape& before, const Shape& shape) {
  Definition result;
  Window read;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    result.indices.push_back({"m" + std::to_string(d), shape[d]});
    read.push_back(position_of(static_cast<IndexId>(d)) + position_of(before[d]));
  }
  result.write = identity_window(shape.size());
  BodyBuilder body;
  result.body = body.finish(body.read(tensor, read));
  return result;
}

/// A definition that is no contraction keeps its indices: reading at a quotient costs a sweep little.
void split_value(Value& value, Rewriter& after, Remarks& remarks) {
  Definition definition = std::get<Definition>(value.node);
  if (!is_product_of_two_reads(definition)) return;
  const bool changed = split_indices(definition, after.after());
  if (writes_each_element(definition, value.type.shape)) {
    if (changed) value.node = std::move(definition);  // reduced indices alone
    return;
  }
  auto found = side_by_side(definition, value.type.shape, after.after());
  if (!found) return;
  remarks.add(remark::split, {value.name});
  Value inner = value;
  inner.name += "_split";
  inner.type.shape = found->shape;
  inner.node = std::move(found->definition);
  const ValueId stored = after.add(std::move(inner));
  if (found->viewed == value.type.shape) {
    value.node = View{stored};
    return;
  }
  Value whole{value.name + "_whole", value.type, View{stored}, value.places};
  whole.type.shape = found->viewed;
  value.node = cut_out(after.add(std::move(whole)), found->before, value.type.shape);
}

}  // namespace

Graph split(const Graph& before, Remarks& remarks) {
  Rewriter after(before);
  for (const ValueId id : after.in_order()) {
    Value value = after.renamed(id);
    if (std::holds_alternative<Definition>(value.node)) split_value(value, after, remarks);
    after.keep(id, std::move(value));
  }
  return std::move(after).finish();
}

}  // namespace dlc
