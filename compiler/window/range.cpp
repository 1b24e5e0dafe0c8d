#include <algorithm>

#include "compiler/window/interval.h"
#include "compiler/window/window.h"

namespace dlc {

Range range_within(const Position& position, std::span<const Range> indices) {
  Range sum{position.constant, position.constant};
  for (const Term& term : position.terms) {
    Range values;
    if (const auto* index = std::get_if<IndexId>(&term.what)) {
      values = indices[number_of(*index)];
    } else if (const auto* quotient = std::get_if<Quotient>(&term.what)) {
      const Range of = range_within(quotient->of.front(), indices);
      values = {floor_quotient(of.least, quotient->divisor), floor_quotient(of.most, quotient->divisor)};
    } else if (const auto* remainder = std::get_if<Remainder>(&term.what)) {
      const Range of = range_within(remainder->of.front(), indices);
      const std::int64_t low = floor_quotient(of.least, remainder->divisor);
      const bool one_block = low == floor_quotient(of.most, remainder->divisor);
      const std::int64_t base = low * remainder->divisor;
      values = one_block ? Range{of.least - base, of.most - base} : Range{0, remainder->divisor - 1};
    } else {
      values = {0, std::get<Lookup>(term.what).bound - 1};
    }
    const std::int64_t a = term.coefficient * values.least;
    const std::int64_t b = term.coefficient * values.most;
    sum.least += std::min(a, b);
    sum.most += std::max(a, b);
  }
  return sum;
}

std::vector<Range> whole_ranges(std::span<const Index> indices) {
  std::vector<Range> ranges;
  for (const Index& index : indices) ranges.push_back({0, index.extent - 1});
  return ranges;
}

Range range(const Position& position, std::span<const Index> indices) {
  return range_within(position, whole_ranges(indices));
}

void for_each_combination(std::span<const Index> indices,
                          const std::function<void(std::span<const std::int64_t>)>& visit) {
  std::vector<std::int64_t> values(indices.size(), 0);
  for (const Index& index : indices) {
    if (index.extent <= 0) return;
  }
  for (;;) {
    visit(values);
    std::size_t i = indices.size();
    while (i > 0 && ++values[i - 1] == indices[i - 1].extent) values[--i] = 0;
    if (i == 0) return;
  }
}

IndexRange inner_range(const Window& window, IndexId index, std::span<const Index> indices,
                       const Shape& tensor) {
  IndexRange inner{0, indices[number_of(index)].extent};
  for (std::size_t d = 0; d < window.size(); ++d) {
    const std::int64_t step = coefficient(window[d], index);
    if (step == 0 || !is_affine(window[d])) continue;
    const Range others = range(window[d] - scaled(position_of(index), step), indices);
    // 0 <= others.least + step * index and others.most + step * index <= extent - 1
    const std::int64_t size = std::abs(step);
    const std::int64_t below = step > 0 ? -others.least : others.most - (tensor[d] - 1);
    const std::int64_t above = step > 0 ? tensor[d] - 1 - others.most : others.least;
    inner.first = std::max(inner.first, -floor_quotient(-below, size));
    inner.last = std::min(inner.last, floor_quotient(above, size) + 1);
  }
  return inner;
}

}  // namespace dlc
