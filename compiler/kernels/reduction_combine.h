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

  /// Registers of an accumulator.
  std::size_t width() const { return has_position() ? 2 : 1; }
  Kind kind() const { return kind_; }
  bool has_position() const { return combiner_ == Combiner::argmax || combiner_ == Combiner::argmin; }

 private:
  Scalar function() const;

  LoopsBuilder& builder_;
  Combiner combiner_;
  Kind kind_;  // of the value
};

/// The roots of a kernel side by side: their accumulators one behind the other.
class JointCombining {
 public:
  JointCombining(LoopsBuilder& builder, const KernelSource& source);

  Accumulator neutral(std::uint32_t lanes) const;
  Accumulator combined(std::span<const RegisterId> accumulator, std::span<const RegisterId> more) const;
  Accumulator chosen(RegisterId condition, std::span<const RegisterId> a,
                     std::span<const RegisterId> b) const;
  Accumulator folded(std::span<const RegisterId> accumulator) const;
  /// What each root gives.
  std::vector<RegisterId> results(std::span<const RegisterId> accumulator) const;

  const std::vector<Combining>& roots() const { return roots_; }

 private:
  /// What `one` gives for each root's part of the accumulators, one behind the other.
  template <class One>
  Accumulator for_each_root(const One& one) const;

  std::vector<Combining> roots_;
};

}  // namespace dlc
