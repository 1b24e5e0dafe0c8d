#include "compiler/kernels/scatter.h"

#include <algorithm>

#include "compiler/kernels/reduction_combine.h"

namespace dlc {

namespace {

/// The neutral value everywhere.
Launch fill(const KernelSource& source, const Target& target) {
  const Value& result = source.graph[source.members[0]];
  LoopsBuilder builder(result.name + "_fill");
  KernelBuffers buffers(builder, source.graph);
  const std::int64_t elements = count(result.type.shape);
  const std::uint32_t lanes = lanes_for(elements, target, 2);
  const std::int64_t whole = elements / lanes;
  const std::int64_t chunks = chunk_count(elements / 4, whole);
  const LoopVariable chunk = builder.chunks(chunks);
  const BufferId buffer = buffers.of(source.members[0]);
  const auto store = [&](Affine start, loops::Mask mask) {
    const Combining combining(builder, source.root().combiner, result.type.kind);
    builder.store(combining.neutral(lanes)[0], loops::Address{buffer, std::move(start), 1, std::nullopt, 1},
                  mask);
  };
  builder.loop("block", piece(chunk, 0, whole, chunks), piece(chunk, 1, whole, chunks), 1,
               [&](LoopVariable block) { store(Affine(block) * lanes, loops::AllLanes{}); });
  const auto left = static_cast<std::uint32_t>(elements - whole * lanes);
  if (left > 0) {
    builder.loop("rest", 0, piece(chunk, 1, 1, chunks), 1,
                 [&](LoopVariable) { store(whole * lanes, loops::FirstLanes{left}); });
  }
  std::vector<BufferUse> uses = buffers.uses();
  return Launch{std::move(builder).finish(), std::move(uses)};
}

/// Does the index stand alone in one subscript of the write? Then two of its values never meet.
bool keeps_apart(const Definition& definition, IndexId index) {
  return std::any_of(definition.write.begin(), definition.write.end(), [&](const Position& position) {
    return position.terms.size() == 1 && coefficient(position, index) != 0;
  });
}

Launch take_all(const KernelSource& source, const Target& target) {
  const Definition& root = source.root();
  const Uses uses = uses_of(source);
  std::vector<IndexId> apart;
  std::vector<IndexId> others;
  for (std::size_t i = 0; i < root.indices.size(); ++i)
    (keeps_apart(root, IndexId(i)) ? apart : others).push_back(IndexId(i));
  const std::vector<Axis> outer = merged_axes(apart, root.indices, uses);
  const std::vector<Axis> inner = merged_axes(others, root.indices, uses);
  const bool adds = root.combiner == Combiner::sum;
  const std::uint32_t lanes = adds && !outer.empty() ? lanes_for(outer.back().extent, target, 1) : 1;

  Nest nest(source, source.graph[source.members[0]].name);
  const auto element = [&] {
    const RegisterId value = nest.lowering().value_of(root.body, root.body.root);
    if (adds) return nest.lowering().store(source.members[0], root.write, value, true);
    const Combining combining(nest.builder(), root.combiner, nest.builder().type(value).kind);
    const RegisterId old = nest.lowering().load(source.members[0], root.write);
    nest.lowering().store(source.members[0], root.write,
                          combining.combined(std::vector{old}, std::vector{value})[0]);
  };
  const std::int64_t pieces = outer.size() == 1 ? outer[0].extent / lanes
                              : outer.empty()   ? 1
                                                : outer[0].extent;
  const std::int64_t chunks = chunk_count(work_of(source), std::max<std::int64_t>(1, pieces));
  nest.chunked(outer, lanes, chunks, [&] { nest.loops(inner, element); });
  return std::move(nest).finish();
}

}  // namespace

ScheduledKernel schedule_scatter(const KernelSource& source, const Target& target) {
  ScheduledKernel kernel;
  kernel.launches.push_back(fill(source, target));
  kernel.launches.push_back(take_all(source, target));
  return kernel;
}

}  // namespace dlc
