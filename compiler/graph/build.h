#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "compiler/graph/graph.h"

namespace dlc {

/// Makes a body, operands first. Equal expressions stand in it once, and what is obviously simpler is written
/// so at once: constants are computed, x + 0 and x * 1 are x, x * (1 / y) is x / y. Only laws that hold for ∞
/// and what is no number are used: x * 0 stays.
class BodyBuilder {
 public:
  ExpressionId constant(double value, Kind kind = Kind::number) { return add(Constant{value, kind}); }
  ExpressionId position(Position position);
  ExpressionId read(ValueId tensor, Window window, std::optional<ExpressionId> otherwise = std::nullopt) {
    return add(Read{tensor, std::move(window), otherwise});
  }
  ExpressionId call(Scalar function, ExpressionId a, ExpressionId b);
  ExpressionId call(Scalar function, ExpressionId a) { return call(function, a, a); }
  ExpressionId select(ExpressionId condition, ExpressionId a, ExpressionId b);

  /// An expression whose operands are of this builder.
  ExpressionId add(const Expression& expression);

  const Expression& operator[](ExpressionId id) const { return body_[id]; }
  std::optional<double> constant_value(ExpressionId id) const;

  /// All that was added, in order; the root means nothing yet.
  const Body& unfinished() const { return body_; }

  /// What the root needs.
  Body finish(ExpressionId root) const;

 private:
  bool is(ExpressionId id, double value) const { return constant_value(id) == value; }
  /// By value: what is built next may move all expressions.
  std::optional<Call> call_of(ExpressionId id, Scalar function) const;
  std::optional<ExpressionId> simpler(Scalar function, ExpressionId a, ExpressionId b);
  std::optional<ExpressionId> simpler_sum(Scalar function, ExpressionId a, ExpressionId b);
  std::optional<ExpressionId> simpler_product(ExpressionId a, ExpressionId b);
  std::optional<ExpressionId> simpler_quotient(ExpressionId a, ExpressionId b);
  std::optional<ExpressionId> simpler_logic(Scalar function, ExpressionId a, ExpressionId b);

  Body body_;
};

/// Copies expressions of one body into a builder, each once, with the indices replaced by positions over
/// `new_indices` (one for each old index; none: indices stay as they are). All that is given must live as
/// long as this.
class BodyCopy {
 public:
  BodyCopy(const Body& from, BodyBuilder& to) : from_(from), to_(to) {}
  BodyCopy(const Body& from, BodyBuilder& to, std::span<const Position> replacement,
           std::span<const Index> new_indices)
      : from_(from), to_(to), replacement_(replacement), new_indices_(new_indices) {}

  ExpressionId operator()(ExpressionId id);

  /// From now on `id` is copied as this expression of the builder.
  void stands_for(ExpressionId id, ExpressionId copy) { copies_[id] = copy; }

 private:
  Expression renewed(const Expression& expression);

  const Body& from_;
  BodyBuilder& to_;
  std::optional<std::span<const Position>> replacement_;
  std::span<const Index> new_indices_;
  std::map<ExpressionId, ExpressionId> copies_;
};

/// Index k as position k, for so many indices: the window that reads or writes a whole tensor.
Window identity_window(std::size_t dimensions);

}  // namespace dlc
