#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace dlc {

/// Where a run is in its data: the batch to be taken next. A run that goes on from here sees the same batches
/// as one that never stopped.
struct BatchPosition {
  std::int64_t epoch = 1;  // from 1
  std::int64_t batch = 0;  // within the epoch, from 0
  bool operator==(const BatchPosition&) const = default;
};

/// What is the order of the examples within an epoch.
enum class BatchOrder : std::uint8_t {
  shuffled,  // anew in each epoch, by the seed
  as_stored
};

/// Cuts a part's examples into batches, epoch after epoch. Every example is in one batch of each epoch; the
/// last one may be smaller.
class Batches {
 public:
  /// `size` examples a batch, or all of them in one; count and size are at least 1.
  Batches(std::int64_t count, std::optional<std::int64_t> size, BatchOrder order, std::uint64_t seed);

  /// The indices of the examples of the batch at the position, which goes on. They are true until the next
  /// call.
  std::span<const std::int64_t> next();

  /// Whether the latest batch was the last of its epoch.
  bool epoch_ended() const { return position_.batch == 0 && began_; }

  BatchPosition position() const { return position_; }
  void go_to(BatchPosition position);

  std::int64_t batches_per_epoch() const;
  std::int64_t full_size() const { return size_; }
  /// The size of an epoch's last batch: full_size(), or less.
  std::int64_t last_size() const;

 private:
  std::int64_t count_;
  std::int64_t size_;
  BatchOrder order_;
  std::uint64_t seed_;
  BatchPosition position_;
  bool began_ = false;
  std::vector<std::int64_t> examples_;  // in the order of the epoch `shuffled_epoch_`
  std::int64_t shuffled_epoch_ = 0;
};

}  // namespace dlc
