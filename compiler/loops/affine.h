#pragma once

#include <cstdint>
#include <vector>

namespace dlc {

/// A variable of a loop of a kernel: an index into Loops::variables. Each loop has its own.
enum class LoopVariable : std::uint32_t {};

/// constant + sum of coefficient * variable. Terms are sorted by variable and none has the coefficient 0, so
/// equal sums are equal values.
struct Affine {
  struct Term {
    LoopVariable variable{};
    std::int64_t coefficient = 0;
    bool operator==(const Term&) const = default;
    auto operator<=>(const Term&) const = default;
  };

  std::int64_t constant = 0;
  std::vector<Term> terms;

  Affine() = default;
  Affine(std::int64_t value) : constant(value) {}  // a number is a sum without terms
  Affine(LoopVariable variable) : terms{{variable, 1}} {}

  std::int64_t coefficient(LoopVariable variable) const;
  bool is_constant() const { return terms.empty(); }
  Affine& operator+=(const Affine& other);
  Affine& operator*=(std::int64_t factor);
  bool operator==(const Affine&) const = default;
};

inline Affine operator+(Affine a, const Affine& b) {
  return a += b;
}
inline Affine operator*(Affine a, std::int64_t factor) {
  return a *= factor;
}

/// A bound of a loop: floor(sum / divisor), divisor >= 1, of one or several sums. A first bound is the
/// greatest of them, a last bound (excluded) the least.
struct Bound {
  struct Term {
    Affine sum;
    std::int64_t divisor = 1;
    bool operator==(const Term&) const = default;
  };
  std::vector<Term> terms;

  Bound(std::int64_t value) : terms{{Affine(value), 1}} {}
  Bound(Affine value) : terms{{std::move(value), 1}} {}
  Bound(std::vector<Term> several) : terms(std::move(several)) {}
  bool operator==(const Bound&) const = default;
};

}  // namespace dlc
