#pragma once

#include <map>

#include "compiler/kernels/contraction/runs.h"
#include "compiler/kernels/contraction/storage.h"

namespace dlc {

/// What the writers of a contraction's parts share.
struct ContractionContext {
  const Contraction& contraction;
  const ContractionProblem& problem;
  const ContractionSchedule& schedule;
  const ContractionStorage& storage;
  BufferId scratch{};

  BufferId operand_buffer(bool second) const {
    return second != schedule.swapped ? contraction.b : contraction.a;
  }
  std::int64_t operand_offset(bool second) const {
    return second != schedule.swapped ? contraction.b_offset : contraction.a_offset;
  }
  /// The vector index is reduced: accumulators are folded at the end.
  bool is_dot() const { return schedule.vector && !problem.indices[*schedule.vector].is_output(); }
};

/// Distances from the beginning of the tiles, by index.
using TileElement = std::vector<std::int64_t>;

/// All combinations of a tile's values, of the outputs or of the reduced indices; the vector index by whole
/// vectors.
std::vector<TileElement> tile_elements(const ContractionContext& context,
                                       const std::vector<TilePlace>& places, bool outputs);

/// How many lanes count in the vector that begins at an element.
std::uint32_t lanes_in(const ContractionContext& context, const std::vector<TilePlace>& places,
                       const TileElement& element);

/// Writes the products of one tile: accumulators in the order of tile_elements of the outputs go in and come
/// out.
std::vector<RegisterId> emit_body(LoopsBuilder& builder, const ContractionContext& context,
                                  const std::vector<bool>& special, const std::vector<TilePlace>& places,
                                  std::vector<RegisterId> accumulators);

/// Finished sums of one vector of outputs: stores them, or calls the epilogue.
void emit_outputs(LoopsBuilder& builder, const ContractionContext& context,
                  const std::vector<TilePlace>& places, const TileElement& element, RegisterId sums,
                  std::uint32_t valid, std::optional<std::size_t> vector);

}  // namespace dlc
