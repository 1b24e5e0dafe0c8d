#include "compiler/kernels/contraction/parts.h"

#include <algorithm>

namespace dlc {

namespace {

using Problem = ContractionProblem;

/// One vector of outputs of a sweep: where it begins and how many lanes count.
struct OutputVector {
  const std::vector<TilePlace>& places;
  std::uint32_t lanes;
  std::uint32_t valid;
  std::optional<std::size_t> vector;
};

/// The values of an index that a sweep visits, bounded by the chunk it belongs to.
struct SweepRange {
  Bound first = 0;
  Bound last = 0;
};

/// Visits all outputs, or those of a chunk, in vectors along the index whose outputs lie side by side.
class OutputSweep {
 public:
  using Visit = std::function<void(const OutputVector&)>;

  OutputSweep(LoopsBuilder& builder, const ContractionContext& context, std::uint32_t lanes)
      : builder_(builder), context_(context), places_(context.problem.indices.size()) {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const Problem::Index& index = context.problem.indices[i];
      if (index.is_output()) outputs_.push_back(i);
      if (index.stride[Problem::out] == 1 && lanes > 1) vector_ = i;
    }
    std::stable_sort(outputs_.begin(), outputs_.end(), [&](std::size_t x, std::size_t y) {
      if (vector_ == x || vector_ == y) return vector_ == y;
      return context.storage.sum_strides[x] > context.storage.sum_strides[y];
    });
    lanes_ = vector_ ? lanes : 1;
  }

  /// Values first … last - 1 of one index alone.
  void restrict(std::size_t index, Affine first, Affine last) {
    restricted_ = index;
    first_ = std::move(first);
    last_ = std::move(last);
  }

  void run(const Visit& visit) { level(0, visit); }
  const std::vector<std::size_t>& outputs() const { return outputs_; }
  std::optional<std::size_t> vector() const { return vector_; }

 private:
  void level(std::size_t depth, const Visit& visit) {
    if (depth == outputs_.size()) {
      const std::uint32_t valid = vector_ ? static_cast<std::uint32_t>(places_[*vector_].values) : 1;
      visit({places_, lanes_, valid, vector_});
      return;
    }
    const std::size_t index = outputs_[depth];
    const std::int64_t extent = context_.problem.indices[index].extent;
    const std::int64_t step = vector_ == index ? lanes_ : 1;
    const std::int64_t whole = extent / step * step;
    if (whole > 0) turns(depth, 0, whole, step, step, visit);
    if (whole < extent) turns(depth, whole, extent, step, extent - whole, visit);
  }

  /// A restriction begins at a multiple of the step, or lies beyond the end.
  void turns(std::size_t depth, std::int64_t first, std::int64_t last, std::int64_t step, std::int64_t values,
             const Visit& visit) {
    const std::size_t index = outputs_[depth];
    SweepRange range{first, last};
    if (restricted_ == index) {
      range.first.terms.push_back({first_, 1});
      range.last.terms.push_back({last_, 1});
    }
    builder_.loop(context_.problem.indices[index].name, range.first, range.last, step,
                  [&](LoopVariable variable) {
                    places_[index].base = variable;
                    places_[index].values = values;
                    level(depth + 1, visit);
                  });
  }

  LoopsBuilder& builder_;
  const ContractionContext& context_;
  std::vector<TilePlace> places_;
  std::vector<std::size_t> outputs_;
  std::optional<std::size_t> vector_;
  std::uint32_t lanes_ = 1;
  std::optional<std::size_t> restricted_;
  Affine first_, last_;
};

/// Lanes for a sweep of a chunk: single ones where chunks do not end with a vector.
std::uint32_t lanes_for_chunks(const ContractionContext& context) {
  const ContractionSchedule& schedule = context.schedule;
  if (!schedule.parallel || context.problem.indices[*schedule.parallel].stride[Problem::out] != 1)
    return schedule.lanes;
  const std::int64_t values = schedule.chunk_positions * schedule.tile[*schedule.parallel];
  return values % schedule.lanes == 0 ? schedule.lanes : 1;
}

void restrict_to_chunk(OutputSweep& sweep, const ContractionContext& context, LoopVariable chunk) {
  const ContractionSchedule& schedule = context.schedule;
  if (!schedule.parallel || is_cut_sum(context.problem, schedule)) return;
  const std::int64_t values = schedule.chunk_positions * schedule.tile[*schedule.parallel];
  sweep.restrict(*schedule.parallel, Affine(chunk) * values, (Affine(chunk) + 1) * values);
}

loops::Mask mask_of(const OutputVector& one) {
  if (one.valid < one.lanes) return loops::FirstLanes{one.valid};
  return loops::AllLanes{};
}

void complete(LoopsBuilder& builder, const ContractionContext& context, const OutputVector& one,
              std::int64_t parts) {
  const TileElement origin(one.places.size());
  RegisterId sum{};
  for (std::int64_t part = 0; part < parts; ++part) {
    const RegisterId next = builder.load(
        {Kind::number, one.lanes}, sum_place(context, one.places, origin, one.vector, part), mask_of(one));
    sum = part == 0 ? next : builder.apply(Scalar::add, sum, next);
  }
  emit_outputs(builder, context, one.places, origin, sum, one.valid, one.vector);
}

/// The values of an index for which b is not read outside; indices before it are placed.
std::pair<Bound, Bound> packed_values(const Problem& problem, std::size_t index,
                                      const std::vector<TilePlace>& places) {
  Bound first = 0;
  Bound last = problem.indices[index].extent;
  for (const Problem::Border& border : problem.borders) {
    const auto behind = border.coefficients.begin() + static_cast<std::ptrdiff_t>(index) + 1;
    const bool is_last =
        std::all_of(behind, border.coefficients.end(), [](std::int64_t c) { return c == 0; });
    if (!border.guards_b || !border.names(index) || !is_last) continue;
    const BorderBounds inside = bounds_inside(border, index, places);
    first.terms.push_back(inside.first);
    last.terms.push_back(inside.last);
  }
  return {first, last};
}

/// One vector of a panel, for all other indices of b: `values` columns from the base on.
void pack_column(LoopsBuilder& builder, const ContractionContext& context, std::vector<TilePlace>& places,
                 std::size_t index, std::int64_t column) {
  const std::size_t vector = *context.schedule.vector;
  while (index < places.size() && (index == vector || context.problem.indices[index].stride[Problem::b] == 0))
    ++index;
  if (index < places.size()) {
    const auto [begin, end] = packed_values(context.problem, index, places);
    builder.loop(context.problem.indices[index].name, begin, end, 1, [&](LoopVariable variable) {
      places[index].base = variable;
      pack_column(builder, context, places, index + 1, column);
    });
    return;
  }
  loops::Address from{context.operand_buffer(true), context.operand_offset(true),
                      context.problem.indices[vector].stride[Problem::b]};
  loops::Address to{context.scratch, column, 1};
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::int64_t stride = context.problem.indices[i].stride[Problem::b];
    from.offset += places[i].base * stride;
    to.offset += places[i].base * context.storage.packed_strides[i];
  }
  from.offset += column * from.lane_stride;
  const std::int64_t left = std::max<std::int64_t>(0, places[vector].values - column);
  const auto valid = static_cast<std::uint32_t>(std::min<std::int64_t>(left, context.schedule.lanes));
  loops::Mask mask;
  if (valid < context.schedule.lanes) mask = loops::FirstLanes{valid};
  const loops::RegisterType type{Kind::number, context.schedule.lanes};
  builder.store(valid == 0 ? builder.constant(0, type) : builder.load(type, from, mask), to);
}

}  // namespace

