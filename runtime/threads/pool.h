#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace dlc {

/// Threads that wait for work of microseconds: they look for it busily for a while before they go to sleep.
/// One caller at a time.
class ThreadPool {
 public:
  /// The caller counts as one of the threads; at least 1.
  explicit ThreadPool(unsigned threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Calls body(first, last) for ranges that together cover 0 … chunks - 1 once each, and returns when all
  /// have returned. Each thread begins with its own share, the same from call to call (what it wrote last
  /// time is in its cache), and then helps the others. Which thread runs what is left open; so results may
  /// not depend on it.
  void run(std::int64_t chunks, const std::function<void(std::int64_t first, std::int64_t last)>& body);

  unsigned threads() const;

 private:
  struct Crew;
  std::unique_ptr<Crew> crew_;
};

}  // namespace dlc
