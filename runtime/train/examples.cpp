#include "runtime/train/examples.h"

#include <numeric>
#include <vector>

#include "runtime/data/parts/random_order.h"

namespace dlc {

ExamplesOfStep in_random_order(std::int64_t count, std::uint64_t seed) {
  return [count, seed, order = std::vector<std::int64_t>(), order_of = std::int64_t{0}](
             std::int64_t epoch, std::int64_t first, std::int64_t size) mutable {
    if (order_of != epoch) order = epoch_order(count, seed, epoch);
    order_of = epoch;
    return std::span<const std::int64_t>(order).subspan(static_cast<std::size_t>(first),
                                                        static_cast<std::size_t>(size));
  };
}

ExamplesOfStep numbered() {
  return
      [examples = std::vector<std::int64_t>()](std::int64_t, std::int64_t first, std::int64_t size) mutable {
        examples.resize(static_cast<std::size_t>(size));
        std::iota(examples.begin(), examples.end(), first);
        return std::span<const std::int64_t>(examples);
      };
}

}  // namespace dlc
