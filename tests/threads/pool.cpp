#include "runtime/threads/pool.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>
#include <vector>

namespace dlc {

TEST_CASE("a pool runs every chunk once, round after round", "[threads]") {
  for (const unsigned threads : {1U, 2U, 3U, 5U}) {
    ThreadPool pool(threads);
    REQUIRE(pool.threads() == threads);
    std::vector<std::atomic<int>> runs(301);
    for (std::int64_t chunks = 0; chunks <= 300; ++chunks) {
      for (auto& one : runs) one = 0;
      pool.run(chunks, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t chunk = first; chunk < last; ++chunk) ++runs[static_cast<std::size_t>(chunk)];
      });
      for (std::size_t i = 0; i < runs.size(); ++i) {
        REQUIRE(runs[i] == (static_cast<std::int64_t>(i) < chunks ? 1 : 0));
      }
    }
  }
}

TEST_CASE("a pool wakes up after it went to sleep", "[threads]") {
  ThreadPool pool(3);
  for (int round = 0; round < 5; ++round) {
    std::atomic<std::int64_t> sum = 0;
    pool.run(10, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t chunk = first; chunk < last; ++chunk) sum += chunk;
    });
    REQUIRE(sum == 45);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace dlc
