// Are two different combinations ever written to the same position? Positions in mixed radix answer it
// without trying: in 6*i + 2*j + k with k < 2 and j < 3 each index is a digit. A subscript of that form fixes
// its indices; what is fixed is a constant in the other subscripts, and so on. x // m and x % m together fix
// x, which then counts as a subscript of its own.

#include <algorithm>
#include <set>

#include "compiler/window/interval.h"
#include "compiler/window/window.h"

namespace dlc {

namespace {

constexpr std::int64_t most_tries = 100'000;

/// What is known of the terms: which of them have one value for one position written to.
class Fixed {
 public:
  explicit Fixed(std::span<const Index> indices) : indices_(indices) {
    for (const Index& index : indices) fixed_.push_back(index.extent <= 1);
  }

  bool all() const {
    return std::all_of(fixed_.begin(), fixed_.end(), [](bool is_fixed) { return is_fixed; });
  }

  /// The sum is known. If its terms that are not fixed are digits, they are known too. True if something is
  /// new.
  bool learn(const Position& sum) {
    std::vector<Term> open;
    for (const Term& term : sum.terms) {
      if (!is_fixed(term)) open.push_back(term);
    }
    if (open.empty() || !are_digits(open)) return false;
    for (const Term& term : open) {
      if (const auto* index = std::get_if<IndexId>(&term.what)) {
        fixed_[number_of(*index)] = true;
      } else {
        terms_.push_back({1, term.what});
      }
    }
    return true;
  }

  /// Those x for which both x // m and x % m are known.
  std::vector<Position> united() const {
    std::vector<Position> result;
    for (const Term& term : terms_) {
      const auto* remainder_term = std::get_if<Remainder>(&term.what);
      if (remainder_term == nullptr) continue;
      const Position whole = quotient(remainder_term->of.front(), remainder_term->divisor, indices_);
      const bool is_known = std::all_of(whole.terms.begin(), whole.terms.end(),
                                        [&](const Term& part) { return is_fixed(part); });
      if (is_known) result.push_back(remainder_term->of.front());
    }
    return result;
  }

 private:
  bool is_fixed(const Term& term) const {
    if (const auto* index = std::get_if<IndexId>(&term.what)) return fixed_[number_of(*index)];
    const Term unit{1, term.what};
    if (std::find(terms_.begin(), terms_.end(), unit) != terms_.end()) return true;
    const Position position{0, {unit}};
    for (std::size_t i = 0; i < fixed_.size(); ++i) {
      if (!fixed_[i] && depends_on(position, static_cast<IndexId>(i))) return false;
    }
    return true;
  }

  /// Ordered by coefficient, is each greater than all that those before it can add up to?
  bool are_digits(std::vector<Term>& terms) const {
    const auto size = [](const Term& term) {
      return term.coefficient < 0 ? -term.coefficient : term.coefficient;
    };
    std::sort(terms.begin(), terms.end(), [&](const Term& a, const Term& b) { return size(a) < size(b); });
    std::int64_t below = 0;
    for (const Term& term : terms) {
      if (size(term) <= below) return false;
      const Range values = range({0, {{1, term.what}}}, indices_);
      below += size(term) * (values.most - values.least);
    }
    return true;
  }

  std::span<const Index> indices_;
  std::vector<bool> fixed_;
  std::vector<Term> terms_;
};

bool apart_by_trying(const Window& window, std::span<const Index> indices) {
  std::int64_t combinations = 1;
  for (const Index& index : indices) {
    combinations *= index.extent;
    if (combinations > most_tries) return false;
  }
  if (std::any_of(window.begin(), window.end(), holds_lookup)) return false;
  std::set<std::vector<std::int64_t>> written;
  bool apart = true;
  for_each_combination(indices, [&](std::span<const std::int64_t> values) {
    std::vector<std::int64_t> positions;
    for (const Position& position : window) positions.push_back(value_at(position, values, {}));
    apart = apart && written.insert(std::move(positions)).second;
  });
  return apart;
}

}  // namespace

bool writes_apart(const Window& window, std::span<const Index> indices) {
  Fixed fixed(indices);
  std::vector<Position> known = window;
  for (bool changed = true; changed && !fixed.all();) {
    changed = false;
    for (const Position& position : known) changed = fixed.learn(position) || changed;
    for (Position& position : fixed.united()) {
      if (std::find(known.begin(), known.end(), position) != known.end()) continue;
      known.push_back(std::move(position));
      changed = true;
    }
  }
  return fixed.all() || apart_by_trying(window, indices);
}

}  // namespace dlc
