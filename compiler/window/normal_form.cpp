// Quotients, remainders and the normal form.
//
// A quotient is taken apart before it is kept: what is a whole multiple of the divisor leaves it, a common
// factor is cancelled, a quotient of a quotient becomes one. What is left and stays between two multiples for
// all indices is a number. So views that are undone again, (4*i + k) // 4 with k < 4, disappear by
// themselves.

#include <numeric>

#include "compiler/window/window.h"

namespace dlc {

namespace {

/// a = divisor * whole + rest, where rest holds the terms that the divisor does not divide, and 0 <=
/// rest.constant < divisor.
struct Divided {
  Position whole;
  Position rest;
};

Divided divided(const Position& a, std::int64_t divisor) {
  Divided result;
  result.whole.constant = floor_quotient(a.constant, divisor);
  result.rest.constant = a.constant - divisor * result.whole.constant;
  for (const Term& term : a.terms) {
    if (term.coefficient % divisor == 0) {
      result.whole.terms.push_back({term.coefficient / divisor, term.what});
    } else {
      result.rest.terms.push_back(term);
    }
  }
  return result;
}

const Quotient* only_quotient(const Position& position) {
  if (position.terms.size() != 1 || position.terms.front().coefficient != 1) return nullptr;
  return std::get_if<Quotient>(&position.terms.front().what);
}

/// If floor(rest / divisor) is the same for all indices: that number.
std::optional<std::int64_t> only_multiple(const Position& rest, std::int64_t divisor,
                                          std::span<const Index> indices) {
  const Range values = range(rest, indices);
  const std::int64_t low = floor_quotient(values.least, divisor);
  return low == floor_quotient(values.most, divisor) ? std::optional(low) : std::nullopt;
}

/// Inside a remainder coefficients count modulo the divisor: that of the least absolute value is taken, and a
/// remainder by a multiple of the divisor is left out.
Position reduced(const Position& position, std::int64_t divisor) {
  Position result = position_of(position.constant);
  for (const Term& term : position.terms) {
    const std::int64_t coefficient = term.coefficient - divisor * floor_quotient(term.coefficient, divisor);
    const std::int64_t least = 2 * coefficient > divisor ? coefficient - divisor : coefficient;
    const auto* inner = std::get_if<Remainder>(&term.what);
    if (inner != nullptr && inner->divisor % divisor == 0) {
      result = result + scaled(inner->of.front(), least);
    } else {
      result = result + Position{0, {{least, term.what}}};
    }
  }
  return result;
}

/// a = factor * big + small, with 0 <= small < factor for all indices, where factor divides the divisor: then
/// small plays no part in the quotient, and is added to the remainder as it is. (4*i + k) // 8 is i // 2 for
/// k < 4.
struct Digits {
  std::int64_t factor = 1;
  Position big;
  Position small;
};

std::optional<Digits> digits_apart(const Position& a, std::int64_t divisor, std::span<const Index> indices) {
  for (const Term& candidate : a.terms) {
    const std::int64_t factor = std::gcd(candidate.coefficient, divisor);
    if (factor == 1) continue;
    auto [big, small] = divided(a, factor);
    const auto multiple = only_multiple(small, factor, indices);
    if (!multiple) continue;
    return Digits{factor, big + position_of(*multiple), small - position_of(factor * *multiple)};
  }
  return std::nullopt;
}

/// m * (x // m) + x % m is x.
Position reunited(const Position& position, std::span<const Index> indices) {
  for (const Term& term : position.terms) {
    const auto* remainder_term = std::get_if<Remainder>(&term.what);
    if (remainder_term == nullptr) continue;
    const Position& of = remainder_term->of.front();
    const Position whole = quotient(of, remainder_term->divisor, indices);
    const Quotient* wanted = only_quotient(whole);
    if (wanted == nullptr || whole.constant != 0) continue;
    for (const Term& other : position.terms) {
      const auto* found = std::get_if<Quotient>(&other.what);
      if (found == nullptr || !(*found == *wanted)) continue;
      if (other.coefficient != term.coefficient * remainder_term->divisor) continue;
      const Position pair{0, {term, other}};
      return reunited(position - pair + scaled(of, term.coefficient), indices);
    }
  }
  return position;
}

}  // namespace

Position quotient(const Position& a, std::int64_t divisor, std::span<const Index> indices) {
  if (divisor == 1) return a + Position{};
  auto [whole, rest] = divided(a, divisor);
  if (const auto multiple = only_multiple(rest, divisor, indices)) return whole + position_of(*multiple);
  if (const auto digits = digits_apart(rest, divisor, indices)) {
    return whole + quotient(digits->big, divisor / digits->factor, indices);
  }
  if (const Quotient* inner = only_quotient(rest)) {
    const Position of = inner->of.front() + position_of(rest.constant * inner->divisor);
    return whole + quotient(of, inner->divisor * divisor, indices);
  }
  return whole + Position{0, {{1, Quotient{{rest + Position{}}, divisor}}}};
}

Position remainder(const Position& a, std::int64_t divisor, std::span<const Index> indices) {
  if (divisor == 1) return {};
  const Position unreduced = divided(a, divisor).rest;
  if (const auto multiple = only_multiple(unreduced, divisor, indices)) {
    return unreduced - position_of(divisor * *multiple);
  }
  Position rest = unreduced;
  for (Position before; !(before == rest);) {
    before = rest;
    rest = divided(reduced(rest, divisor), divisor).rest;
  }
  if (const auto multiple = only_multiple(rest, divisor, indices)) {
    return rest - position_of(divisor * *multiple);
  }
  if (const auto digits = digits_apart(rest, divisor, indices)) {
    const Position big = remainder(digits->big, divisor / digits->factor, indices);
    return scaled(big, digits->factor) + digits->small;
  }
  return {0, {{1, Remainder{{rest + Position{}}, divisor}}}};
}

Position normalized(const Position& position, std::span<const Index> indices) {
  std::vector<Position> same;
  for (std::size_t i = 0; i < indices.size(); ++i) same.push_back(position_of(static_cast<IndexId>(i)));
  return substitute(position, same, indices);
}

Position substitute(const Position& position, std::span<const Position> replacement,
                    std::span<const Index> new_indices) {
  Position result = position_of(position.constant);
  for (const Term& term : position.terms) {
    Position value;
    if (const auto* index = std::get_if<IndexId>(&term.what)) {
      value = replacement[number_of(*index)];
    } else if (const auto* found = std::get_if<Quotient>(&term.what)) {
      value = quotient(substitute(found->of.front(), replacement, new_indices), found->divisor, new_indices);
    } else if (const auto* part = std::get_if<Remainder>(&term.what)) {
      value = remainder(substitute(part->of.front(), replacement, new_indices), part->divisor, new_indices);
    } else {
      Lookup lookup = std::get<Lookup>(term.what);
      lookup.subscripts = substitute(lookup.subscripts, replacement, new_indices);
      value = {0, {{1, std::move(lookup)}}};
    }
    result = result + scaled(value, term.coefficient);
  }
  return reunited(result, new_indices);
}

Window substitute(const Window& window, std::span<const Position> replacement,
                  std::span<const Index> new_indices) {
  Window result;
  for (const Position& position : window) result.push_back(substitute(position, replacement, new_indices));
  return result;
}

}  // namespace dlc
