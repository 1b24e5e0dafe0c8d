#include "compiler/kernels/lower/nest.h"

#include <algorithm>
#include <utility>

namespace dlc {

namespace {

/// By index: the values for which no read with an `else` is outside in a subscript that names it.
std::vector<IndexRange> inner_ranges(const KernelSource& source) {
  const std::vector<Index>& indices = source.root().indices;
  std::vector<IndexRange> inner;
  inner.reserve(indices.size());
  for (const Index& index : indices) inner.push_back({0, index.extent});
  for (std::size_t m = 0; m < source.members.size(); ++m) {
    for (const Expression& expression : source.definition(m).body.expressions) {
      const Read* read = std::get_if<Read>(&expression);
      if (read == nullptr || !read->otherwise) continue;
      for (std::size_t i = 0; i < indices.size(); ++i) {
        const IndexRange values =
            inner_range(read->window, IndexId(i), indices, source.graph[read->tensor].type.shape);
        inner[i] = {std::max(inner[i].first, values.first), std::min(inner[i].last, values.last)};
      }
    }
  }
  return inner;
}

}  // namespace

Nest::Nest(const KernelSource& source, std::string name)
    : source_(source),
      builder_(std::move(name)),
      buffers_(builder_, source.graph),
      lowering_(builder_, source.graph, buffers_, source.root().indices, source.members),
      places_(source.root().indices.size()),
      inner_(inner_ranges(source)) {
  place_single_indices();
}

void Nest::place_single_indices() {
  const std::vector<Index>& indices = source_.root().indices;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (indices[i].extent == 1) lowering_.place(IndexId(i), IndexPlace{});
  }
}

void Nest::place(const Axis& axis, IndexPlace place) {
  for (const IndexId index : axis.indices) lowering_.place(index, IndexPlace{});
  places_[number_of(axis.last())] = place;
  lowering_.place(axis.last(), std::move(place));
}

void Nest::hoist() {
  for (std::size_t m = first_hoisted_; m < source_.members.size(); ++m)
    lowering_.hoist(source_.definition(m).body);
}

std::vector<RegisterId> Nest::loop(const Axis& axis, Bound first, Bound last,
                                   std::span<const RegisterId> initial, const Carry& body) {
  const std::string& name = source_.root().indices[number_of(axis.last())].name;
  return builder_.loop(name, std::move(first), std::move(last), 1, initial,
                       [&](LoopVariable variable, std::span<const RegisterId> carried) {
                         const BodyLowering::Scope scope(lowering_);
                         place(axis, IndexPlace{variable, 0});
                         hoist();
                         return body(carried);
                       });
}

void Nest::part_of_loop(const Axis& axis, const Bound& first, const Bound& last,
                        std::optional<IndexRange> values, const std::function<void()>& body) {
  const BodyLowering::Scope scope(lowering_);
  if (values) lowering_.narrow(axis.last(), *values);
  loop(axis, first, last, {}, [&](std::span<const RegisterId>) {
    body();
    return std::vector<RegisterId>{};
  });
}

void Nest::loop(const Axis& axis, Bound first, Bound last, const std::function<void()>& body) {
  const IndexRange inner = inner_[number_of(axis.last())];
  const bool is_parted = axis.indices.size() == 1 && inner.first < inner.last &&
                         inner.last - inner.first < axis.extent && !in_rim_;
  if (!is_parted) return part_of_loop(axis, first, last, std::nullopt, body);
  const auto part = [&](std::int64_t from, std::int64_t to, bool is_rim) {
    if (from == to) return;
    Bound begin = first, end = last;
    begin.terms.push_back({from, 1});
    end.terms.push_back({to, 1});
    in_rim_ = is_rim;
    part_of_loop(axis, begin, end, IndexRange{from, to}, body);
    in_rim_ = false;
  };
  part(0, inner.first, true);
  part(inner.first, inner.last, false);
  part(inner.last, axis.extent, true);
}

void Nest::loops(std::span<const Axis> axes, const std::function<void()>& body) {
  if (axes.empty()) return body();
  loop(axes.front(), 0, axes.front().extent, [&] { loops(axes.subspan(1), body); });
}

