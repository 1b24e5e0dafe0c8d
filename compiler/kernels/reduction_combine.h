#pragma once

#include <vector>

#include "compiler/kernels/lower/nest.h"

namespace dlc {

/// What a combiner keeps while it runs: the value, and for argmax and argmin the position behind it.
using Accumulator = std::vector<RegisterId>;

/// The operations of one combiner on accumulators of any lanes. Of several equal extremes the one combined
/// first stays.
class Combining {
 public:
  Combining(LoopsBuilder& builder, Combiner combiner, Kind kind)
      : builder_(builder), combiner_(combiner), kind_(kind) {}

  Accumulator neutral(std::uint32_t lanes) const;
  Accumulator combined(std::span<const RegisterId> accumulator, std::span<const RegisterId> more) const;
  /// Where the condition holds the first, else the second.
  Accumulator chosen(RegisterId condition, std::span<const RegisterId> a,
                     std::span<const RegisterId> b) const;
  /// All lanes into one. The lower position wins among equals.
  Accumulator folded(std::span<const RegisterId> accumulator) const;
  /// What the definition gives: the value or the position.
  RegisterId result(std::span<const RegisterId> accumulator) const { return accumulator.back(); }

  bool has_position() const { return combiner_ == Combiner::argmax || combiner_ == Combiner::argmin; }

 private:
  Scalar function() const;

  LoopsBuilder& builder_;
  Combiner combiner_;
  Kind kind_;  // of the value
};

}  // namespace dlc