void emit_packing(LoopsBuilder& builder, const ContractionContext& context, const Affine& first,
                  const Affine& last) {
  const std::size_t vector = *context.schedule.vector;
  const std::int64_t tile = context.schedule.tile[vector];
  const std::int64_t extent = context.problem.indices[vector].extent;
  const auto panels = [&](std::int64_t from, std::int64_t to, std::int64_t values) {
    const Bound begin(std::vector<Bound::Term>{{Affine(from), 1}, {first, 1}});
    const Bound end(std::vector<Bound::Term>{{Affine(to), 1}, {last, 1}});
    builder.loop("panel", begin, end, 1, [&](LoopVariable panel) {
      std::vector<TilePlace> places(context.problem.indices.size());
      places[vector].base = Affine(panel) * tile;
      places[vector].values = values;
      for (std::int64_t column = 0; column < tile; column += context.schedule.lanes) {
        pack_column(builder, context, places, 0, column);
      }
    });
  };
  if (extent >= tile) panels(0, extent / tile, tile);
  if (extent % tile != 0) panels(extent / tile, extent / tile + 1, extent % tile);
}

loops::Address sum_place(const ContractionContext& context, const std::vector<TilePlace>& places,
                         const TileElement& element, std::optional<std::size_t> vector, const Affine& part) {
  const bool in_out = context.storage.sums_in_out;
  loops::Address address;
  address.buffer = in_out ? context.contraction.out : context.scratch;
  address.offset = in_out ? Affine(context.contraction.out_offset)
                          : part * context.storage.sum_elements + context.storage.sums_offset;
  address.lane_stride = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Problem::Index& index = context.problem.indices[i];
    if (!index.is_output()) continue;
    const std::int64_t stride = in_out ? index.stride[Problem::out] : context.storage.sum_strides[i];
    address.offset += (places[i].base + element[i]) * stride;
    if (vector == i) address.lane_stride = stride;
  }
  return address;
}

void emit_clearing(LoopsBuilder& builder, const ContractionContext& context, LoopVariable chunk) {
  OutputSweep sweep(builder, context, lanes_for_chunks(context));
  restrict_to_chunk(sweep, context, chunk);
  const bool cut = is_cut_sum(context.problem, context.schedule);
  sweep.run([&](const OutputVector& one) {
    const TileElement origin(one.places.size());
    const RegisterId zero = builder.constant(0, {Kind::number, one.lanes});
    builder.store(zero, sum_place(context, one.places, origin, one.vector, cut ? Affine(chunk) : Affine(0)),
                  mask_of(one));
  });
}

void emit_completion(LoopsBuilder& builder, const ContractionContext& context, LoopVariable chunk,
                     std::int64_t parts) {
  OutputSweep sweep(builder, context, lanes_for_chunks(context));
  restrict_to_chunk(sweep, context, chunk);
  sweep.run([&](const OutputVector& one) { complete(builder, context, one, parts); });
}

void emit_addition(LoopsBuilder& builder, const ContractionContext& context) {
  OutputSweep sweep(builder, context, context.schedule.lanes);
  // Chunks along the outermost index; of the vector index by whole vectors.
  if (!sweep.outputs().empty()) {
    const std::size_t index = sweep.outputs().front();
    const std::int64_t step = sweep.vector() == index ? context.schedule.lanes : 1;
    const std::int64_t turns = (context.problem.indices[index].extent + step - 1) / step;
    const std::int64_t chunk_turns = (turns + 15) / 16;
    const LoopVariable chunk = builder.chunks((turns + chunk_turns - 1) / chunk_turns);
    sweep.restrict(index, Affine(chunk) * (chunk_turns * step), (Affine(chunk) + 1) * (chunk_turns * step));
  }
  sweep.run([&](const OutputVector& one) { complete(builder, context, one, context.schedule.chunks); });
}

}  // namespace dlc