std::vector<RegisterId> Nest::blocks(const Axis& axis, std::uint32_t lanes, Bound first, Bound last,
                                     Affine remainder_runs, std::int64_t remainder_divisor,
                                     std::span<const RegisterId> initial, const Carry& body) {
  const std::string& name = source_.root().indices[number_of(axis.last())].name;
  const std::int64_t whole = axis.extent / lanes;
  const auto block = [&](Affine start, std::uint32_t valid, std::span<const RegisterId> carried) {
    const BodyLowering::Scope scope(lowering_);
    lowering_.set_lanes({lanes, valid});
    place(axis, IndexPlace{std::move(start), lanes == 1 ? 0 : 1});
    hoist();
    return body(carried);
  };
  std::vector<RegisterId> values(initial.begin(), initial.end());
  if (whole > 0) {
    values = builder_.loop(name, std::move(first), std::move(last), 1, values,
                           [&](LoopVariable variable, std::span<const RegisterId> carried) {
                             return block(Affine(variable) * lanes, lanes, carried);
                           });
  }
  const std::int64_t left = axis.extent - whole * lanes;
  if (left == 0) return values;
  const auto remainder = [&](std::span<const RegisterId> carried) {
    return block(whole * lanes, static_cast<std::uint32_t>(left), carried);
  };
  if (remainder_runs == Affine(1) && remainder_divisor == 1) return remainder(values);
  return builder_.loop(
      "rest", 0, Bound(std::vector<Bound::Term>{{std::move(remainder_runs), remainder_divisor}}), 1, values,
      [&](LoopVariable, std::span<const RegisterId> carried) { return remainder(carried); });
}

void Nest::blocks(const Axis& axis, std::uint32_t lanes, Bound first, Bound last, Affine remainder_runs,
                  std::int64_t remainder_divisor, const std::function<void()>& body) {
  blocks(axis, lanes, std::move(first), std::move(last), std::move(remainder_runs), remainder_divisor, {},
         [&](std::span<const RegisterId>) {
           body();
           return std::vector<RegisterId>{};
         });
}

void Nest::blocks(const Axis& axis, std::uint32_t lanes, const std::function<void()>& body) {
  blocks(axis, lanes, 0, axis.extent / lanes, 1, 1, body);
}

Bound piece(LoopVariable chunk, std::int64_t after, std::int64_t extent, std::int64_t chunks) {
  return Bound(std::vector<Bound::Term>{{(Affine(chunk) + after) * extent, chunks}});
}

void Nest::chunked(std::span<const Axis> axes, std::uint32_t lanes, std::int64_t chunks,
                   const std::function<void()>& body) {
  const LoopVariable chunk = builder_.chunks(chunks);
  hoist();
  if (axes.empty()) {
    const BodyLowering::Scope scope(lowering_);
    return body();
  }
  if (axes.size() == 1) {
    const std::int64_t whole = axes[0].extent / lanes;
    if (chunks == 1) return blocks(axes[0], lanes, body);
    return blocks(axes[0], lanes, piece(chunk, 0, whole, chunks), piece(chunk, 1, whole, chunks),
                  Affine(chunk) + 1, chunks, body);
  }
  const std::int64_t extent = axes[0].extent;
  const auto inside = [&] {
    loops(axes.subspan(1, axes.size() - 2), [&] { blocks(axes.back(), lanes, body); });
  };
  if (chunks == 1) return loop(axes[0], 0, extent, inside);
  loop(axes[0], piece(chunk, 0, extent, chunks), piece(chunk, 1, extent, chunks), inside);
}

void Nest::chunked_plain(std::span<const Axis> axes, std::int64_t chunks, const std::function<void()>& body) {
  const LoopVariable chunk = builder_.chunks(chunks);
  hoist();
  if (axes.empty()) {
    const BodyLowering::Scope scope(lowering_);
    return body();
  }
  const auto inside = [&] { loops(axes.subspan(1), body); };
  if (chunks == 1) return loop(axes[0], 0, axes[0].extent, inside);
  loop(axes[0], piece(chunk, 0, axes[0].extent, chunks), piece(chunk, 1, axes[0].extent, chunks), inside);
}

IndexPlace Nest::contiguous(std::span<const Axis> axes) const {
  IndexPlace where;
  for (const Axis& axis : axes) {
    const IndexPlace& place = places_[number_of(axis.last())];
    where.sum = where.sum * axis.extent + place.sum;
    where.lane_step = where.lane_step * axis.extent + place.lane_step;
  }
  return where;
}

void Nest::finish_members(std::size_t first, std::vector<RegisterId> results) {
  for (std::size_t m = 0; m < results.size(); ++m) lowering_.computed(source_.members[m], results[m]);
  for (std::size_t m = first; m < source_.members.size(); ++m) {
    const Body& body = source_.definition(m).body;
    results.push_back(lowering_.value_of(body, body.root));
    lowering_.computed(source_.members[m], results.back());
  }
  // Only now, for a result may lie where an operand dies.
  for (std::size_t m = 0; m < source_.members.size(); ++m) {
    if (source_.stored[m]) lowering_.store(source_.members[m], source_.definition(m).write, results[m]);
  }
}

Launch Nest::finish() && {
  std::vector<BufferUse> uses = buffers_.uses();
  return Launch{std::move(builder_).finish(), std::move(uses)};
}

}  // namespace dlc
