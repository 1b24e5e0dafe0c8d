#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/compile.h"

namespace dlc {

/// Memory that kernels like best: it begins at a multiple of 64 bytes and holds zeros at first.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(std::size_t bytes);

  std::byte* data() { return data_.get(); }
  const std::byte* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(std::byte* data) const;
  };
  std::unique_ptr<std::byte, Free> data_;
  std::size_t size_ = 0;
};

/// All that a net keeps from step to step, by name: parameters and states, f32, the last dimension fastest.
/// Owns the buffers that steps are bound to; they never move.
class Weights {
 public:
  struct Entry {
    std::string name;
    Shape shape;
    bool trained = false;
    AlignedBuffer buffer;

    std::span<float> values() {
      return {reinterpret_cast<float*>(buffer.data()), buffer.size() / sizeof(float)};
    }
    std::span<const float> values() const {
      return {reinterpret_cast<const float*>(buffer.data()), buffer.size() / sizeof(float)};
    }
  };

  /// Adds zeros under a name that is not there yet.
  Entry& add(std::string name, Shape shape, bool trained);
  Entry* find(std::string_view name);
  std::span<Entry> entries() { return entries_; }
  std::span<const Entry> entries() const { return entries_; }

  /// Whether all trained numbers are; a state may hold an infinity for a reason of its own.
  bool are_finite() const;

  /// Binds the step's parameters and states to these buffers. All of them are here, with their shapes.
  void bind(Step& step);

 private:
  std::vector<Entry> entries_;
};

}  // namespace dlc
