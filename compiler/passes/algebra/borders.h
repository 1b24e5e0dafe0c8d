#pragma once

#include <optional>
#include <span>

#include "compiler/passes/algebra/body.h"

namespace dlc::passes {

/// A body carried to other indices: index k of `from` becomes `replacement[k]`, a position over `to`. Where
/// `test[k]` holds, the position may leave 0 … extent − 1 of its old index, and the whole is then zero (0, or
/// false).
struct Move {
  std::span<const Index> from;
  std::span<const Position> replacement;
  std::vector<bool> test;
  std::span<const Index> to;
};

/// Adds the moved expression to `into`. The tests are left to the borders of the reads wherever a read that
/// makes the whole zero leaves its tensor exactly when the index leaves its range; only what remains becomes
/// a `select`. Reads of which it is not proved that they stay inside get an `else 0`. None if a lookup's
/// subscripts might leave.
std::optional<ExpressionId> moved_or_zero(const Body& body, ExpressionId root, const Move& move,
                                          const Graph& graph, BodyBuilder& into);

/// The same, but with `otherwise`, an expression of `into`, in place of zero.
std::optional<ExpressionId> moved_or(const Body& body, ExpressionId root, const Move& move,
                                     ExpressionId otherwise, const Graph& graph, BodyBuilder& into);

/// 0 <= index k's replacement < extent for all k that are tested; none if nothing is tested.
std::optional<ExpressionId> condition_of(const Move& move, BodyBuilder& into);

/// Are all positions proved by their ranges to be inside?
bool stays_inside(const Window& window, std::span<const Index> indices, const Shape& shape);

/// Are the subscripts of all lookups in the expression proved to be inside?
bool lookups_stay_inside(const Expression& expression, std::span<const Index> indices, const Graph& graph);

}  // namespace dlc::passes
