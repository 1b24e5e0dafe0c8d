#pragma once

#include "compiler/kernels/contraction/body.h"

namespace dlc {

// The smaller parts of a contraction's kernels: packing, clearing, completing, adding partial sums.

/// Copies panels first … last - 1 of b: whole vectors side by side, padded with zeros.
void emit_packing(LoopsBuilder& builder, const ContractionContext& context, const Affine& first,
                  const Affine& last);

/// Where the unfinished sum of an element lies; `part` counts partial sums.
loops::Address sum_place(const ContractionContext& context, const std::vector<TilePlace>& places,
                         const TileElement& element, std::optional<std::size_t> vector, const Affine& part);

/// Sets the unfinished sums of a chunk to 0.
void emit_clearing(LoopsBuilder& builder, const ContractionContext& context, LoopVariable chunk);

/// Hands the sums of a chunk's outputs, each that of `parts` partial ones, to the plain store or the
/// epilogue.
void emit_completion(LoopsBuilder& builder, const ContractionContext& context, LoopVariable chunk,
                     std::int64_t parts);

/// A kernel of its own that adds the partial sums in order; sets its chunks.
void emit_addition(LoopsBuilder& builder, const ContractionContext& context);

}  // namespace dlc
