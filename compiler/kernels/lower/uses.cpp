// How the indices of a kernel move its accesses, and which of them can run as one: the part of lower_nest.h
// that writes no loops.
#include <algorithm>
#include <numeric>

#include "compiler/kernels/lower/nest.h"

namespace dlc {

namespace {

class UseFinder {
 public:
  explicit UseFinder(const KernelSource& source)
      : graph_(source.graph),
        indices_(source.root().indices),
        uses_{{}, std::vector<bool>(indices_.size())} {}

  void access(ValueId tensor, const Window& window, bool has_border) {
    const Shape& shape = graph_[tensor].type.shape;
    const std::vector<std::int64_t> strides = strides_of(shape);
    Use use = nothing();
    use.is_access = true;
    for (std::size_t d = 0; d < window.size(); ++d) {
      add(window[d], strides[d], use);
      const Range reached = range(window[d], indices_);
      if (has_border && (reached.least < 0 || reached.most >= shape[d])) keep_apart(window[d]);
    }
    uses_.all.push_back(std::move(use));
  }

  void position(const Position& position) {
    Use use = nothing();
    add(position, 1, use);
    uses_.all.push_back(std::move(use));
  }

  void body(const Body& body) {
    for (const Expression& expression : body.expressions) {
      if (const Read* read = std::get_if<Read>(&expression))
        access(read->tensor, read->window, read->otherwise.has_value());
      if (const PositionValue* value = std::get_if<PositionValue>(&expression)) position(value->position);
      if (const Draw* draw = std::get_if<Draw>(&expression)) position(draw->counter);
    }
  }

  Uses finish() && { return std::move(uses_); }

 private:
  Use nothing() const {
    return Use{std::vector<std::int64_t>(indices_.size()), std::vector<bool>(indices_.size()), false};
  }

  void add(const Position& position, std::int64_t factor, Use& use) {
    for (const Term& term : position.terms) {
      if (const IndexId* index = std::get_if<IndexId>(&term.what)) {
        use.strides[number_of(*index)] += factor * term.coefficient;
        continue;
      }
      for (std::size_t i = 0; i < indices_.size(); ++i) {
        if (depends_on(alone(term), IndexId(i))) use.irregular[i] = true;
      }
      if (const Lookup* lookup = std::get_if<Lookup>(&term.what)) {
        access(lookup->tensor, lookup->subscripts, false);
      } else {
        keep_apart(alone(term));
      }
    }
  }

  void keep_apart(const Position& position) {
    for (std::size_t i = 0; i < indices_.size(); ++i) {
      if (depends_on(position, IndexId(i))) uses_.apart[i] = true;
    }
  }

  const Graph& graph_;
  const std::vector<Index>& indices_;
  Uses uses_;
};

}  // namespace

Uses uses_of(const KernelSource& source) {
  UseFinder finder(source);
  finder.access(source.members[0], source.root().write, true);
  for (std::size_t m = 0; m < source.members.size(); ++m) finder.body(source.definition(m).body);
  if (gives_position(source)) finder.position(linear_position(source.root()));
  return std::move(finder).finish();
}

bool gives_position(const KernelSource& source) {
  for (std::size_t m = 0; m < source.roots; ++m) {
    const Combiner combiner = source.definition(m).combiner;
    if (combiner == Combiner::argmax || combiner == Combiner::argmin) return true;
  }
  return false;
}

Position linear_position(const Definition& definition) {
  Position position;
  std::int64_t stride = 1;
  const std::vector<IndexId> reduced = reduced_indices(definition);
  for (std::size_t i = reduced.size(); i-- > 0;) {
    position = position + scaled(position_of(reduced[i]), stride);
    stride *= definition.indices[number_of(reduced[i])].extent;
  }
  return position;
}

std::vector<Axis> merged_axes(std::span<const IndexId> order, std::span<const Index> indices,
                              const Uses& uses) {
  std::vector<Axis> axes;
  for (const IndexId index : order) {
    const std::int64_t extent = indices[number_of(index)].extent;
    if (extent == 1) continue;
    const auto is_even = [&](const Use& use) {
      const std::size_t outer = number_of(axes.back().last());
      return use.strides[outer] == use.strides[number_of(index)] * extent;
    };
    const bool merges = !axes.empty() && !uses.apart[number_of(index)] &&
                        !uses.apart[number_of(axes.back().last())] &&
                        std::all_of(uses.all.begin(), uses.all.end(), is_even);
    if (merges) {
      axes.back().indices.push_back(index);
      axes.back().extent *= extent;
    } else {
      axes.push_back(Axis{{index}, extent});
    }
  }
  return axes;
}

std::vector<IndexId> written_indices(const Definition& definition, const Uses& uses) {
  std::vector<IndexId> written;
  for (std::size_t i = 0; i < definition.indices.size(); ++i) {
    if (depends_on(definition.write, IndexId(i))) written.push_back(IndexId(i));
  }
  const std::vector<std::int64_t>& strides = uses.all.front().strides;
  std::stable_sort(written.begin(), written.end(), [&](IndexId a, IndexId b) {
    return std::abs(strides[number_of(a)]) > std::abs(strides[number_of(b)]);
  });
  return written;
}

std::vector<IndexId> reduced_indices(const Definition& definition) {
  std::vector<IndexId> reduced;
  for (std::size_t i = 0; i < definition.indices.size(); ++i) {
    if (!depends_on(definition.write, IndexId(i))) reduced.push_back(IndexId(i));
  }
  return reduced;
}

std::uint32_t lanes_for(std::int64_t extent, const Target& target, std::uint32_t most) {
  const std::uint32_t register_lanes = target.widest().lanes();
  std::uint32_t lanes = 1;
  while (lanes < extent && lanes < register_lanes) lanes *= 2;
  while (lanes < register_lanes * most && extent % (std::int64_t{2} * lanes) == 0) lanes *= 2;
  return lanes;
}

std::int64_t chunk_count(std::int64_t work, std::int64_t extent) {
  constexpr std::int64_t worth_a_chunk = 16384;
  constexpr std::int64_t most = 32;
  return std::max<std::int64_t>(1, std::min({work / worth_a_chunk, most, extent}));
}

std::int64_t work_of(const KernelSource& source) {
  std::int64_t elements = 1;
  for (const Index& index : source.root().indices) elements *= index.extent;
  std::int64_t operations = 0;
  for (std::size_t m = 0; m < source.members.size(); ++m) {
    operations += static_cast<std::int64_t>(source.definition(m).body.expressions.size());
  }
  return elements * (1 + operations / 4);
}

std::int64_t count(std::span<const Axis> axes) {
  return std::accumulate(axes.begin(), axes.end(), std::int64_t{1},
                         [](std::int64_t product, const Axis& axis) { return product * axis.extent; });
}

}  // namespace dlc
