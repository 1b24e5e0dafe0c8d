#include <algorithm>

#include "compiler/window/interval.h"
#include "compiler/window/window.h"

namespace dlc {

namespace {

constexpr std::int64_t most_tries = 1'000'000;

/// Looks for the first combination, in index order, for which the position is outside 0 … extent − 1. A
/// branch whose range is inside is not entered, so that affine positions are decided without trying.
class OutsideSearch {
 public:
  OutsideSearch(const Position& position, std::span<const Index> indices, std::int64_t extent)
      : position_(position), extent_(extent), ranges_(whole_ranges(indices)) {
    for (std::size_t i = 0; i < indices.size(); ++i) {
      if (depends_on(position, static_cast<IndexId>(i))) {
        order_.push_back(i);
      } else {
        ranges_[i] = {0, 0};
      }
    }
  }

  /// The indices, and the position there; none if it stays inside.
  std::optional<Outside> first() {
    if (!leaves_from(0)) return std::nullopt;
    Outside found;
    for (const Range& range : ranges_) found.indices.push_back(range.least);
    const Range values = range_within(position_, ranges_);
    found.position = values.least < 0 ? values.least : values.most;
    return found;
  }

 private:
  /// With the indices before `depth` fixed; if true, all are. When the tries are used up, it counts as
  /// outside: not proved.
  bool leaves_from(std::size_t depth) {
    const Range values = range_within(position_, ranges_);
    if (values.least >= 0 && values.most < extent_) return false;
    ++tries_;
    if (depth == order_.size()) return true;
    Range& range = ranges_[order_[depth]];
    const Range whole = range;
    for (std::int64_t value = whole.least; value <= whole.most; ++value) {
      range = {value, value};
      if (leaves_from(depth + 1)) return true;
      if (tries_ > most_tries) return true;
    }
    range = whole;
    return false;
  }

  const Position& position_;
  std::int64_t extent_;
  std::vector<Range> ranges_;
  std::vector<std::size_t> order_;
  std::int64_t tries_ = 0;
};

}  // namespace

std::optional<Outside> first_outside(const Window& window, std::span<const Index> indices,
                                     const Shape& tensor) {
  std::optional<Outside> first;
  for (std::size_t k = 0; k < window.size(); ++k) {
    const Range values = range(window[k], indices);
    if (values.least >= 0 && values.most < tensor[k]) continue;
    const Position simpler = normalized(window[k], indices);
    std::optional<Outside> found = OutsideSearch(simpler, indices, tensor[k]).first();
    if (!found) continue;
    found->subscript = k;
    if (!first || found->indices < first->indices) first = std::move(found);
  }
  return first;
}

namespace {

/// Narrows [first, last) of one index to the values for which the position can be inside 0 … extent − 1, the
/// others staying in their ranges.
void narrow(const Position& position, std::size_t index, std::int64_t extent, std::vector<Range>& ranges) {
  const Range whole = ranges[index];
  const auto can_be_inside = [&](std::int64_t value) {
    ranges[index] = {value, value};
    const Range values = range_within(position, ranges);
    return values.most >= 0 && values.least < extent;
  };
  Range kept = whole;
  while (kept.least <= kept.most && !can_be_inside(kept.least)) ++kept.least;
  while (kept.least <= kept.most && !can_be_inside(kept.most)) --kept.most;
  ranges[index] = kept;
}

}  // namespace

std::vector<IndexRange> reachable(const Window& window, std::span<const Index> indices, const Shape& tensor) {
  std::vector<Range> ranges = whole_ranges(indices);
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t k = 0; k < window.size(); ++k) {
      const Range values = range_within(window[k], ranges);
      if (values.least >= 0 && values.most < tensor[k]) continue;
      if (values.most < 0 || values.least >= tensor[k]) {
        return std::vector<IndexRange>(indices.size());
      }
      for (std::size_t i = 0; i < indices.size(); ++i) {
        if (!depends_on(window[k], static_cast<IndexId>(i))) continue;
        const Range before = ranges[i];
        narrow(window[k], i, tensor[k], ranges);
        if (ranges[i].least > ranges[i].most) return std::vector<IndexRange>(indices.size());
        changed = changed || before.least != ranges[i].least || before.most != ranges[i].most;
      }
    }
  }
  std::vector<IndexRange> result;
  result.reserve(ranges.size());
  for (const Range& kept : ranges) result.push_back({kept.least, kept.most + 1});
  return result;
}

}  // namespace dlc
