#pragma once

#include <vector>

#include "compiler/graph/build.h"

namespace dlc {

/// A condition that must hold, or must not.
struct Guard {
  ExpressionId condition{};
  bool holds = true;
  bool operator==(const Guard&) const = default;
};

/// An adjoint that counts where all guards are as they should be; elsewhere it is 0, whatever `value` is
/// there (∞ and what is no number too). So a guard is never a factor: it becomes a select around all that the
/// value has been multiplied with.
struct Guarded {
  std::vector<Guard> guards;  // outermost first
  ExpressionId value{};
};

Guarded guarded_by(Guarded adjoint, Guard guard);

/// The sum, with the guards that both have in common.
Guarded sum(BodyBuilder& body, const Guarded& a, const Guarded& b);

/// Can the guards hold together, as far as is seen at once?
bool may_count(const BodyBuilder& body, const Guarded& adjoint);

/// select(guards, value, 0)
ExpressionId unguarded(BodyBuilder& body, const Guarded& adjoint);

}  // namespace dlc
