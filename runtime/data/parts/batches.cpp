#include "runtime/data/parts/batches.h"

#include <algorithm>
#include <cassert>

#include "runtime/data/parts/random_order.h"

namespace dlc {

Batches::Batches(std::int64_t count, std::optional<std::int64_t> size, BatchOrder order, std::uint64_t seed)
    : count_(count), size_(std::min(size.value_or(count), count)), order_(order), seed_(seed) {
  assert(count >= 1 && size_ >= 1);
  if (order_ == BatchOrder::as_stored) examples_ = file_order(count_);
}

std::span<const std::int64_t> Batches::next() {
  if (order_ == BatchOrder::shuffled && shuffled_epoch_ != position_.epoch) {
    examples_ = epoch_order(count_, seed_, position_.epoch);
    shuffled_epoch_ = position_.epoch;
  }
  const std::int64_t first = position_.batch * size_;
  const std::int64_t length = std::min(size_, count_ - first);
  began_ = true;
  ++position_.batch;
  if (position_.batch == batches_per_epoch()) position_ = {.epoch = position_.epoch + 1, .batch = 0};
  return std::span(examples_).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(length));
}

void Batches::go_to(BatchPosition position) {
  assert(position.epoch >= 1 && position.batch >= 0 && position.batch < batches_per_epoch());
  position_ = position;
  began_ = false;
}

std::int64_t Batches::batches_per_epoch() const {
  return (count_ + size_ - 1) / size_;
}

std::int64_t Batches::last_size() const {
  return count_ - (batches_per_epoch() - 1) * size_;
}

}  // namespace dlc
