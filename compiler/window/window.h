#pragma once

#include <functional>
#include <optional>
#include <span>

#include "compiler/window/position.h"

namespace dlc {

/// The one module about the relation between an index space and positions in a tensor. Every pass, proof and
/// schedule asks it. Index boxes are given as the definition's list of indices: all combinations of 0 <=
/// index < extent.

/// Sums, scales; the result is in normal form.
Position operator+(const Position& a, const Position& b);
Position operator-(const Position& a, const Position& b);
Position scaled(const Position& position, std::int64_t factor);

/// floor(a / divisor), of numbers; divisor > 0.
std::int64_t floor_quotient(std::int64_t a, std::int64_t divisor);

/// floor(a / divisor) and its remainder, simplified where the ranges allow it: (4*i + k) // 4 is i for k < 4.
Position quotient(const Position& a, std::int64_t divisor, std::span<const Index> indices);
Position remainder(const Position& a, std::int64_t divisor, std::span<const Index> indices);

/// Terms in one order (index terms by id first), equal terms joined, zero terms dropped, quotients and
/// remainders simplified by the ranges of the indices. Two windows that are equal in normal form are equal
/// everywhere.
Position normalized(const Position& position, std::span<const Index> indices);

/// The smallest and the largest value over the box. Exact for affine positions in which each index occurs
/// once; otherwise a range that holds all values.
struct Range {
  std::int64_t least = 0;
  std::int64_t most = 0;
};
Range range(const Position& position, std::span<const Index> indices);

/// The first place, in index order, where the window leaves the tensor; none if it is proved to stay inside.
/// Where a proof by ranges fails, it is decided by trying, up to a million combinations of the indices that
/// matter; lookups take any value in their bound.
struct Outside {
  std::size_t subscript = 0;          // which subscript leaves
  std::vector<std::int64_t> indices;  // … for these indices
  std::int64_t position = 0;          // … at this position
};
std::optional<Outside> first_outside(const Window& window, std::span<const Index> indices,
                                     const Shape& tensor);

/// Are all positions sums of indices times integers?
bool is_affine(const Position& position);
bool is_affine(const Window& window);

/// Is position k just free index k, for all k, and are there as many as dimensions?
bool is_identity(const Window& window);

/// The coefficient of the index in the affine part (0 where it does not occur there); whether it occurs
/// anywhere, nested or not.
std::int64_t coefficient(const Position& position, IndexId index);
bool depends_on(const Position& position, IndexId index);
bool depends_on(const Window& window, IndexId index);

/// Does it read an integer tensor, nested or not?
bool holds_lookup(const Position& position);

/// Composition: each index replaced by a position over another list of indices (as many as there are old
/// indices).
Position substitute(const Position& position, std::span<const Position> replacement,
                    std::span<const Index> new_indices);
Window substitute(const Window& window, std::span<const Position> replacement,
                  std::span<const Index> new_indices);

/// The value for these indices; lookups are asked for.
using LookupValue = std::function<std::int64_t(const Lookup&, std::span<const std::int64_t> subscripts)>;
std::int64_t value_at(const Position& position, std::span<const std::int64_t> indices,
                      const LookupValue& lookup);

/// Calls `visit` for all combinations of the indices, the last index fastest.
void for_each_combination(std::span<const Index> indices,
                          const std::function<void(std::span<const std::int64_t>)>& visit);

/// The sub-box of indices (first <= index < last, for each index) outside of which no index combination is
/// inside the tensor. Inside it, combinations may still be outside (where several indices share a subscript).
struct IndexRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
};
std::vector<IndexRange> reachable(const Window& window, std::span<const Index> indices, const Shape& tensor);

/// The values of one index (first <= index < last) for which every affine subscript that names it is inside
/// the tensor, whatever the other indices are; all values where no such subscript names it, none (last <=
/// first) where it is never so.
IndexRange inner_range(const Window& window, IndexId index, std::span<const Index> indices,
                       const Shape& tensor);

/// Are two different index combinations ever written to the same position? true if proved that never.
bool writes_apart(const Window& window, std::span<const Index> indices);

/// Is each element of the tensor written exactly once, what is outside being dropped? true if proved: by
/// mixed radix, or by trying up to four million combinations.
bool covers_once(const Window& window, std::span<const Index> indices, const Shape& tensor);

/// The gather that answers a scatter. Given an affine write window over `indices` into `tensor`, the indices
/// that reach each position: a new index list (first the positions, split into phases where strides ask for
/// it, then what is left to run over), the new write window, each old index as a position over the new ones,
/// and which of these replacements must be tested to lie inside the old range (their readers test by "else").
/// Covers every position of the tensor exactly once in the free part, and for each position names exactly the
/// index combinations that reach it. None if the window has a form that is not solved (lookups, quotients
/// with several indices).
struct Solution {
  std::vector<Index> indices;  // new; the first `free` make up the position
  std::size_t free = 0;
  Window write;  // position in the tensor over the free new indices; a bijection onto the tensor, but for
                 // positions before and beyond it (the first and the last block of phases), which are dropped
  std::vector<Position> replacement;  // one for each old index
  std::vector<bool> test;             // may this replacement leave 0 … extent − 1 of its old index?
};
std::optional<Solution> solve(const Window& write, std::span<const Index> indices, const Shape& tensor);

}  // namespace dlc
