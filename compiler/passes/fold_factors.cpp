// A normalisation whose figures do not depend on the batch scales each column of the contraction before it:
//
//   y[n, j] = sum[k] x[n, k] * w[k, j]          z[n, j] = (y[n, j] - m[j]) * s[j] + b[j]
//
// is a contraction with scaled weights and another bias,
//
//   v[k, j] = w[k, j] * s[j]                    z[n, j] = sum[k] x[n, k] * v[k, j] + ((0 - m[j]) * s[j] +
//   b[j])
//
// so that the factor costs as much as there are weights, not as there are results. What is added is found by
// putting 0 in place of y: the reader is linear in y there. `invariants` then computes it once for all n.

#include "compiler/passes/fold_factors.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "compiler/passes/algebra/body.h"
#include "compiler/passes/runner/rewriter.h"

namespace dlc {

using namespace passes;

namespace {

constexpr std::int64_t least_gain = 4;  // results for each element of the operand

/// An operand of the contraction, and for each index of the result the dimension of the operand that it alone
/// runs through, if there is one.
struct Column {
  const Read* operand = nullptr;
  std::vector<std::optional<std::size_t>> dimension;
};

Column column_of(const Definition& contraction, const Read& operand, const Graph& graph) {
  Column column{&operand, {}};
  const Shape& shape = graph[operand.tensor].type.shape;
  for (std::size_t i = 0; i < contraction.write.size(); ++i) {
    const Position alone = position_of(static_cast<IndexId>(i));
    std::optional<std::size_t> found;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (operand.window[d] == alone && shape[d] == contraction.indices[i].extent) found = d;
    }
    column.dimension.push_back(found);
  }
  return column;
}

/// The part of a reader's body that is factor * read + rest.
class Linear {
 public:
  Linear(const Body& body, ExpressionId read, const std::vector<bool>& allowed)
      : body_(body), read_(read), allowed_(allowed) {}

  /// The largest part, from this expression down, that is linear in the read with a factor over allowed
  /// indices; none if that factor is a constant.
  std::optional<ExpressionId> largest(ExpressionId id) {
    if (!contains(id) || id == read_) return std::nullopt;
    if (factor(id)) return has_index_ ? std::optional(id) : std::nullopt;
    for (const ExpressionId operand : operands_of(body_[id])) {
      if (const auto found = largest(operand)) return found;
    }
    return std::nullopt;
  }

  /// Makes the factor of `id` in the builder.
  ExpressionId made(ExpressionId id, BodyBuilder& maker, BodyCopy& copy) const {
    if (id == read_) return maker.constant(1);
    const Call& call = std::get<Call>(body_[id]);
    const auto part = [&](ExpressionId of) {
      return contains(of) ? made(of, maker, copy) : maker.constant(0);
    };
    switch (call.function) {
      case Scalar::negate: return maker.call(Scalar::negate, part(call.a));
      case Scalar::add:
      case Scalar::subtract: return maker.call(call.function, part(call.a), part(call.b));
      case Scalar::multiply:
        return contains(call.a) ? maker.call(Scalar::multiply, part(call.a), copy(call.b))
                                : maker.call(Scalar::multiply, copy(call.a), part(call.b));
      default: return maker.call(Scalar::divide, part(call.a), copy(call.b));
    }
  }

 private:
  bool contains(ExpressionId id) const {
    const auto known = contains_.find(id);
    if (known != contains_.end()) return known->second;
    const std::vector<ExpressionId> operands = operands_of(body_[id]);
    const bool found = id == read_ || std::any_of(operands.begin(), operands.end(),
                                                  [&](ExpressionId operand) { return contains(operand); });
    contains_[id] = found;
    return found;
  }

  /// Is it linear in the read? Notes whether an index is in the factor.
  bool factor(ExpressionId id) {
    has_index_ = false;
    return is_linear(id);
  }

  bool is_linear(ExpressionId id) {
    if (id == read_ || !contains(id)) return true;
    const Call* call = std::get_if<Call>(&body_[id]);
    if (call == nullptr) return false;
    switch (call->function) {
      case Scalar::negate: return is_linear(call->a);
      case Scalar::add:
      case Scalar::subtract: return is_linear(call->a) && is_linear(call->b);
      case Scalar::multiply:
        if (contains(call->a)) return scales(call->b) && is_linear(call->a);
        return scales(call->a) && is_linear(call->b);
      case Scalar::divide: return scales(call->b) && is_linear(call->a);
      default: return false;
    }
  }

  bool scales(ExpressionId by) {
    if (contains(by)) return false;
    for (std::size_t i = 0; i < allowed_.size(); ++i) {
      if (!depends_on(body_, by, static_cast<IndexId>(i))) continue;
      if (!allowed_[i]) return false;
      has_index_ = true;
    }
    return true;
  }

  const Body& body_;
  ExpressionId read_;
  std::vector<bool> allowed_;
  bool has_index_ = false;
  mutable std::map<ExpressionId, bool> contains_;
};

class Folding {
 public:
  Folding(Rewriter& after, const Readers& readers, Remarks& remarks)
      : after_(after), readers_(readers), remarks_(remarks) {}

