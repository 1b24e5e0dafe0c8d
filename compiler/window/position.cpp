#include "compiler/window/position.h"

#include <algorithm>

#include "compiler/window/window.h"

namespace dlc {

namespace {

std::strong_ordering compare_windows(const Window& a, const Window& b) {
  for (std::size_t k = 0; k < std::min(a.size(), b.size()); ++k) {
    if (const auto order = compare(a[k], b[k]); order != 0) return order;
  }
  return a.size() <=> b.size();
}

std::strong_ordering compare_what(const Term& a, const Term& b) {
  if (a.what.index() != b.what.index()) return a.what.index() <=> b.what.index();
  if (const auto* index = std::get_if<IndexId>(&a.what)) return *index <=> std::get<IndexId>(b.what);
  if (const auto* x = std::get_if<Quotient>(&a.what)) {
    const auto& y = std::get<Quotient>(b.what);
    if (x->divisor != y.divisor) return x->divisor <=> y.divisor;
    return compare_windows(x->of, y.of);
  }
  if (const auto* x = std::get_if<Remainder>(&a.what)) {
    const auto& y = std::get<Remainder>(b.what);
    if (x->divisor != y.divisor) return x->divisor <=> y.divisor;
    return compare_windows(x->of, y.of);
  }
  const auto& x = std::get<Lookup>(a.what);
  const auto& y = std::get<Lookup>(b.what);
  if (x.tensor != y.tensor) return x.tensor <=> y.tensor;
  if (x.bound != y.bound) return x.bound <=> y.bound;
  return compare_windows(x.subscripts, y.subscripts);
}

/// Terms in order, equal ones joined, zeros dropped.
Position joined(Position position) {
  std::vector<Term>& terms = position.terms;
  std::stable_sort(terms.begin(), terms.end(),
                   [](const Term& a, const Term& b) { return compare_what(a, b) < 0; });
  std::vector<Term> kept;
  for (Term& term : terms) {
    if (!kept.empty() && compare_what(kept.back(), term) == 0) {
      kept.back().coefficient += term.coefficient;
    } else {
      kept.push_back(std::move(term));
    }
  }
  std::erase_if(kept, [](const Term& term) { return term.coefficient == 0; });
  terms = std::move(kept);
  return position;
}

/// The positions inside the term: what is divided, or the subscripts of the lookup; none for an index.
std::span<const Position> inside(const Term& term) {
  if (const auto* quotient = std::get_if<Quotient>(&term.what)) return quotient->of;
  if (const auto* remainder = std::get_if<Remainder>(&term.what)) return remainder->of;
  if (const auto* lookup = std::get_if<Lookup>(&term.what)) return lookup->subscripts;
  return {};
}

}  // namespace

std::strong_ordering compare(const Position& a, const Position& b) {
  for (std::size_t k = 0; k < std::min(a.terms.size(), b.terms.size()); ++k) {
    if (const auto order = compare_what(a.terms[k], b.terms[k]); order != 0) return order;
    if (a.terms[k].coefficient != b.terms[k].coefficient) {
      return a.terms[k].coefficient <=> b.terms[k].coefficient;
    }
  }
  if (a.terms.size() != b.terms.size()) return a.terms.size() <=> b.terms.size();
  return a.constant <=> b.constant;
}

bool operator==(const Position& a, const Position& b) {
  return compare(a, b) == 0;
}
bool operator==(const Quotient& a, const Quotient& b) {
  return a.divisor == b.divisor && a.of == b.of;
}
bool operator==(const Remainder& a, const Remainder& b) {
  return a.divisor == b.divisor && a.of == b.of;
}
bool operator==(const Lookup& a, const Lookup& b) {
  return a.tensor == b.tensor && a.bound == b.bound && a.subscripts == b.subscripts;
}
bool operator==(const Term& a, const Term& b) {
  return a.coefficient == b.coefficient && compare_what(a, b) == 0;
}

Position position_of(IndexId index) {
  return {0, {Term{1, index}}};
}
Position position_of(std::int64_t constant) {
  return {constant, {}};
}

Position operator+(const Position& a, const Position& b) {
  Position result = a;
  result.constant += b.constant;
  result.terms.insert(result.terms.end(), b.terms.begin(), b.terms.end());
  return joined(std::move(result));
}

Position operator-(const Position& a, const Position& b) {
  return a + scaled(b, -1);
}

Position scaled(const Position& position, std::int64_t factor) {
  Position result = position;
  result.constant *= factor;
  for (Term& term : result.terms) term.coefficient *= factor;
  return joined(std::move(result));
}

bool is_affine(const Position& position) {
  return std::all_of(position.terms.begin(), position.terms.end(),
                     [](const Term& term) { return std::holds_alternative<IndexId>(term.what); });
}

bool is_affine(const Window& window) {
  return std::all_of(window.begin(), window.end(), [](const Position& p) { return is_affine(p); });
}

bool is_identity(const Window& window) {
  for (std::size_t k = 0; k < window.size(); ++k) {
    if (window[k] != position_of(static_cast<IndexId>(k))) return false;
  }
  return true;
}

std::int64_t coefficient(const Position& position, IndexId index) {
  std::int64_t sum = 0;
  for (const Term& term : position.terms) {
    const auto* found = std::get_if<IndexId>(&term.what);
    if (found != nullptr && *found == index) sum += term.coefficient;
  }
  return sum;
}

bool depends_on(const Position& position, IndexId index) {
  return std::any_of(position.terms.begin(), position.terms.end(), [&](const Term& term) {
    if (const auto* found = std::get_if<IndexId>(&term.what)) return *found == index;
    const auto parts = inside(term);
    return std::any_of(parts.begin(), parts.end(), [&](const Position& p) { return depends_on(p, index); });
  });
}

bool depends_on(const Window& window, IndexId index) {
  return std::any_of(window.begin(), window.end(), [&](const Position& p) { return depends_on(p, index); });
}

bool holds_lookup(const Position& position) {
  return std::any_of(position.terms.begin(), position.terms.end(), [](const Term& term) {
    if (std::holds_alternative<Lookup>(term.what)) return true;
    const auto parts = inside(term);
    return std::any_of(parts.begin(), parts.end(), holds_lookup);
  });
}

std::int64_t floor_quotient(std::int64_t a, std::int64_t divisor) {
  return a >= 0 ? a / divisor : -((divisor - 1 - a) / divisor);
}

std::int64_t value_at(const Position& position, std::span<const std::int64_t> indices,
                      const LookupValue& lookup) {
  std::int64_t sum = position.constant;
  for (const Term& term : position.terms) {
    std::int64_t value = 0;
    if (const auto* index = std::get_if<IndexId>(&term.what)) {
      value = indices[number_of(*index)];
    } else if (const auto* quotient = std::get_if<Quotient>(&term.what)) {
      value = floor_quotient(value_at(quotient->of.front(), indices, lookup), quotient->divisor);
    } else if (const auto* remainder = std::get_if<Remainder>(&term.what)) {
      const std::int64_t of = value_at(remainder->of.front(), indices, lookup);
      value = of - remainder->divisor * floor_quotient(of, remainder->divisor);
    } else {
      const auto& asked = std::get<Lookup>(term.what);
      std::vector<std::int64_t> subscripts;
      for (const Position& p : asked.subscripts) subscripts.push_back(value_at(p, indices, lookup));
      value = lookup(asked, subscripts);
    }
    sum += term.coefficient * value;
  }
  return sum;
}

}  // namespace dlc
