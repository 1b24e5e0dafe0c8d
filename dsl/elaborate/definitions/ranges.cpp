#include "dsl/elaborate/definitions/ranges.h"

#include <algorithm>

namespace dlc {

namespace {

class RangeFinder {
 public:
  RangeFinder(Axes& axes, std::span<const IndexId> open, std::span<const SubscriptUse> uses)
      : axes_(axes), open_(open.begin(), open.end()), uses_(uses) {}

  std::vector<RangeMistake> run() {
    // Nothing may be simplified by a range that is being looked for, so all that is found is set at the end
    // of its round.
    find_alone(false);
    find_alone(true);
    while (find_only_open()) {
    }
    for (const IndexId index : open_) {
      mistakes_.push_back({RangeMistake::Why::unused, index, 0, 0});
      axes_.indices[number_of(index)].extent = 1;
    }
    return std::move(mistakes_);
  }

 private:
  bool is_open(IndexId index) const { return std::find(open_.begin(), open_.end(), index) != open_.end(); }

  void settle(IndexId index, std::int64_t extent) {
    axes_.indices[number_of(index)].extent = extent;
    std::erase(open_, index);
  }

  void find_alone(bool has_else) {
    struct Found {
      IndexId index;
      std::size_t use;
      bool disagrees;
    };
    std::vector<Found> found;
    for (std::size_t i = 0; i < uses_.size(); ++i) {
      const SubscriptUse& use = uses_[i];
      if (use.has_else != has_else || use.position.constant != 0 || use.position.terms.size() != 1) continue;
      const auto* index = std::get_if<IndexId>(&use.position.terms[0].what);
      if (!index || use.position.terms[0].coefficient != 1 || !is_open(*index)) continue;
      const auto before =
          std::find_if(found.begin(), found.end(), [&](const Found& other) { return other.index == *index; });
      if (before == found.end()) {
        found.push_back({*index, i, false});
      } else if (uses_[before->use].extent != use.extent && !before->disagrees) {
        before->disagrees = true;
        mistakes_.push_back({RangeMistake::Why::disagree, *index, uses_[before->use].source, use.source});
      }
    }
    for (const Found& each : found) settle(each.index, uses_[each.use].extent);
  }

  /// The only open index of a position, if there is just one.
  std::optional<IndexId> only_open(const Position& position) const {
    std::optional<IndexId> only;
    for (const IndexId index : axes_of(position)) {
      if (!is_open(index)) continue;
      if (only) return std::nullopt;
      only = index;
    }
    return only;
  }

  bool stays_inside(const SubscriptUse& use, IndexId index, std::int64_t extent) {
    std::int64_t& known = axes_.indices[number_of(index)].extent;
    const std::int64_t before = known;
    known = extent;
    const Range values = range(use.position, axes_);
    known = before;
    return values.least >= 0 && values.most < use.extent;
  }

  /// How many values the index may take, from 0, so that this subscript stays inside; unknown_extent: any
  /// number.
  std::int64_t reach(const SubscriptUse& use, IndexId index) {
    if (stays_inside(use, index, unknown_extent)) return unknown_extent;
    std::int64_t inside = 0;
    std::int64_t outside = unknown_extent;
    while (outside - inside > 1) {
      const std::int64_t middle = inside + (outside - inside) / 2;
      (stays_inside(use, index, middle) ? inside : outside) = middle;
    }
    return inside;
  }

  bool find_only_open() {
    struct Found {
      IndexId index;
      std::int64_t extent;
      std::size_t source;
    };
    std::vector<Found> found;
    for (const SubscriptUse& use : uses_) {
      if (use.has_else) continue;
      const std::optional<IndexId> index = only_open(use.position);
      if (!index) continue;
      const std::int64_t extent = reach(use, *index);
      if (extent == unknown_extent) continue;
      const auto before =
          std::find_if(found.begin(), found.end(), [&](const Found& other) { return other.index == *index; });
      if (before == found.end()) {
        found.push_back({*index, extent, use.source});
      } else if (extent < before->extent) {
        *before = {*index, extent, use.source};
      }
    }
    for (const Found& each : found) {
      if (each.extent < 1) mistakes_.push_back({RangeMistake::Why::empty, each.index, each.source, 0});
      settle(each.index, std::max<std::int64_t>(each.extent, 1));
    }
    return !found.empty();
  }

  Axes& axes_;
  std::vector<IndexId> open_;
  std::span<const SubscriptUse> uses_;
  std::vector<RangeMistake> mistakes_;
};

}  // namespace

std::vector<RangeMistake> find_ranges(Axes& axes, std::span<const IndexId> open,
                                      std::span<const SubscriptUse> uses) {
  return RangeFinder(axes, open, uses).run();
}

}  // namespace dlc
