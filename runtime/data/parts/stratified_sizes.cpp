#include "runtime/data/parts/stratified_sizes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/data/parts/split.h"

// Rounding a table so that rows and columns keep their sums (controlled rounding; Cox, JASA 1987). Every size
// is first rounded down; what each class and each part then lacks is handed out one by one, at most one for
// each size. The larger remainders come first. Where that leaves a class that lacks one and no part that
// could take it, an alternating path moves earlier ones, as in a bipartite matching; a table of fractions
// that add up to whole numbers always has such a rounding.

namespace dlc {
namespace {

class StratifiedSizes {
 public:
  StratifiedSizes(std::span<const std::int64_t> class_sizes, std::span<const double> shares)
      : parts_(shares.size()), sizes_(class_sizes.size()), raised_(class_sizes.size()) {
    const auto total =
        static_cast<double>(std::accumulate(class_sizes.begin(), class_sizes.end(), std::int64_t{0}));
    std::vector<double> amounts;
    for (const double share : shares) amounts.push_back(share * total);
    part_lacks_ = largest_remainders(amounts);
    for (std::size_t label = 0; label < class_sizes.size(); ++label) {
      class_lacks_.push_back(class_sizes[label]);
      raised_[label].assign(parts_, false);
      for (std::size_t part = 0; part < parts_; ++part) {
        const double exact = shares[part] * static_cast<double>(class_sizes[label]);
        const double floor = std::floor(exact + 1e-9);
        const auto size = static_cast<std::int64_t>(floor);
        sizes_[label].push_back(size);
        class_lacks_[label] -= size;
        part_lacks_[part] -= size;
        if (exact - floor > 1e-9) fractions_.push_back({exact - floor, label, part});
      }
    }
  }

  std::vector<std::vector<std::int64_t>> solve() && {
    std::stable_sort(fractions_.begin(), fractions_.end(),
                     [](const Fraction& a, const Fraction& b) { return a.remainder > b.remainder + 1e-9; });
    for (const Fraction& fraction : fractions_) {
      if (class_lacks_[fraction.label] > 0 && part_lacks_[fraction.part] > 0) {
        raise(fraction.label, fraction.part);
        --class_lacks_[fraction.label];
        --part_lacks_[fraction.part];
      }
    }
    can_rise_.assign(sizes_.size(), std::vector<bool>(parts_, false));
    for (const Fraction& fraction : fractions_) can_rise_[fraction.label][fraction.part] = true;
    for (std::size_t label = 0; label < sizes_.size(); ++label) {
      while (class_lacks_[label] > 0) {
        std::vector<bool> visited(parts_, false);
        if (!place(label, visited)) give_to_any(label);
        --class_lacks_[label];
      }
    }
    return std::move(sizes_);
  }

 private:
  struct Fraction {
    double remainder = 0;
    std::size_t label = 0;
    std::size_t part = 0;
  };

  void raise(std::size_t label, std::size_t part) {
    raised_[label][part] = true;
    ++sizes_[label][part];
  }

  // Finds a part for one more of this class; where a part is full, another class moves on to its next part.
  // Visits each part once.
  bool place(std::size_t label, std::vector<bool>& visited) {
    for (std::size_t part = 0; part < parts_; ++part) {
      if (visited[part] || raised_[label][part] || !can_rise_[label][part]) continue;
      visited[part] = true;
      if (part_lacks_[part] > 0) {
        --part_lacks_[part];
        raise(label, part);
        return true;
      }
      for (std::size_t other = 0; other < sizes_.size(); ++other) {
        if (!raised_[other][part] || !place(other, visited)) continue;
        raised_[other][part] = false;
        --sizes_[other][part];
        raise(label, part);
        return true;
      }
    }
    return false;
  }

  // Reached by rounding of the machine alone: a remainder of almost 0 or 1 was taken for a whole number.
  void give_to_any(std::size_t label) {
    const auto part = std::max_element(part_lacks_.begin(), part_lacks_.end()) - part_lacks_.begin();
    --part_lacks_[static_cast<std::size_t>(part)];
    ++sizes_[label][static_cast<std::size_t>(part)];
  }

  std::size_t parts_;
  std::vector<std::vector<std::int64_t>> sizes_;
  std::vector<std::vector<bool>> raised_;
  std::vector<std::vector<bool>> can_rise_;
  std::vector<std::int64_t> class_lacks_;
  std::vector<std::int64_t> part_lacks_;
  std::vector<Fraction> fractions_;
};

}  // namespace

std::vector<std::vector<std::int64_t>> stratified_sizes(std::span<const std::int64_t> class_sizes,
                                                        std::span<const double> shares) {
  return StratifiedSizes(class_sizes, shares).solve();
}

}  // namespace dlc
