#include "compiler/window/unknowns.h"

#include <algorithm>

namespace dlc {

Unknowns::Unknowns(std::span<const Index> old_indices)
    : old_(old_indices.size()),
      list_(old_indices.begin(), old_indices.end()),
      variables_(old_indices.size()) {}

std::size_t Unknowns::add(std::string name, std::int64_t extent, Role role, bool is_implied) {
  list_.push_back({std::move(name), extent});
  variables_.push_back({role, {}, is_implied});
  return list_.size() - 1;
}

void Unknowns::replace(std::size_t v, const Position& by) {
  std::vector<Position> only_this;
  for (std::size_t w = 0; w < list_.size(); ++w) only_this.push_back(w == v ? by : variable(w));
  for (Variable& other : variables_) {
    if (other.role == Role::replaced) other.replacement = substitute(other.replacement, only_this, list_);
  }
  for (Position& condition : conditions_) condition = substitute(condition, only_this, list_);
  variables_[v].role = Role::replaced;
  variables_[v].replacement = by;
  if (!is_kept(v) && may_leave(by, list_[v].extent)) {
    conditions_.push_back(quotient(by, list_[v].extent, list_));
  }
}

std::vector<Position> Unknowns::present() const {
  std::vector<Position> positions;
  for (std::size_t v = 0; v < list_.size(); ++v) {
    positions.push_back(variables_[v].role == Role::replaced ? variables_[v].replacement : variable(v));
  }
  return positions;
}

bool Unknowns::may_leave(const Position& position, std::int64_t extent) const {
  const Range values = range(position, list_);
  return values.least < 0 || values.most >= extent;
}

/// A position that is 0 where all conditions hold, and nowhere else; several are made not negative first, so
/// that they do not cancel.
Position Unknowns::sum_of_conditions() const {
  std::vector<Position> open;
  for (const Position& condition : conditions_) {
    Position simpler = normalized(condition, list_);
    if (may_leave(simpler, 1)) open.push_back(std::move(simpler));
  }
  if (open.size() == 1) return open.front();
  Position sum;
  for (const Position& condition : open) {
    const Range values = range(condition, list_);
    const std::int64_t width = std::max(values.most, std::int64_t{0}) - values.least + 1;
    sum = sum + (values.least >= 0 ? condition : remainder(condition, width, list_));
  }
  return sum;
}

/// Adds all conditions to the replacement of one old index, one that is tested already if there is such.
bool Unknowns::impose_conditions(std::vector<Position>& replacements) const {
  const Position condition = sum_of_conditions();
  if (condition == Position{}) return true;
  if (old_ == 0) return false;
  std::size_t taker = 0;
  for (std::size_t i = old_; i-- > 0;) {
    if (may_leave(replacements[i], list_[i].extent)) taker = i;
  }
  const Range values = range(replacements[taker], list_);
  const std::int64_t far = std::max(list_[taker].extent - values.least, values.most + 1);
  replacements[taker] = replacements[taker] + scaled(condition, far);
  return true;
}

std::optional<Solution> Unknowns::finish(const Window& write) && {
  for (std::size_t v = 0; v < list_.size(); ++v) {
    if (is_unknown(v) && list_[v].extent == 1) replace(v, {});
  }
  std::vector<Position> replacements = present();
  replacements.resize(old_);
  if (!impose_conditions(replacements)) return std::nullopt;

  Solution solution;
  std::vector<Position> renumbered(list_.size());
  const auto take = [&](std::size_t v) {
    renumbered[v] = variable(solution.indices.size());
    solution.indices.push_back(list_[v]);
  };
  for (std::size_t v = 0; v < list_.size(); ++v) {
    if (variables_[v].role == Role::free) take(v);
  }
  solution.free = solution.indices.size();
  for (const Position& replacement : replacements) {
    for (std::size_t v = 0; v < list_.size(); ++v) {
      const bool is_taken = !(renumbered[v] == Position{});
      if (is_unknown(v) && !is_taken && depends_on(replacement, static_cast<IndexId>(v))) take(v);
    }
  }
  solution.write = substitute(write, renumbered, solution.indices);
  for (std::size_t i = 0; i < old_; ++i) {
    solution.replacement.push_back(substitute(replacements[i], renumbered, solution.indices));
    const Range values = range(solution.replacement.back(), solution.indices);
    solution.test.push_back(values.least < 0 || values.most >= list_[i].extent);
  }
  return solution;
}

}  // namespace dlc
