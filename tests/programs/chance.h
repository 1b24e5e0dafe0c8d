#pragma once

#include <cstdint>
#include <random>

namespace dlc::tests {

/// Small choices, the same on every machine for the same seed.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}

  int below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  int between(int least, int most) { return least + below(most - least + 1); }
  bool one_in(int n) { return below(n) == 0; }
  template <class List>
  auto one_of(const List& list) {
    return list[random_() % list.size()];
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace dlc::tests
