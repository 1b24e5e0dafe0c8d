#pragma once

#include "compiler/window/window.h"

namespace dlc {

/// A variable of the equations: still to be found (or run over), part of a position in the tensor, or
/// replaced by a position over others.
enum class Role : std::uint8_t { unknown, free, replaced };

inline Position variable(std::size_t v) {
  return position_of(static_cast<IndexId>(v));
}

/// The variables of `solve`: the old indices, then what is added. A replacement holds no replaced variable.
class Unknowns {
 public:
  explicit Unknowns(std::span<const Index> old_indices);

  /// All variables; their ranges are the ranges for normal forms.
  const std::vector<Index>& list() const { return list_; }
  bool is_unknown(std::size_t v) const { return variables_[v].role == Role::unknown; }

  /// Is it in its range whenever the old indices are in theirs?
  bool is_kept(std::size_t v) const { return v < old_ || variables_[v].is_implied; }

  /// Returns the new variable. `is_implied`: it is kept in its range by the old indices' tests.
  std::size_t add(std::string name, std::int64_t extent, Role role, bool is_implied = false);

  /// From now on `by` stands for the unknown. Where it may leave the range of a new variable that is not
  /// implied, a condition is noted.
  void replace(std::size_t v, const Position& by);

  /// A condition: only where it is 0 do the replacements name old indices.
  void demand_zero(const Position& condition) { conditions_.push_back(condition); }

  /// The position with all replacements made.
  Position resolved(const Position& position) const { return substitute(position, present(), list_); }

  /// None if there are conditions, but no old index to put them into.
  std::optional<Solution> finish(const Window& write) &&;

 private:
  struct Variable {
    Role role = Role::unknown;
    Position replacement;
    bool is_implied = false;
  };

  std::vector<Position> present() const;
  bool may_leave(const Position& position, std::int64_t extent) const;
  Position sum_of_conditions() const;
  bool impose_conditions(std::vector<Position>& replacements) const;

  std::size_t old_;
  std::vector<Index> list_;
  std::vector<Variable> variables_;
  std::vector<Position> conditions_;
};

}  // namespace dlc
