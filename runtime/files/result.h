#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace dlc {

/// Something outside of us went wrong: a damaged file, a full disk, no memory. It becomes one line for the
/// user.
struct Failure {
  std::string what;  // in the words of the user, with the remedy where there is one; lower case, no full stop
  std::string file;  // as the user would type it; empty where no file is concerned
  std::int64_t line = 0;      // from 1; 0 where there are no lines
  std::int64_t column = 0;    // from 1, in characters; 0 where it is not known
  std::int64_t byte = -1;     // from 0; -1 where it is not known
  bool command_line = false;  // the command asked for what cannot be: exit status 2, not 1
  bool not_there = false;     // the file is on another machine, perhaps; nothing is damaged
};

/// `file:line:column: what` or `file: what (at byte n)`; never more than one line.
std::string one_line(const Failure& failure);

/// A value, or why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::move(value)) {}
  Result(Failure failure) : content_(std::move(failure)) {}

  explicit operator bool() const { return std::holds_alternative<T>(content_); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Failure& failure() const {
    assert(!*this);
    return *std::get_if<Failure>(&content_);
  }

 private:
  T& value() {
    assert(*this);
    return *std::get_if<T>(&content_);
  }
  const T& value() const {
    assert(*this);
    return *std::get_if<T>(&content_);
  }

  std::variant<T, Failure> content_;
};

/// Done, or why not.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Failure failure) : failure_(std::move(failure)), done_(false) {}

  explicit operator bool() const { return done_; }
  const Failure& failure() const {
    assert(!done_);
    return failure_;
  }

 private:
  Failure failure_;
  bool done_ = true;
};

}  // namespace dlc
