// A gradient is written in terms of what its function read. Where the function's result tells the same,
// reading the result instead leaves the argument with one reader, and it need not be stored:
//
//   a[i] = c[i] + b[i]                           a[i] = c[i] + b[i]           (now read by r alone)
//   r[i] = maximum(a[i], 0)                      r[i] = maximum(a[i], 0)
//   da[i] = select(a[i] > 0, dr[i], 0)           da[i] = select(r[i] > 0, dr[i], 0)
//
// maximum(a, c) > c says a > c for every a, NaN too. Expressions are recognised up to where they are read:
// the pattern's indices are bound to positions over the reader's indices.

#include "compiler/passes/reuse.h"

#include <algorithm>
#include <utility>

#include "compiler/passes/algebra/body.h"
#include "compiler/passes/algebra/borders.h"
#include "compiler/passes/runner/rewriter.h"

namespace dlc {

using namespace passes;

namespace {

constexpr double worth_storing = 8;  // additions: a division, and all that is dearer

/// An expression over the indices of an element-wise definition: its whole body, or the argument of its
/// maximum or minimum.
struct Pattern {
  ValueId stored{};
  Body body;                         // the root is the expression
  std::optional<Scalar> comparison;  // of an argument: greater or less …
  double bound = 0;                  // … than this
};

using Binding = std::vector<std::optional<Position>>;

/// Pairs the positions of two expressions of one form; where the pattern's position is an index (plus a
/// number), that index is bound.
void bind(const Position& pattern, const Position& target, Binding& binding) {
  if (pattern.terms.size() != 1 || pattern.terms.front().coefficient != 1) return;
  const auto* index = std::get_if<IndexId>(&pattern.terms.front().what);
  if (index == nullptr || binding[number_of(*index)]) return;
  binding[number_of(*index)] = target - position_of(pattern.constant);
}

bool bind(const Body& pattern, ExpressionId p, const Body& target, ExpressionId t, Binding& binding) {
  if (pattern[p].index() != target[t].index()) return false;
  if (const auto* read = std::get_if<Read>(&pattern[p])) {
    const auto& other = std::get<Read>(target[t]);
    if (read->tensor != other.tensor) return false;
    for (std::size_t d = 0; d < read->window.size(); ++d) bind(read->window[d], other.window[d], binding);
  } else if (const auto* value = std::get_if<PositionValue>(&pattern[p])) {
    bind(value->position, std::get<PositionValue>(target[t]).position, binding);
  } else if (const auto* call = std::get_if<Call>(&pattern[p])) {
    if (call->function != std::get<Call>(target[t]).function) return false;
  }
  const std::vector<ExpressionId> below = operands_of(pattern[p]);
  const std::vector<ExpressionId> other = operands_of(target[t]);
  if (below.size() != other.size()) return false;
  for (std::size_t i = 0; i < below.size(); ++i) {
    if (!bind(pattern, below[i], target, other[i], binding)) return false;
  }
  return true;
}

/// Where the stored value must be read to give the target's expression.
std::optional<Window> matched(const Pattern& pattern, std::size_t rank, const Body& target, ExpressionId at,
                              std::span<const Index> indices) {
  Binding binding(rank);
  if (!bind(pattern.body, pattern.body.root, target, at, binding)) return std::nullopt;
  Window window;
  for (const std::optional<Position>& position : binding) {
    if (!position) return std::nullopt;
    window.push_back(normalized(*position, indices));
  }
  BodyBuilder maker;
  const auto keep = [&](const Expression& expression) { return maker.add(expression); };
  const Body found = maker.finish(rebuilt(target, at, keep));
  return same(substituted(pattern.body, window, indices), found) ? std::optional(window) : std::nullopt;
}

Body part_of(const Body& body, ExpressionId root) {
  BodyBuilder maker;
  return maker.finish(
      rebuilt(body, root, [&](const Expression& expression) { return maker.add(expression); }));
}

class Reuse {
 public:
  Reuse(const Graph& before, Remarks& remarks) : after_(before), remarks_(remarks) {}

  Graph run() {
    for (const ValueId id : after_.in_order()) {
      Value value = after_.renamed(id);
      const bool is_definition = std::holds_alternative<Definition>(value.node);
      if (is_definition) read_what_is_stored(value);
      const ValueId kept = after_.keep(id, std::move(value));
      if (is_definition) remember(kept);
    }
    return std::move(after_).finish();
  }

 private:
  void remember(ValueId id) {
    const auto& definition = std::get<Definition>(after_.after()[id].node);
    if (!is_elementwise(definition)) return;
    const Body& body = definition.body;
    if (cost(body, body.root) >= worth_storing) patterns_.push_back({id, body, std::nullopt, 0});
    const auto* call = std::get_if<Call>(&body[body.root]);
    if (call == nullptr) return;
    const bool is_maximum = call->function == Scalar::maximum;
    if (!is_maximum && call->function != Scalar::minimum) return;
    const auto* bound = std::get_if<Constant>(&body[call->b]);
    if (bound == nullptr) return;
    const Scalar comparison = is_maximum ? Scalar::greater : Scalar::less;
    patterns_.push_back({id, part_of(body, call->a), comparison, bound->value});
  }

  void read_what_is_stored(Value& value) {
    auto& definition = std::get<Definition>(value.node);
    const Body old = definition.body;
    BodyBuilder maker;
    const ExpressionId root = rebuilt(old, old.root, [&](const Expression& expression) {
      const ExpressionId id = maker.add(expression);
      const auto found = stored(maker.unfinished(), id, definition.indices, value.name);
      if (!found) return id;
      if (!found->second) return maker.add(found->first);
      const auto& comparison = std::get<Call>(expression);
      return maker.call(comparison.function, maker.add(found->first), comparison.b);
    });
    definition.body = maker.finish(root);
  }

  /// The read that stands for the expression, or (second) for the left side of a comparison.
  std::optional<std::pair<Read, bool>> stored(const Body& body, ExpressionId id,
                                              std::span<const Index> indices, const std::string& reader) {
    const auto* call = std::get_if<Call>(&body[id]);
    for (const Pattern& pattern : patterns_) {
      if (pattern.comparison && (call == nullptr || call->function != *pattern.comparison ||
                                 !is_constant(body[call->b], pattern.bound))) {
        continue;
      }
      const Value& source = after_.after()[pattern.stored];
      const ExpressionId at = pattern.comparison ? call->a : id;
      const auto window = matched(pattern, source.type.shape.size(), body, at, indices);
      if (!window || !stays_inside(*window, indices, source.type.shape)) continue;
      remarks_.add(remark::reused, {reader, source.name});
      return std::pair(Read{pattern.stored, *window, std::nullopt}, pattern.comparison.has_value());
    }
    return std::nullopt;
  }

  Rewriter after_;
  Remarks& remarks_;
  std::vector<Pattern> patterns_;
};

}  // namespace

Graph reuse(const Graph& before, Remarks& remarks) {
  return Reuse(before, remarks).run();
}

}  // namespace dlc
