#include "runtime/data/parts/random_order.h"

#include <bit>
#include <cassert>
#include <numeric>
#include <utility>

namespace dlc {
namespace {

std::uint64_t mixed(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
  return bits ^ (bits >> 31);
}

constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15U;

}  // namespace

RandomBits::RandomBits(std::uint64_t seed, std::uint64_t stream)
    : state_(mixed(mixed(seed + golden_ratio) + stream * 0xd1342543de82ef95U + golden_ratio)) {}

std::uint64_t RandomBits::next() {
  state_ += golden_ratio;
  return mixed(state_);
}

std::uint64_t RandomBits::below(std::uint64_t bound) {
  assert(bound > 0);
  const std::uint64_t mask = bound == 1 ? 0 : ~std::uint64_t{0} >> std::countl_zero(bound - 1);
  for (;;) {
    const std::uint64_t drawn = next() & mask;  // less than half are thrown away
    if (drawn < bound) return drawn;
  }
}

void shuffle(std::span<std::int64_t> items, RandomBits& random) {
  for (std::size_t left = items.size(); left > 1; --left)
    std::swap(items[left - 1], items[random.below(left)]);
}

std::vector<std::int64_t> epoch_order(std::int64_t count, std::uint64_t seed, std::int64_t epoch) {
  std::vector<std::int64_t> order = file_order(count);
  RandomBits random(seed, static_cast<std::uint64_t>(epoch));
  shuffle(order, random);
  return order;
}

std::vector<std::int64_t> file_order(std::int64_t count) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

}  // namespace dlc
