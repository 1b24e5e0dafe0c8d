#include "compiler/kernels/reduction_combine.h"

#include <cassert>
#include <limits>

namespace dlc {

namespace {

constexpr double largest_integer = std::numeric_limits<std::int32_t>::max();
constexpr double least_integer = std::numeric_limits<std::int32_t>::min();
constexpr double infinity = std::numeric_limits<double>::infinity();

double neutral_value(Combiner combiner, Kind kind) {
  switch (combiner) {
    case Combiner::none:
    case Combiner::sum:
    case Combiner::any: return 0;
    case Combiner::product:
    case Combiner::all: return 1;
    case Combiner::maximum:
    case Combiner::argmax: return kind == Kind::number ? -infinity : least_integer;
    case Combiner::minimum:
    case Combiner::argmin: return kind == Kind::number ? infinity : largest_integer;
  }
  __builtin_unreachable();
}

}  // namespace

Scalar Combining::function() const {
  switch (combiner_) {
    case Combiner::none:
    case Combiner::sum: return Scalar::add;
    case Combiner::product: return Scalar::multiply;
    case Combiner::maximum:
    case Combiner::argmax: return Scalar::maximum;
    case Combiner::minimum:
    case Combiner::argmin: return Scalar::minimum;
    case Combiner::any: return Scalar::logical_or;
    case Combiner::all: return Scalar::logical_and;
  }
  __builtin_unreachable();
}

Accumulator Combining::neutral(std::uint32_t lanes) const {
  Accumulator result = {builder_.constant(neutral_value(combiner_, kind_), {kind_, lanes})};
  if (has_position()) result.push_back(builder_.constant(0, {Kind::integer, lanes}));
  return result;
}

Accumulator Combining::combined(std::span<const RegisterId> accumulator,
                                std::span<const RegisterId> more) const {
  if (!has_position()) return {builder_.apply(function(), accumulator[0], more[0])};
  const Scalar better = combiner_ == Combiner::argmax ? Scalar::greater : Scalar::less;
  return chosen(builder_.apply(better, more[0], accumulator[0]), more, accumulator);
}

Accumulator Combining::chosen(RegisterId condition, std::span<const RegisterId> a,
                              std::span<const RegisterId> b) const {
  Accumulator result;
  for (std::size_t i = 0; i < a.size(); ++i) result.push_back(builder_.choose(condition, a[i], b[i]));
  return result;
}

Accumulator Combining::folded(std::span<const RegisterId> accumulator) const {
  const std::uint32_t lanes = builder_.type(accumulator[0]).lanes;
  if (lanes == 1) return {accumulator.begin(), accumulator.end()};
  const RegisterId value = builder_.fold(function(), accumulator[0]);
  if (!has_position()) return {value};
  const RegisterId is_best = builder_.apply(Scalar::equal, accumulator[0], value);
  const RegisterId none = builder_.constant(largest_integer, {Kind::integer, lanes});
  return {value, builder_.fold(Scalar::minimum, builder_.choose(is_best, accumulator[1], none))};
}

JointCombining::JointCombining(LoopsBuilder& builder, const KernelSource& source) {
  for (std::size_t m = 0; m < source.roots; ++m) {
    const Definition& root = source.definition(m);
    roots_.emplace_back(builder, root.combiner, kind_of(root.body, root.body.root, source.graph));
  }
}

template <class One>
Accumulator JointCombining::for_each_root(const One& one) const {
  Accumulator all;
  std::size_t first = 0;
  for (const Combining& root : roots_) {
    const Accumulator part = one(root, first);
    all.insert(all.end(), part.begin(), part.end());
    first += root.width();
  }
  return all;
}

Accumulator JointCombining::neutral(std::uint32_t lanes) const {
  return for_each_root([&](const Combining& root, std::size_t) { return root.neutral(lanes); });
}

Accumulator JointCombining::combined(std::span<const RegisterId> accumulator,
                                     std::span<const RegisterId> more) const {
  return for_each_root([&](const Combining& root, std::size_t first) {
    return root.combined(accumulator.subspan(first, root.width()), more.subspan(first, root.width()));
  });
}

Accumulator JointCombining::chosen(RegisterId condition, std::span<const RegisterId> a,
                                   std::span<const RegisterId> b) const {
  return for_each_root([&](const Combining& root, std::size_t first) {
    return root.chosen(condition, a.subspan(first, root.width()), b.subspan(first, root.width()));
  });
}

Accumulator JointCombining::folded(std::span<const RegisterId> accumulator) const {
  return for_each_root([&](const Combining& root, std::size_t first) {
    return root.folded(accumulator.subspan(first, root.width()));
  });
}

std::vector<RegisterId> JointCombining::results(std::span<const RegisterId> accumulator) const {
  return for_each_root([&](const Combining& root, std::size_t first) {
    return Accumulator{root.result(accumulator.subspan(first, root.width()))};
  });
}

}  // namespace dlc
