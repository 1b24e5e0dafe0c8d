#include "runtime/threads/pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace dlc {

namespace {

using Body = std::function<void(std::int64_t first, std::int64_t last)>;

/// The part of the chunks that a thread begins with; whoever takes some moves `next` on. A line of its own,
/// for all threads write here.
struct alignas(64) Share {
  std::atomic<std::int64_t> next = 0;
  std::int64_t end = 0;
};

void pause() {
  __builtin_ia32_pause();
}

/// How long to look busily for work: longer than the gap between two kernels, shorter than anybody minds.
constexpr auto patience = std::chrono::microseconds(200);

template <typename Condition>
bool becomes_true_soon(const Condition& condition) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  do {
    for (int i = 0; i < 64; ++i) {
      if (condition()) return true;
      pause();
    }
  } while (std::chrono::steady_clock::now() < give_up);
  return condition();
}

}  // namespace

struct ThreadPool::Crew {
  explicit Crew(unsigned threads) : shares(threads) {}

  std::vector<Share> shares;
  const Body* body = nullptr;
  std::int64_t piece = 1;
  alignas(64) std::atomic<std::uint32_t> round = 0;    // raised when there is work
  alignas(64) std::atomic<std::uint32_t> working = 0;  // helpers that have not finished this round
  std::atomic<bool> stop = false;
  std::vector<std::thread> helpers;

  void take_from(Share& share) {
    for (;;) {
      const std::int64_t first = share.next.fetch_add(piece, std::memory_order_relaxed);
      if (first >= share.end) return;
      (*body)(first, std::min(first + piece, share.end));
    }
  }

  void work(std::size_t self) {
    for (std::size_t i = 0; i < shares.size(); ++i) take_from(shares[(self + i) % shares.size()]);
  }

  void help(std::size_t self) {
    std::uint32_t seen = 0;
    for (;;) {
      const auto called = [&] { return round.load(std::memory_order_acquire) != seen; };
      if (!becomes_true_soon(called)) round.wait(seen, std::memory_order_acquire);
      if (!called()) continue;
      ++seen;
      if (stop.load(std::memory_order_relaxed)) return;
      work(self);
      if (working.fetch_sub(1, std::memory_order_acq_rel) == 1) working.notify_one();
    }
  }

  void call_helpers() {
    round.fetch_add(1, std::memory_order_release);
    round.notify_all();
  }

  void wait_for_helpers() {
    const auto done = [&] { return working.load(std::memory_order_acquire) == 0; };
    while (!becomes_true_soon(done)) {
      const std::uint32_t rest = working.load(std::memory_order_acquire);
      if (rest != 0) working.wait(rest, std::memory_order_acquire);
    }
  }
};

ThreadPool::ThreadPool(unsigned threads) : crew_(std::make_unique<Crew>(std::max(1U, threads))) {
  for (std::size_t i = 1; i < crew_->shares.size(); ++i) {
    crew_->helpers.emplace_back([crew = crew_.get(), i] { crew->help(i); });
  }
}

ThreadPool::~ThreadPool() {
  crew_->stop.store(true, std::memory_order_relaxed);
  crew_->call_helpers();
  for (std::thread& helper : crew_->helpers) helper.join();
}

void ThreadPool::run(std::int64_t chunks, const Body& body) {
  const auto threads = static_cast<std::int64_t>(crew_->shares.size());
  if (threads == 1 || chunks <= 1) {
    if (chunks > 0) body(0, chunks);
    return;
  }
  for (std::int64_t i = 0; i < threads; ++i) {
    Share& share = crew_->shares[static_cast<std::size_t>(i)];
    share.next.store(chunks * i / threads, std::memory_order_relaxed);
    share.end = chunks * (i + 1) / threads;
  }
  crew_->body = &body;
  crew_->piece = std::max<std::int64_t>(1, chunks / (8 * threads));
  crew_->working.store(static_cast<std::uint32_t>(threads - 1), std::memory_order_relaxed);
  crew_->call_helpers();
  crew_->work(0);
  crew_->wait_for_helpers();
}

unsigned ThreadPool::threads() const {
  return static_cast<unsigned>(crew_->shares.size());
}

}  // namespace dlc
