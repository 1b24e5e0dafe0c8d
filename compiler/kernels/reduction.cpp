// Reductions that are no contractions.
//
// Which axis the lanes run along decides nearly all of the speed. Along the result (its neighbours' sums side
// by side) every lane has a sum of its own and nothing is left to do at the end; along a reduced axis the
// lanes hold parts of one sum, folded by halves at the end. The cheaper one is taken, by what the reads cost:
// one vector load where neighbours lie together, a load a lane where they do not.
//
// The order of additions depends on shapes alone: on lanes, axes and parts, never on how many threads there
// are.
#include "compiler/kernels/reduction.h"

#include <algorithm>

#include "compiler/kernels/reduction_combine.h"

namespace dlc {

namespace {

constexpr std::size_t bytes_of_part = 4;  // room for any element

struct Form {
  std::vector<Axis> results;  // outermost first; lanes along the last unless along_reduced
  std::vector<Axis> reduced;  // lanes along the last if along_reduced
  bool along_reduced = false;
  std::uint32_t lanes = 1;
  std::int64_t parts = 1;
  std::int64_t chunks = 1;
};

/// What is read for each element of the index space: what the roots' results need, not the write and what is
/// done with the results.
std::vector<Use> reads_of_roots(const KernelSource& source) {
  const KernelSource roots{
      source.graph,
      {source.members.begin(), source.members.begin() + static_cast<std::ptrdiff_t>(source.roots)},
      source.stored,
      source.roots};
  std::vector<Use> reads = uses_of(roots).all;
  reads.erase(reads.begin());
  return reads;
}

/// Cycles for one element of the index space, roughly, with the lanes along this axis.
double cost_of_lanes(const Axis& axis, std::uint32_t lanes, std::span<const Use> reads) {
  double cost = 1;
  for (const Use& use : reads) {
    if (!use.is_access) continue;
    const std::size_t index = number_of(axis.last());
    const bool irregular = std::any_of(axis.indices.begin(), axis.indices.end(),
                                       [&](IndexId i) { return use.irregular[number_of(i)]; });
    if (irregular || std::abs(use.strides[index]) > 1) {
      cost += lanes;
    } else if (use.strides[index] != 0) {
      cost += 1;
    }
  }
  const std::int64_t vectors = (axis.extent + lanes - 1) / lanes;
  return cost * static_cast<double>(vectors) / static_cast<double>(axis.extent);
}

/// Which reduced axis the lanes would run along: where most reads are contiguous. Positions must grow along
/// it, so argmax takes the last.
std::optional<std::size_t> best_reduced_axis(const std::vector<Axis>& reduced, std::span<const Use> reads,
                                             const Target& target, bool only_last) {
  std::optional<std::size_t> best;
  double least = 0;
  for (std::size_t a = only_last && !reduced.empty() ? reduced.size() - 1 : 0; a < reduced.size(); ++a) {
    const double cost = cost_of_lanes(reduced[a], lanes_for(reduced[a].extent, target, 1), reads);
    if (!best || cost <= least) {
      best = a;
      least = cost;
    }
  }
  return best;
}

void choose_parts(const KernelSource& source, Form& form) {
  const std::int64_t work = work_of(source);
  const std::int64_t pieces = form.results.empty() ? 1
                              : form.results.size() == 1 && !form.along_reduced
                                  ? form.results[0].extent / form.lanes
                                  : form.results[0].extent;
  form.chunks = chunk_count(work, std::max<std::int64_t>(1, pieces));
  if (gives_position(source) || form.reduced.empty() || pieces >= 8) return;
  const bool blocks = form.along_reduced && form.reduced.size() == 1;
  const std::int64_t extent = blocks ? form.reduced[0].extent / form.lanes : form.reduced[0].extent;
  const std::int64_t parts = chunk_count(work, extent / 2);
  if (parts > 2 * form.chunks) form.parts = parts;
}

Form choose_form(const KernelSource& source, const Target& target) {
  const Definition& root = source.root();
  const Uses uses = uses_of(source);
  const std::vector<Use> reads = reads_of_roots(source);
  Form form;
  form.results = merged_axes(written_indices(root, uses), root.indices, uses);
  form.reduced = merged_axes(reduced_indices(root), root.indices, uses);
  const std::optional<std::size_t> axis =
      best_reduced_axis(form.reduced, reads, target, gives_position(source));
  if (axis) {
    const Axis& along = form.reduced[*axis];
    const std::uint32_t lanes = lanes_for(along.extent, target, 1);
    constexpr double fold = 12;  // the halving tree and one store, for one element of the result
    const double by_reduction =
        cost_of_lanes(along, lanes, reads) + fold / static_cast<double>(count(form.reduced));
    form.along_reduced =
        form.results.empty() ||
        by_reduction <
            cost_of_lanes(form.results.back(), lanes_for(form.results.back().extent, target, 1), reads);
  }
  if (form.along_reduced) {
    const auto along = form.reduced.begin() + static_cast<std::ptrdiff_t>(*axis);
    std::rotate(along, along + 1, form.reduced.end());
    form.lanes = lanes_for(form.reduced.back().extent, target, 4);
  } else if (!form.results.empty()) {
    form.lanes = lanes_for(form.results.back().extent, target, 4);
  }
  choose_parts(source, form);
  return form;
}

/// Writes the loops over the reduced axes at the present place.
class Reducer {
 public:
  Reducer(Nest& nest, const Form& form)
      : nest_(nest), form_(form), combining_(nest.builder(), nest.source()) {}

