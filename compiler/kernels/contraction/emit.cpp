#include "compiler/kernels/contraction/emit.h"

#include <algorithm>
#include <cassert>

#include "compiler/kernels/contraction/body.h"
#include "compiler/kernels/contraction/parts.h"

namespace dlc {

namespace {

using Problem = ContractionProblem;
using Registers = std::vector<RegisterId>;

/// The depth at which all loops over outputs are open.
std::size_t end_of_outputs(const ContractionContext& context) {
  std::size_t depth = context.schedule.outside;
  const std::vector<std::size_t>& order = context.schedule.order;
  while (depth < order.size() && context.problem.indices[order[depth]].is_output()) ++depth;
  return depth;
}

/// Walks the schedule's loops from the outermost to the body, one piece of code for each combination of runs.
class Walk {
 public:
  Walk(LoopsBuilder& builder, const ContractionContext& context)
      : builder_(builder),
        context_(context),
        problem_(context.problem),
        schedule_(context.schedule),
        special_(special_indices(context.problem, context.schedule)),
        places_(context.problem.indices.size()),
        outputs_end_(end_of_outputs(context)) {}

  void run(LoopVariable chunk) {
    chunk_ = chunk;
    nest(0);
  }

 private:
  bool in_memory() const { return schedule_.outside > 0; }
  bool is_partial() const { return is_cut_sum(problem_, schedule_); }

  /// The loops down to a tile of outputs.
  void nest(std::size_t depth) {
    if (depth == outputs_end_) {
      tile(depth);
      return;
    }
    turns(depth, {}, [&](const Registers&) {
      nest(depth + 1);
      return Registers();
    });
  }

  void tile(std::size_t depth) {
    const std::vector<TileElement> elements = tile_elements(context_, places_, true);
    const loops::RegisterType type{Kind::number, schedule_.lanes};
    Registers sums;
    for (const TileElement& element : elements) {
      const bool load = in_memory() && !context_.is_dot();
      sums.push_back(load ? builder_.load(type, sum_address(element), mask_of(element))
                          : builder_.constant(0, type));
    }
    sums = reduce(depth, sums);
    for (std::size_t k = 0; k < elements.size(); ++k) finish(elements[k], sums[k]);
  }

  /// The loops of the sum, with the accumulators handed from turn to turn.
  Registers reduce(std::size_t depth, const Registers& sums) {
    if (depth == schedule_.order.size()) return emit_body(builder_, context_, special_, places_, sums);
    return turns(depth, sums, [&](const Registers& carried) { return reduce(depth + 1, carried); });
  }

  void finish(const TileElement& element, RegisterId sums) {
    const bool dot = context_.is_dot();
    if (dot) sums = builder_.fold(Scalar::add, sums);
    if (in_memory() || is_partial()) {
      // Of a dot product only the folded sum is added to what is there.
      builder_.store(sums, sum_address(element), mask_of(element), in_memory() && dot);
      return;
    }
    const std::uint32_t valid = dot ? 1 : lanes_in(context_, places_, element);
    emit_outputs(builder_, context_, places_, element, sums, valid,
                 dot ? std::optional<std::size_t>() : schedule_.vector);
  }

  loops::Mask mask_of(const TileElement& element) const {
    if (context_.is_dot()) return loops::AllLanes{};
    const std::uint32_t valid = lanes_in(context_, places_, element);
    if (valid < schedule_.lanes) return loops::FirstLanes{valid};
    return loops::AllLanes{};
  }

  loops::Address sum_address(const TileElement& element) const {
    return sum_place(context_, places_, element, context_.is_dot() ? std::nullopt : schedule_.vector,
                     is_partial() ? Affine(chunk_) : Affine(0));
  }

  /// The loop of order[depth]: its runs one after another, each handing what is carried to the next.
  Registers turns(std::size_t depth, Registers carried,
                  const std::function<Registers(const Registers&)>& body) {
    const std::size_t index = schedule_.order[depth];
    for (const TileRun& run : runs_of(problem_, schedule_, special_, places_, index)) {
      TilePlace& place = places_[index];
      place.fixed = true;
      place.representative = run.first * schedule_.tile[index];
      place.values = run.values;
      const auto [first, last] = bounds(depth, run);
      const bool plain = schedule_.parallel != index && first.terms.size() == 1 && last.terms.size() == 1;
      if (plain && run.last == run.first + 1) {
        place.base = run.first * schedule_.tile[index];
        carried = body(carried);
      } else {
        carried = builder_.loop(problem_.indices[index].name, first, last, 1, carried,
                                [&](LoopVariable variable, std::span<const RegisterId> values) {
                                  place.base = Affine(variable) * schedule_.tile[index];
                                  return body(Registers(values.begin(), values.end()));
                                });
      }
      place = TilePlace();
    }
    return carried;
  }

