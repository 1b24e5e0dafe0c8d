#pragma once

#include <functional>
#include <vector>

#include "compiler/graph/graph.h"
#include "compiler/kernels/lower/body.h"
#include "compiler/target/target.h"

namespace dlc {

/// The definitions that one kernel computes: the roots, then element-wise ones over their results. Roots run
/// over equal index boxes and write equal windows; more than one only if they are reductions.
struct KernelSource {
  const Graph& graph;
  std::vector<ValueId> members;
  std::vector<bool> stored;  // by member: does anything outside of the kernel read it?
  std::size_t roots = 1;

  const Definition& definition(std::size_t member) const {
    return std::get<Definition>(graph[members[member]].node);
  }
  const Definition& root() const { return definition(0); }
};

/// One function of a kernel, and what its buffers are.
struct Launch {
  Loops loops;
  std::vector<BufferUse> buffers;
};

/// Functions to be called one after the other, each for all its chunks.
struct ScheduledKernel {
  std::vector<Launch> launches;
  std::size_t scratch_bytes = 0;
};

/// An access to memory, or another sum of indices that is asked for: how far a step of each index moves it.
struct Use {
  std::vector<std::int64_t> strides;  // by index of the root
  std::vector<bool> irregular;        // by index: it is moved through a quotient, a remainder or a lookup
  bool is_access = false;
};

/// All uses of a kernel, the root's write first, and the indices that must be told apart from others because
/// a border, a quotient or a remainder asks for them.
struct Uses {
  std::vector<Use> all;
  std::vector<bool> apart;
};
Uses uses_of(const KernelSource& source);

/// Indices that run together as one: all but the last stand still, and the last runs over the product of the
/// extents.
struct Axis {
  std::vector<IndexId> indices;
  std::int64_t extent = 1;

  IndexId last() const { return indices.back(); }
};

/// The indices in this order, neighbours merged where every use moves through both evenly; extents of 1 are
/// dropped.
std::vector<Axis> merged_axes(std::span<const IndexId> order, std::span<const Index> indices,
                              const Uses& uses);

/// The indices that the write names (or all that it does not), by falling stride of the write, the rest as
/// they stand.
std::vector<IndexId> written_indices(const Definition& definition, const Uses& uses);
std::vector<IndexId> reduced_indices(const Definition& definition);

/// Is a root an argmax or argmin?
bool gives_position(const KernelSource& source);

/// The place in the box of the reduced indices, as argmax and argmin give it.
Position linear_position(const Definition& definition);

/// Lanes for an axis: as many as the registers have, up to `most` times as many where that divides the
/// extent; fewer for a short axis.
std::uint32_t lanes_for(std::int64_t extent, const Target& target, std::uint32_t most);

/// The number of chunks for this much work (operations on one element each), at most `extent`: by shapes
/// alone.
std::int64_t chunk_count(std::int64_t work, std::int64_t extent);
std::int64_t work_of(const KernelSource& source);

/// The elements of the axes, and a kernel being made over them.
std::int64_t count(std::span<const Axis> axes);

/// Writes the loops over axes: outer ones plain, the lane axis in blocks of lanes with a masked remainder.
class Nest {
 public:
  Nest(const KernelSource& source, std::string name);

  LoopsBuilder& builder() { return builder_; }
  BodyLowering& lowering() { return lowering_; }
  KernelBuffers& buffers() { return buffers_; }
  const KernelSource& source() const { return source_; }

  /// Those that stand still at 0 because their extent is 1.
  void place_single_indices();
  void place(const Axis& axis, IndexPlace place);

  /// for (axis = first; axis < last; ++axis) body. Where borders name the axis, its inner part and the two
  /// rims are loops of their own: inside, nothing is tested.
  void loop(const Axis& axis, Bound first, Bound last, const std::function<void()>& body);
  /// All of the axes, the first outermost.
  void loops(std::span<const Axis> axes, const std::function<void()>& body);
  /// The axis in vectors, from block `first` to block `last` (the last one counted from the extent rounded
  /// up). `has_remainder` is how many times the incomplete block is done: 0 or 1, or a sum that is one of
  /// them.
  void blocks(const Axis& axis, std::uint32_t lanes, Bound first, Bound last, Affine remainder_runs,
              std::int64_t remainder_divisor, const std::function<void()>& body);
  /// The same over the whole axis.
  void blocks(const Axis& axis, std::uint32_t lanes, const std::function<void()>& body);

  /// The same with values carried from turn to turn; gives the last ones.
  using Carry = std::function<std::vector<RegisterId>(std::span<const RegisterId>)>;
  std::vector<RegisterId> loop(const Axis& axis, Bound first, Bound last, std::span<const RegisterId> initial,
                               const Carry& body);
  /// In the remainder the body sees fewer valid lanes; it is done `remainder_runs` / `remainder_divisor`
  /// times.
  std::vector<RegisterId> blocks(const Axis& axis, std::uint32_t lanes, Bound first, Bound last,
                                 Affine remainder_runs, std::int64_t remainder_divisor,
                                 std::span<const RegisterId> initial, const Carry& body);

  /// The outer axes in `chunks` chunks along the first, the last in lanes.
  void chunked(std::span<const Axis> axes, std::uint32_t lanes, std::int64_t chunks,
               const std::function<void()>& body);
  /// The first axis in `chunks` chunks, all plain.
  void chunked_plain(std::span<const Axis> axes, std::int64_t chunks, const std::function<void()>& body);

  /// Members before this one are computed elsewhere: nothing of them is done outside of loops.
  void leave_out_before(std::size_t member) { first_hoisted_ = member; }

  /// Where the present element of these axes lies if they are stored densely, in this order.
  IndexPlace contiguous(std::span<const Axis> axes) const;

  /// Computes all members from `first` on, and stores what is to be stored of all.
  void finish_members(std::size_t first, std::vector<RegisterId> results);

  Launch finish() &&;

 private:
  void hoist();
  void part_of_loop(const Axis& axis, const Bound& first, const Bound& last, std::optional<IndexRange> values,
                    const std::function<void()>& body);

  const KernelSource& source_;
  LoopsBuilder builder_;
  KernelBuffers buffers_;
  BodyLowering lowering_;
  std::vector<IndexPlace> places_;
  std::vector<IndexRange> inner_;  // by index: where no read that names it leaves its tensor
  bool in_rim_ = false;            // of a loop outside: the loops inside are then not parted
  std::size_t first_hoisted_ = 0;
};

/// The part of 0 … extent − 1 that chunk `chunk` of `chunks` has begins here (the next one's beginning with
/// `after` = 1).
Bound piece(LoopVariable chunk, std::int64_t after, std::int64_t extent, std::int64_t chunks);

}  // namespace dlc