  /// Folds into each contraction that this definition alone reads, one after the other.
  void fold_into(ValueId old, Value& value) {
    const auto& before = std::get<Definition>(after_.before()[old].node);
    for (const Expression& expression : before.body.expressions) {
      const auto* read = std::get_if<Read>(&expression);
      if (read == nullptr || readers_.kept_whole[number_of(read->tensor)]) continue;
      const std::vector<ValueId>& its = readers_.of[number_of(read->tensor)];
      if (std::any_of(its.begin(), its.end(), [&](ValueId reader) { return reader != old; })) continue;
      if (after_.has(read->tensor)) fold(value, after_.now(read->tensor));
    }
  }

 private:
  void fold(Value& value, ValueId tensor) {
    auto& reader = std::get<Definition>(value.node);
    const auto* contraction = std::get_if<Definition>(&after_.after()[tensor].node);
    if (contraction == nullptr || !is_contraction(*contraction)) return;
    if (!writes_each_element(*contraction, after_.after()[tensor].type.shape)) return;
    const std::optional<ExpressionId> read = only_read(reader, tensor);
    if (!read) return;
    const Call product = std::get<Call>(contraction->body[contraction->body.root]);
    for (const ExpressionId operand : {product.a, product.b}) {
      const Column column =
          column_of(*contraction, std::get<Read>(contraction->body[operand]), after_.after());
      if (count(after_.after()[column.operand->tensor].type.shape) * least_gain >
          count(after_.after()[tensor].type.shape))
        continue;
      std::vector<bool> allowed;
      for (const std::optional<std::size_t>& dimension : column.dimension)
        allowed.push_back(dimension.has_value());
      Linear linear(reader.body, *read, allowed);
      const std::optional<ExpressionId> part = linear.largest(reader.body.root);
      if (!part) continue;
      const ValueId scaled = scaled_contraction(value, linear, *part, tensor, operand, column);
      replace(reader, *part, *read, scaled);
      return;
    }
  }

  /// The read of the tensor at the reader's own indices, if it reads no other place of it.
  static std::optional<ExpressionId> only_read(const Definition& reader, ValueId tensor) {
    std::optional<ExpressionId> found;
    for (std::size_t e = 0; e < reader.body.expressions.size(); ++e) {
      const auto* read = std::get_if<Read>(&reader.body.expressions[e]);
      if (read == nullptr || read->tensor != tensor) continue;
      if (found || read->otherwise || read->window != identity_window(reader.indices.size()))
        return std::nullopt;
      found = static_cast<ExpressionId>(e);
    }
    return found;
  }

  /// Adds the scaled operand, and the contraction that reads it.
  ValueId scaled_contraction(const Value& value, const Linear& linear, ExpressionId part, ValueId tensor,
                             ExpressionId operand, const Column& column) {
    const Body& body = std::get<Definition>(value.node).body;
    const ValueId unscaled = column.operand->tensor;
    Value scaled = after_.after()[tensor];
    Value weights{after_.after()[unscaled].name + "_scaled", after_.after()[unscaled].type, Definition{},
                  value.places};
    auto& definition = std::get<Definition>(weights.node);
    for (std::size_t d = 0; d < weights.type.shape.size(); ++d)
      definition.indices.push_back({"m" + std::to_string(d), weights.type.shape[d]});
    definition.write = identity_window(definition.indices.size());
    std::vector<Position> replacement;
    for (const std::optional<std::size_t>& dimension : column.dimension)
      replacement.push_back(position_of(static_cast<IndexId>(dimension.value_or(0))));
    BodyBuilder maker;
    BodyCopy copy(body, maker, replacement, definition.indices);
    const ExpressionId factor = linear.made(part, maker, copy);
    const ExpressionId plain = maker.read(unscaled, identity_window(definition.indices.size()));
    definition.body = maker.finish(maker.call(Scalar::multiply, plain, factor));
    const ValueId weights_id = after_.add(std::move(weights));
    remarks_.add(remark::folded, {scaled.name, after_.after()[weights_id].name});
    auto& sum = std::get<Definition>(scaled.node);
    std::get<Read>(sum.body.expressions[static_cast<std::size_t>(operand)]).tensor = weights_id;
    return after_.add(std::move(scaled));
  }

  /// `part` becomes the scaled contraction plus what the part is for 0.
  static void replace(Definition& reader, ExpressionId part, ExpressionId read, ValueId scaled) {
    BodyBuilder maker;
    BodyCopy rest(reader.body, maker);
    rest.stands_for(read, maker.constant(0));
    const ExpressionId sum =
        maker.call(Scalar::add, maker.read(scaled, identity_window(reader.indices.size())), rest(part));
    BodyCopy copy(reader.body, maker);
    copy.stands_for(part, sum);
    reader.body = maker.finish(copy(reader.body.root));
  }

  Rewriter& after_;
  const Readers& readers_;
  Remarks& remarks_;
};

}  // namespace

Graph fold_factors(const Graph& before, Remarks& remarks) {
  Rewriter after(before);
  const Readers readers_before = readers(before);
  Folding folding(after, readers_before, remarks);
  for (const ValueId id : after.in_order()) {
    Value value = after.renamed(id);
    const auto* definition = std::get_if<Definition>(&value.node);
    if (definition != nullptr && is_elementwise(*definition)) folding.fold_into(id, value);
    after.keep(id, std::move(value));
  }
  return std::move(after).finish();
}

}  // namespace dlc
