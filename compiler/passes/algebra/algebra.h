#pragma once

#include <optional>
#include <span>

#include "compiler/passes/algebra/body.h"

namespace dlc::passes {

/// Adds expressions in a simpler form. Every rule holds for all values, infinities and NaN among them, up to
/// rounding and the sign of zero; a sum or product of constants is computed in double precision.
class Algebra {
 public:
  /// `graph` holds what the body reads. stop_gradient is the identity from `differentiated` on.
  Algebra(BodyBuilder& into, std::span<const Index> indices, const Graph& graph, bool differentiated)
      : into_(into), indices_(indices), graph_(graph), differentiated_(differentiated) {}

  /// The operands are ids of the maker, simple already.
  ExpressionId add(const Expression& expression);

 private:
  ExpressionId add_read(const Read& read);
  ExpressionId add_select(const Select& select);
  ExpressionId add_call(const Call& call);
  ExpressionId call(Scalar function, ExpressionId a, ExpressionId b) { return add(Call{function, a, b}); }
  ExpressionId call(Scalar function, ExpressionId a) { return add(Call{function, a, a}); }

  std::optional<ExpressionId> folded(const Call& call);
  std::optional<ExpressionId> of_positions(const Call& call);
  std::optional<ExpressionId> of_compared_positions(Scalar comparison, const Position& difference);
  std::optional<ExpressionId> of_sums(const Call& call);
  std::optional<ExpressionId> of_products(const Call& call);
  std::optional<ExpressionId> of_powers(const Call& call);
  std::optional<ExpressionId> of_conditions(const Call& call);
  std::optional<ExpressionId> of_others(const Call& call);

  std::optional<double> number(ExpressionId id) const;
  std::optional<Position> position(ExpressionId id) const;
  /// By value: what is built next may move all expressions.
  std::optional<Call> call_of(ExpressionId id, Scalar function) const;
  bool is_finite(ExpressionId id) const;

  BodyBuilder& into_;
  std::span<const Index> indices_;
  const Graph& graph_;
  bool differentiated_;
};

/// The position in normal form; a quotient or remainder of one index that runs over few values is written
/// without it where that is possible: for i < 2, (i + 1) // 2 is i.
Position straightened(const Position& position, std::span<const Index> indices);

/// The whole body, simplified.
Body simplified(const Body& body, std::span<const Index> indices, const Graph& graph, bool differentiated);

}  // namespace dlc::passes
