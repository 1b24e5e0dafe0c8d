#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/files/result.h"

namespace dlc {

/// `train 0.7` or `train 120`.
struct PartAmount {
  std::string part;
  double amount = 0;
};

/// A `split` line.
struct SplitRule {
  std::vector<PartAmount> parts;
  bool counts = false;    // else shares, that add up to at most 1
  bool in_order = false;  // cut without shuffling
  std::uint64_t seed = 1;
  std::span<const std::int32_t>
      strata;  // the class of each example, to be split alike; empty without `stratify`
};

/// The examples of each part, ascending, in the order of the rule. Sizes are by largest remainder (of equal
/// remainders the part that is named first), of all and within each class at once: every part has as many
/// examples with `stratify` as without, and in every class at most one more or less than its share. A part
/// that would have no example is a failure.
Result<std::vector<std::vector<std::int64_t>>> split_examples(std::int64_t count, const SplitRule& rule);

/// Whole numbers that add up to the sum of the amounts (itself whole): each amount's floor, and one more for
/// those with the largest remainders, of equal ones the earlier.
std::vector<std::int64_t> largest_remainders(std::span<const double> amounts);

}  // namespace dlc
