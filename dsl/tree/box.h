#pragma once

#include <memory>
#include <utility>

namespace dlc {

/// Called before a boxed value goes: a type whose values may be long chains has its own, which takes them
/// apart without recursion.
template <class T>
void dismantle(T&) {}

/// A value on the heap: what a recursive type holds of itself. Moves only; const goes through. Empty only
/// after a move.
template <class T>
class Box {
 public:
  Box() : value_(std::make_unique<T>()) {}
  Box(T value) : value_(std::make_unique<T>(std::move(value))) {}

  Box(Box&&) noexcept = default;
  Box& operator=(Box&&) noexcept = default;
  ~Box() {
    if (value_) dismantle(*value_);
  }

  bool is_empty() const { return !value_; }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace dlc
