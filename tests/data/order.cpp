#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "runtime/data/parts/random_order.h"

using namespace dlc;

namespace {

using Rows = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("the bits and the order of an epoch are the same on every machine", "[data][order]") {
  RandomBits random(1);
  const std::vector<std::uint64_t> drawn{random.next(), random.next(), random.next()};
  CHECK(drawn == std::vector<std::uint64_t>{0xb18a02f46d8d86c3U, 0xf8c5b62c83f707e8U, 0x6d339d1740130eddU});
  CHECK(epoch_order(10, 1, 1) == Rows{3, 9, 6, 0, 5, 2, 7, 8, 4, 1});
  CHECK(epoch_order(10, 1, 2) == Rows{7, 2, 8, 3, 4, 6, 0, 5, 9, 1});
  CHECK(epoch_order(10, 2, 1) == Rows{5, 1, 8, 6, 0, 3, 2, 9, 7, 4});
}

TEST_CASE("an order has every example once", "[data][order][law]") {
  for (std::int64_t count = 0; count < 200; ++count) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      Rows order = epoch_order(count, seed, count % 7 + 1);
      CHECK(order == epoch_order(count, seed, count % 7 + 1));
      std::sort(order.begin(), order.end());
      CHECK(order == file_order(count));
    }
  }
}

TEST_CASE("all orders are equally likely, and seeds and epochs do not repeat them", "[data][order][law]") {
  std::map<Rows, int> seen;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    for (std::int64_t epoch = 1; epoch <= 200; ++epoch) ++seen[epoch_order(4, seed, epoch)];
  }
  CHECK(seen.size() == 24);
  double chi_squared = 0;  // 23 degrees of freedom: above 49.7 once in a thousand
  for (const auto& [order, times] : seen) chi_squared += (times - 500.0) * (times - 500.0) / 500;
  CHECK(chi_squared < 49.7);
  std::set<Rows> different;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    for (std::int64_t epoch = 1; epoch <= 30; ++epoch) different.insert(epoch_order(50, seed, epoch));
  }
  CHECK(different.size() == 900);
}

TEST_CASE("numbers below a bound are below it, and each is met", "[data][order][law]") {
  RandomBits random(3, 4);
  for (const std::uint64_t bound : {1U, 2U, 3U, 5U, 8U, 13U}) {
    std::map<std::uint64_t, int> seen;
    for (int i = 0; i < 4000; ++i) ++seen[random.below(bound)];
    CHECK(seen.size() == bound);
    CHECK(seen.rbegin()->first == bound - 1);
  }
  CHECK(random.below(std::uint64_t{1} << 63) < std::uint64_t{1} << 63);
}
