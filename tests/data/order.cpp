#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "runtime/data/parts/batches.h"
#include "runtime/data/parts/random_order.h"

using namespace dlc;

namespace {

using Rows = std::vector<std::int64_t>;

Rows next_of(Batches& batches) {
  const auto rows = batches.next();
  return {rows.begin(), rows.end()};
}

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

TEST_CASE("each epoch's batches have every example once", "[data][batches][law]") {
  for (std::int64_t count = 1; count <= 20; ++count) {
    for (std::int64_t size = 1; size <= 22; ++size) {
      for (const BatchOrder order : {BatchOrder::shuffled, BatchOrder::as_stored}) {
        Batches batches(count, size, order, 9);
        for (std::int64_t epoch = 1; epoch <= 3; ++epoch) {
          Rows all;
          std::int64_t steps = 0;
          do {
            CHECK(batches.position().epoch == epoch);
            const Rows rows = next_of(batches);
            ++steps;
            CHECK(static_cast<std::int64_t>(rows.size()) ==
                  (batches.epoch_ended() ? batches.last_size() : batches.full_size()));
            all.insert(all.end(), rows.begin(), rows.end());
          } while (!batches.epoch_ended());
          CHECK(steps == batches.batches_per_epoch());
          CHECK(all == (order == BatchOrder::shuffled ? epoch_order(count, 9, epoch) : file_order(count)));
        }
      }
    }
  }
}

TEST_CASE("all examples in one batch", "[data][batches]") {
  Batches batches(5, std::nullopt, BatchOrder::as_stored, 1);
  CHECK(batches.batches_per_epoch() == 1);
  CHECK(batches.full_size() == 5);
  CHECK(batches.last_size() == 5);
  CHECK_FALSE(batches.epoch_ended());
  CHECK(next_of(batches) == Rows{0, 1, 2, 3, 4});
  CHECK(batches.epoch_ended());
}

TEST_CASE("a run that goes on sees the batches of one that never stopped", "[data][batches][law]") {
  Batches unbroken(23, 5, BatchOrder::shuffled, 4);
  for (int step = 0; step < 17; ++step) {
    Batches resumed(23, 5, BatchOrder::shuffled, 4);
    resumed.go_to(unbroken.position());
    CHECK(resumed.position() == unbroken.position());
    CHECK(next_of(resumed) == next_of(unbroken));
    CHECK(resumed.epoch_ended() == unbroken.epoch_ended());
    CHECK(resumed.position() == unbroken.position());
  }
}
