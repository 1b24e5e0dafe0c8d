#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dsl/elaborate/value.h"

namespace dlc {

/// A subscript of a read somewhere in a definition, and the dimension that it reads.
struct SubscriptUse {
  Position position;
  std::int64_t extent = 0;
  bool has_else = false;
  std::size_t source = 0;  // the caller's number of the read, for messages
};

/// Why an index has no range.
struct RangeMistake {
  enum class Why {
    disagree,  // it alone subscribes two dimensions of different extents: uses `first` and `second`
    unused,    // it is in no subscript without `else` in which all else has a range
    empty,     // use `first` leaves it no value
  } why = Why::unused;
  IndexId index{};
  std::size_t first = 0;
  std::size_t second = 0;
};

/// An axis whose range is not known yet has this extent: so large that nothing is simplified by it.
inline constexpr std::int64_t unknown_extent = std::int64_t{1} << 46;

/// Finds the extents of the axes in `open`, whose extents are unknown, by the reads of the whole definition,
/// and sets them: where the index alone is a subscript, the dimension's extent; else as far as all reads in
/// which it is the only one open stay inside. What has no range is given in the order of `open` and is set to
/// 1, so that elaboration can go on.
std::vector<RangeMistake> find_ranges(Axes& axes, std::span<const IndexId> open,
                                      std::span<const SubscriptUse> uses);

}  // namespace dlc