  const JointCombining& combining() const { return combining_; }

  /// The reduction of the present element(s) over the first reduced axis from `first` to `last` and all of
  /// the others, in one lane if the lanes run along a reduced axis.
  Accumulator run(Bound first, Bound last, Affine remainder_runs, std::int64_t remainder_divisor) {
    const std::uint32_t lanes = form_.along_reduced ? form_.lanes : nest_.lowering().lanes().count;
    Accumulator sum = combining_.neutral(lanes);
    if (form_.reduced.empty()) return one_more(sum);
    sum = axes(0, std::move(first), std::move(last), std::move(remainder_runs), remainder_divisor, sum);
    return form_.along_reduced ? combining_.folded(sum) : sum;
  }

  Accumulator run() { return run(0, whole_extent(), 1, 1); }

  /// How far the first axis goes: elements, or blocks where it is the one with the lanes.
  std::int64_t whole_extent() const {
    if (form_.reduced.empty()) return 1;
    return is_lane_axis(0) ? form_.reduced[0].extent / form_.lanes : form_.reduced[0].extent;
  }

 private:
  bool is_lane_axis(std::size_t axis) const {
    return form_.along_reduced && axis + 1 == form_.reduced.size();
  }

  Accumulator axes(std::size_t axis, Bound first, Bound last, Affine remainder_runs,
                   std::int64_t remainder_divisor, std::span<const RegisterId> sum) {
    if (is_lane_axis(axis)) {
      return nest_.blocks(form_.reduced[axis], form_.lanes, std::move(first), std::move(last),
                          std::move(remainder_runs), remainder_divisor, sum,
                          [&](std::span<const RegisterId> carried) { return one_more(carried); });
    }
    return nest_.loop(form_.reduced[axis], std::move(first), std::move(last), sum,
                      [&](std::span<const RegisterId> carried) {
                        if (axis + 1 == form_.reduced.size()) return one_more(carried);
                        const Axis& next = form_.reduced[axis + 1];
                        const std::int64_t extent =
                            is_lane_axis(axis + 1) ? next.extent / form_.lanes : next.extent;
                        return axes(axis + 1, 0, extent, 1, 1, carried);
                      });
  }

  Accumulator one_more(std::span<const RegisterId> sum) {
    LoopsBuilder& builder = nest_.builder();
    BodyLowering& lowering = nest_.lowering();
    const std::uint32_t lanes = builder.type(sum[0]).lanes;
    Accumulator more;
    for (std::size_t m = 0; m < nest_.source().roots; ++m) {
      const Definition& root = nest_.source().definition(m);
      more.push_back(builder.broadcast(lowering.value_of(root.body, root.body.root), lanes));
      if (combining_.roots()[m].has_position())
        more.push_back(builder.broadcast(lowering.position(linear_position(root)), lanes));
    }
    Accumulator combined = combining_.combined(sum, more);
    if (!form_.along_reduced || lowering.lanes().valid == lowering.lanes().count) return combined;
    return combining_.chosen(lowering.valid_lanes(), combined, sum);
  }

