#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace dlc {

/// A value of a graph: an index into its table.
enum class ValueId : std::uint32_t {};

/// An index of a definition: its place in the definition's list.
enum class IndexId : std::uint32_t {};

/// 0 <= index < extent. The name is for people; two definitions that differ in names only are equal.
struct Index {
  std::string name;
  std::int64_t extent = 0;
};

using Shape = std::vector<std::int64_t>;

struct Term;

/// A position along one dimension, as a function of the indices: constant + sum of terms.
struct Position {
  std::int64_t constant = 0;
  std::vector<Term> terms;
};

/// One position for each dimension of the tensor that is read or written.
using Window = std::vector<Position>;

/// floor(of / divisor); divisor > 0. `of` holds exactly one position.
struct Quotient {
  std::vector<Position> of;
  std::int64_t divisor = 1;
};

/// of - divisor * floor(of / divisor); divisor > 0. `of` holds exactly one position.
struct Remainder {
  std::vector<Position> of;
  std::int64_t divisor = 1;
};

/// An element of an integer tensor, whose values are known to be in 0 … bound − 1. Its subscripts are inside.
struct Lookup {
  ValueId tensor{};
  Window subscripts;
  std::int64_t bound = 0;
};

/// coefficient * what.
struct Term {
  std::int64_t coefficient = 1;
  std::variant<IndexId, Quotient, Remainder, Lookup> what;
};

/// An order of positions as they are written, for sorting and for maps; equal means written alike.
std::strong_ordering compare(const Position& a, const Position& b);

bool operator==(const Position& a, const Position& b);
bool operator==(const Quotient& a, const Quotient& b);
bool operator==(const Remainder& a, const Remainder& b);
bool operator==(const Lookup& a, const Lookup& b);
bool operator==(const Term& a, const Term& b);

inline std::size_t number_of(IndexId index) {
  return static_cast<std::size_t>(index);
}
inline std::size_t number_of(ValueId value) {
  return static_cast<std::size_t>(value);
}

/// The position that is just this index, or just this number.
Position position_of(IndexId index);
Position position_of(std::int64_t constant);

}  // namespace dlc
