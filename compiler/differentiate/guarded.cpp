#include "compiler/differentiate/guarded.h"

#include <algorithm>
#include <span>

namespace dlc {

namespace {

ExpressionId select_by(BodyBuilder& body, std::span<const Guard> guards, ExpressionId value) {
  const ExpressionId zero = body.constant(0);
  for (std::size_t i = guards.size(); i-- > 0;) {
    value = body.select(guards[i].condition, guards[i].holds ? value : zero, guards[i].holds ? zero : value);
  }
  return value;
}

ExpressionId conjunction(BodyBuilder& body, std::span<const Guard> guards) {
  ExpressionId all = body.constant(1, Kind::boolean);
  for (const Guard& guard : guards) {
    const ExpressionId one = guard.holds ? guard.condition : body.call(Scalar::logical_not, guard.condition);
    all = body.call(Scalar::logical_and, all, one);
  }
  return all;
}

}  // namespace

Guarded guarded_by(Guarded adjoint, Guard guard) {
  if (std::find(adjoint.guards.begin(), adjoint.guards.end(), guard) == adjoint.guards.end()) {
    adjoint.guards.push_back(guard);
  }
  return adjoint;
}

Guarded sum(BodyBuilder& body, const Guarded& a, const Guarded& b) {
  const auto [end_a, end_b] =
      std::mismatch(a.guards.begin(), a.guards.end(), b.guards.begin(), b.guards.end());
  const std::span<const Guard> rest_a(end_a, a.guards.end());
  const std::span<const Guard> rest_b(end_b, b.guards.end());
  Guarded result{{a.guards.begin(), end_a}, {}};
  if (!rest_a.empty() && !rest_b.empty() && rest_a.front().condition == rest_b.front().condition) {
    // The two sides of one condition: one of them counts.
    const ExpressionId value_a = select_by(body, rest_a.subspan(1), a.value);
    const ExpressionId value_b = select_by(body, rest_b.subspan(1), b.value);
    const bool a_holds = rest_a.front().holds;
    result.value =
        body.select(rest_a.front().condition, a_holds ? value_a : value_b, a_holds ? value_b : value_a);
    if (rest_a.size() == 1 && rest_b.size() == 1) return result;
  } else {
    result.value = body.call(Scalar::add, select_by(body, rest_a, a.value), select_by(body, rest_b, b.value));
    // Where one is not guarded, the sum is multiplied with nothing that this one would not be multiplied with
    // anyway.
    if (rest_a.empty() || rest_b.empty()) return result;
  }
  const ExpressionId either =
      body.call(Scalar::logical_or, conjunction(body, rest_a), conjunction(body, rest_b));
  return guarded_by(result, {either, true});
}

bool may_count(const BodyBuilder& body, const Guarded& adjoint) {
  return std::none_of(adjoint.guards.begin(), adjoint.guards.end(), [&](const Guard& guard) {
    const std::optional<double> known = body.constant_value(guard.condition);
    if (known) return (*known != 0) != guard.holds;
    const Guard opposite{guard.condition, !guard.holds};
    return std::find(adjoint.guards.begin(), adjoint.guards.end(), opposite) != adjoint.guards.end();
  });
}

ExpressionId unguarded(BodyBuilder& body, const Guarded& adjoint) {
  return select_by(body, adjoint.guards, adjoint.value);
}

}  // namespace dlc
