#include "compiler/loops/affine.h"

#include <algorithm>

namespace dlc {

std::int64_t Affine::coefficient(LoopVariable variable) const {
  for (const Term& term : terms) {
    if (term.variable == variable) return term.coefficient;
  }
  return 0;
}

Affine& Affine::operator+=(const Affine& other) {
  constant += other.constant;
  for (const Term& term : other.terms) {
    const auto place = std::lower_bound(
        terms.begin(), terms.end(), term.variable,
        [](const Term& present, LoopVariable variable) { return present.variable < variable; });
    if (place == terms.end() || place->variable != term.variable) {
      terms.insert(place, term);
    } else if (place->coefficient + term.coefficient == 0) {
      terms.erase(place);
    } else {
      place->coefficient += term.coefficient;
    }
  }
  return *this;
}

Affine& Affine::operator*=(std::int64_t factor) {
  constant *= factor;
  if (factor == 0) terms.clear();
  for (Term& term : terms) term.coefficient *= factor;
  return *this;
}

}  // namespace dlc