  Nest& nest_;
  const Form& form_;
  JointCombining combining_;
};

void over_results(Nest& nest, const Form& form, std::int64_t chunks, const std::function<void()>& body) {
  if (form.along_reduced) {
    nest.chunked_plain(form.results, chunks, body);
  } else {
    nest.chunked(form.results, form.lanes, chunks, body);
  }
}

Launch whole_reduction(const KernelSource& source, const Form& form) {
  Nest nest(source, source.graph[source.members[0]].name);
  over_results(nest, form, form.chunks, [&] {
    Reducer reducer(nest, form);
    nest.finish_members(source.roots, reducer.combining().results(reducer.run()));
  });
  return std::move(nest).finish();
}

Element element_of_scratch(Kind kind) {
  switch (kind) {
    case Kind::number: return Element::f32;
    case Kind::integer: return Element::i32;
    case Kind::boolean: return Element::u8;
  }
  __builtin_unreachable();
}

loops::Mask mask_of(const Lanes& lanes) {
  if (lanes.valid == lanes.count) return loops::AllLanes{};
  return loops::FirstLanes{lanes.valid};
}

/// The partial results of each root: [parts, results], one root behind the other.
std::vector<BufferId> buffers_of_parts(Nest& nest, const Form& form, const JointCombining& combining) {
  std::vector<BufferId> buffers;
  const std::int64_t elements = form.parts * count(form.results);
  std::size_t offset = 0;
  for (const Combining& root : combining.roots()) {
    buffers.push_back(nest.buffers().scratch("parts", element_of_scratch(root.kind()), elements, offset));
    offset += static_cast<std::size_t>(elements) * bytes_of_part;
  }
  return buffers;
}

/// Each chunk is one part of the first reduced axis, for all results.
Launch partial_reductions(const KernelSource& source, const Form& form) {
  Nest nest(source, source.graph[source.members[0]].name + "_parts");
  const std::int64_t results = count(form.results);
  const std::vector<BufferId> parts = buffers_of_parts(nest, form, JointCombining(nest.builder(), source));
  const LoopVariable part = nest.builder().chunks(form.parts);
  const auto body = [&] {
    Reducer reducer(nest, form);
    const std::int64_t extent = reducer.whole_extent();
    const Accumulator sum = reducer.run(piece(part, 0, extent, form.parts),
                                        piece(part, 1, extent, form.parts), Affine(part) + 1, form.parts);
    const IndexPlace where = nest.contiguous(form.results);
    for (std::size_t m = 0; m < source.roots; ++m) {
      nest.builder().store(
          sum[m],
          loops::Address{parts[m], Affine(part) * results + where.sum, where.lane_step, std::nullopt, 1},
          mask_of(nest.lowering().lanes()));
    }
  };
  if (form.along_reduced || form.results.empty()) {
    nest.loops(form.results, body);
  } else {
    const std::span<const Axis> axes(form.results);
    nest.loops(axes.first(axes.size() - 1), [&] { nest.blocks(axes.back(), form.lanes, body); });
  }
  return std::move(nest).finish();
}

Launch combined_parts(const KernelSource& source, const Form& form) {
  Nest nest(source, source.graph[source.members[0]].name);
  nest.leave_out_before(source.roots);
  const std::int64_t results = count(form.results);
  const JointCombining combining(nest.builder(), source);
  const std::vector<BufferId> parts = buffers_of_parts(nest, form, combining);
  const auto body = [&] {
    const std::uint32_t lanes = nest.lowering().lanes().count;
    const IndexPlace where = nest.contiguous(form.results);
    const Accumulator neutral = combining.neutral(lanes);
    const std::vector<RegisterId> sum = nest.builder().loop(
        "part", 0, form.parts, 1, neutral, [&](LoopVariable part, std::span<const RegisterId> carried) {
          Accumulator one;
          for (std::size_t m = 0; m < source.roots; ++m) {
            const loops::Address from{parts[m], Affine(part) * results + where.sum, where.lane_step,
                                      std::nullopt, 1};
            one.push_back(nest.builder().load({combining.roots()[m].kind(), lanes}, from,
                                              mask_of(nest.lowering().lanes())));
          }
          return combining.combined(carried, one);
        });
    nest.finish_members(source.roots, combining.results(sum));
  };
  over_results(nest, form, 1, body);
  return std::move(nest).finish();
}

}  // namespace

ScheduledKernel schedule_reduction(const KernelSource& source, const Target& target) {
  const Form form = choose_form(source, target);
  ScheduledKernel kernel;
  if (form.parts == 1) {
    kernel.launches.push_back(whole_reduction(source, form));
    return kernel;
  }
  kernel.launches.push_back(partial_reductions(source, form));
  kernel.launches.push_back(combined_parts(source, form));
  kernel.scratch_bytes =
      source.roots * static_cast<std::size_t>(form.parts * count(form.results)) * bytes_of_part;
  return kernel;
}

}  // namespace dlc