  struct Bounds {
    Bound first, last;
  };

  Bounds bounds(std::size_t depth, const TileRun& run) const {
    const std::size_t index = schedule_.order[depth];
    Bounds bounds{run.first, run.last};
    if (schedule_.parallel == index) {
      bounds.first.terms.push_back({Affine(chunk_) * schedule_.chunk_positions, 1});
      bounds.last.terms.push_back({(Affine(chunk_) + 1) * schedule_.chunk_positions, 1});
    }
    for (const Problem::Border& border : problem_.borders) {
      if (!border.names(index) || special_[index] || !is_innermost(border, depth)) continue;
      const BorderBounds inside = bounds_inside(border, index, places_);
      bounds.first.terms.push_back(inside.first);
      bounds.last.terms.push_back(inside.last);
    }
    return bounds;
  }

  bool is_innermost(const Problem::Border& border, std::size_t depth) const {
    for (std::size_t inner = depth + 1; inner < schedule_.order.size(); ++inner) {
      if (border.names(schedule_.order[inner])) return false;
    }
    return true;
  }

  LoopsBuilder& builder_;
  const ContractionContext& context_;
  const Problem& problem_;
  const ContractionSchedule& schedule_;
  std::vector<bool> special_;
  std::vector<TilePlace> places_;
  std::size_t outputs_end_ = 0;
  LoopVariable chunk_{};
};

LoopsBuilder builder_of(const Contraction& contraction, const ContractionStorage& storage,
                        const std::string& suffix) {
  LoopsBuilder builder(contraction.name + suffix);
  for (const loops::Buffer& buffer : contraction.buffers) {
    builder.buffer(buffer.name, buffer.element, buffer.elements);
  }
  builder.buffer("scratch", Element::f32, storage.elements);
  return builder;
}

/// Chunks of the kernel cut at the vector index pack what they need themselves: it is then in the cache of
/// the core that reads it.
bool packs_in_chunks(const ContractionContext& context) {
  return context.schedule.parallel == context.schedule.vector;
}

}  // namespace

std::vector<Loops> emit_contraction(const Contraction& contraction, const Problem& problem,
                                    const ContractionSchedule& schedule, const ContractionStorage& storage) {
  const auto scratch = static_cast<BufferId>(contraction.buffers.size());
  const ContractionContext context{contraction, problem, schedule, storage, scratch};
  std::vector<Loops> phases;
  if (schedule.packed && !packs_in_chunks(context)) {
    LoopsBuilder builder = builder_of(contraction, storage, "_pack");
    const std::int64_t panels = positions(problem, schedule, *schedule.vector);
    const LoopVariable panel = builder.chunks(panels);
    emit_packing(builder, context, Affine(panel), Affine(panel) + 1);
    phases.push_back(std::move(builder).finish());
  }
  LoopsBuilder builder = builder_of(contraction, storage, "");
  const LoopVariable chunk = builder.chunks(schedule.chunks);
  if (schedule.packed && packs_in_chunks(context)) {
    emit_packing(builder, context, Affine(chunk) * schedule.chunk_positions,
                 (Affine(chunk) + 1) * schedule.chunk_positions);
  }
  if (schedule.outside > 0) emit_clearing(builder, context, chunk);
  Walk(builder, context).run(chunk);
  const bool cut = is_cut_sum(problem, schedule);
  if (schedule.outside > 0 && !storage.sums_in_out && !cut) emit_completion(builder, context, chunk, 1);
  phases.push_back(std::move(builder).finish());
  if (cut) {
    LoopsBuilder addition = builder_of(contraction, storage, "_add");
    emit_addition(addition, context);
    phases.push_back(std::move(addition).finish());
  }
  return phases;
}

}  // namespace dlc
