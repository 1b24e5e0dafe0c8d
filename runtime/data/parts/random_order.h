#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dlc {

/// Random bits by a counter (SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014): the n-th number is a function of the seeds and n alone, on every machine. The
/// distributions of the C++ library are not, so none is used.
class RandomBits {
 public:
  /// Two seeds, so that the epochs of one run need no numbers in common.
  explicit RandomBits(std::uint64_t seed, std::uint64_t stream = 0);

  std::uint64_t next();

  /// A number from 0 to bound − 1, each equally likely; bound > 0.
  std::uint64_t below(std::uint64_t bound);

 private:
  std::uint64_t state_;
};

/// Fisher and Yates: each order is equally likely.
void shuffle(std::span<std::int64_t> items, RandomBits& random);

/// The order of the examples 0 … count − 1 in an epoch (from 1): a function of these three numbers alone.
std::vector<std::int64_t> epoch_order(std::int64_t count, std::uint64_t seed, std::int64_t epoch);

/// 0, 1, …, count − 1.
std::vector<std::int64_t> file_order(std::int64_t count);

}  // namespace dlc
