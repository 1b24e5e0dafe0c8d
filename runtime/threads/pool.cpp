#include "runtime/threads/pool.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace dlc {

namespace {

using Body = std::function<void(std::int64_t first, std::int64_t last)>;

/// The part of the chunks that a thread begins with; whoever takes some moves `next` on. The round stands
/// beside it in one word, so that a thread that was held up takes nothing of a later round by the numbers of
/// an earlier one. A line of its own, for all threads write here.
struct alignas(64) Share {
  std::atomic<std::uint64_t> state = 0;  // round << 32 | next
  std::atomic<std::uint32_t> end = 0;
};

constexpr std::uint32_t closed = 0xFFFFFFFFU;  // a `next` behind every end

constexpr std::uint64_t state_of(std::uint32_t round, std::uint32_t next) {
  return (std::uint64_t{round} << 32) | next;
}

/// How long to look busily for what is awaited before the processor is offered to others, and before the
/// thread goes to sleep: longer than the gap between two kernels, shorter than anybody minds. Where other
/// threads want the cores, one that only looks must not keep them.
constexpr auto busy = std::chrono::microseconds(20);
constexpr auto patience = std::chrono::microseconds(200);

template <typename Condition>
bool becomes_true_soon(const Condition& condition) {
  const auto start = std::chrono::steady_clock::now();
  for (;;) {
    for (int i = 0; i < 64; ++i) {
      if (condition()) return true;
      __builtin_ia32_pause();
    }
    const auto waited = std::chrono::steady_clock::now() - start;
    if (waited > patience) return condition();
    if (waited > busy) std::this_thread::yield();
  }
}

}  // namespace

struct ThreadPool::Crew {
  explicit Crew(unsigned threads) : shares(threads) {}

  std::vector<Share> shares;
  std::atomic<const Body*> body = nullptr;
  std::atomic<std::uint32_t> piece = 1;
  alignas(64) std::atomic<std::uint32_t> round = 0;      // raised when there is work
  alignas(64) std::atomic<std::uint32_t> remaining = 0;  // chunks of this round that are not done
  std::atomic<bool> stop = false;
  std::vector<std::thread> helpers;

  /// Takes pieces of the share as long as it has some of this round. What is taken is not done, so its round
  /// cannot end and the body is still that of the round.
  void take_from(Share& share, std::uint32_t of_round) {
    std::uint64_t state = share.state.load(std::memory_order_acquire);
    while (static_cast<std::uint32_t>(state >> 32) == of_round) {
      const std::uint32_t first = static_cast<std::uint32_t>(state);
      const std::uint32_t end = share.end.load(std::memory_order_relaxed);
      if (first >= end) return;
      const std::uint32_t last = std::min(first + piece.load(std::memory_order_relaxed), end);
      if (!share.state.compare_exchange_weak(state, state_of(of_round, last), std::memory_order_acq_rel))
        continue;
      (*body.load(std::memory_order_relaxed))(first, last);
      if (remaining.fetch_sub(last - first, std::memory_order_acq_rel) == last - first)
        remaining.notify_one();
      state = share.state.load(std::memory_order_acquire);
    }
  }

  void work(std::size_t self, std::uint32_t of_round) {
    for (std::size_t i = 0; i < shares.size(); ++i) take_from(shares[(self + i) % shares.size()], of_round);
  }

  void help(std::size_t self) {
    std::uint32_t seen = 0;
    for (;;) {
      const auto called = [&] { return round.load(std::memory_order_acquire) != seen; };
      if (!becomes_true_soon(called)) round.wait(seen, std::memory_order_acquire);
      seen = round.load(std::memory_order_acquire);
      if (stop.load(std::memory_order_relaxed)) return;
      work(self, seen);
    }
  }

  /// The shares are closed before their numbers change and opened when all have.
  std::uint32_t open(std::uint32_t chunks, const Body& work) {
    const std::uint32_t next_round = round.load(std::memory_order_relaxed) + 1;
    const auto threads = static_cast<std::uint32_t>(shares.size());
    const auto begin = [&](std::size_t i) {
      return static_cast<std::uint32_t>(std::uint64_t{chunks} * i / threads);
    };
    for (Share& share : shares) share.state.store(state_of(next_round, closed), std::memory_order_seq_cst);
    body.store(&work, std::memory_order_relaxed);
    piece.store(std::max(1U, chunks / (8 * threads)), std::memory_order_relaxed);
    remaining.store(chunks, std::memory_order_relaxed);
    for (std::size_t i = 0; i < threads; ++i) {
      shares[i].end.store(begin(i + 1), std::memory_order_relaxed);
      shares[i].state.store(state_of(next_round, begin(i)), std::memory_order_release);
    }
    return next_round;
  }

  void call_helpers(std::uint32_t next_round) {
    round.store(next_round, std::memory_order_release);
    round.notify_all();
  }

  /// Ends when the chunks are done; helpers that are late need not come.
  void wait_for_rest() {
    const auto done = [&] { return remaining.load(std::memory_order_acquire) == 0; };
    while (!becomes_true_soon(done)) {
      const std::uint32_t rest = remaining.load(std::memory_order_acquire);
      if (rest != 0) remaining.wait(rest, std::memory_order_acquire);
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
  crew_->call_helpers(crew_->round.load(std::memory_order_relaxed) + 1);
  for (std::thread& helper : crew_->helpers) helper.join();
}

void ThreadPool::run(std::int64_t chunks, const Body& body) {
  if (crew_->shares.size() == 1 || chunks <= 1) {
    if (chunks > 0) body(0, chunks);
    return;
  }
  assert(chunks < closed);
  const std::uint32_t round = crew_->open(static_cast<std::uint32_t>(chunks), body);
  crew_->call_helpers(round);
  crew_->work(0, round);
  crew_->wait_for_rest();
}

unsigned ThreadPool::threads() const {
  return static_cast<unsigned>(crew_->shares.size());
}

}  // namespace dlc
