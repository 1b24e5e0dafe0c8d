// Positions, borders and addresses of lower_body.h.
#include <algorithm>
#include <cassert>

#include "compiler/kernels/lower/body.h"

namespace dlc {

namespace {

bool same_address(const loops::Address& a, const loops::Address& b) {
  return a.buffer == b.buffer && a.offset == b.offset && a.lane_stride == b.lane_stride &&
         a.index == b.index && a.index_scale == b.index_scale;
}

}  // namespace

// ---------------------------------------------------------------------------------------------- positions

RegisterId BodyLowering::integer(std::int64_t value, std::uint32_t lanes) {
  return builder_.constant(static_cast<double>(value), {Kind::integer, lanes});
}

BodyLowering::Linear BodyLowering::linear(const Position& position) {
  Linear result;
  result.sum = position.constant;
  for (const Term& one : position.terms) {
    if (const IndexId* index = std::get_if<IndexId>(&one.what)) {
      const IndexPlace& place = places_[number_of(*index)].value();
      result.sum += place.sum * one.coefficient;
      result.lane_step += place.lane_step * one.coefficient;
    } else {
      result.scaled.emplace_back(one.coefficient, term(one.what));
    }
  }
  return result;
}

RegisterId BodyLowering::term(const std::variant<IndexId, Quotient, Remainder, Lookup>& what) {
  const Position key = alone(Term{1, what});
  for (const auto& [known, result] : terms_) {
    if (known == key) return result;
  }
  const auto divided = [&](Scalar function, const Position& of, std::int64_t divisor) {
    const RegisterId a = in_register(linear(of));
    return builder_.apply(function, a, integer(divisor, builder_.type(a).lanes));
  };
  const RegisterId result = std::visit(
      match{
          [&](IndexId) { return in_register(linear(key)); },
          [&](const Quotient& q) { return divided(Scalar::quotient, q.of[0], q.divisor); },
          [&](const Remainder& r) { return divided(Scalar::remainder, r.of[0], r.divisor); },
          [&](const Lookup& lookup) { return load_element(lookup.tensor, lookup.subscripts, std::nullopt); },
      },
      what);
  terms_.emplace_back(key, result);
  return result;
}

RegisterId BodyLowering::in_register(const Linear& linear) {
  std::optional<RegisterId> sum;
  const auto add = [&](RegisterId more) { sum = sum ? builder_.apply(Scalar::add, *sum, more) : more; };
  for (const auto& [factor, of] : linear.scaled) {
    add(factor == 1 ? of : builder_.apply(Scalar::multiply, of, integer(factor, builder_.type(of).lanes)));
  }
  if (sum && linear.lane_step == 0 && linear.sum == Affine(0)) return *sum;
  add(builder_.index(linear.sum, linear.lane_step == 0 ? 1 : lanes_.count, linear.lane_step));
  return *sum;
}

RegisterId BodyLowering::position(const Position& position) {
  return in_register(linear(position));
}

RegisterId BodyLowering::valid_lanes() {
  const RegisterId lane = builder_.index(0, lanes_.count, lanes_.count == 1 ? 0 : 1);
  return builder_.apply(Scalar::less, lane, integer(lanes_.valid, lanes_.count));
}

// ---------------------------------------------------------------------------------------------- borders

/// Is the position inside 0 … extent − 1? None where that is always so.
std::optional<RegisterId> BodyLowering::condition(const Position& where, std::int64_t extent) {
  const Range reached = range_within(where, ranges_);
  if (reached.least >= 0 && reached.most < extent) return std::nullopt;
  const std::pair key{where, extent};
  for (const auto& [known, result] : conditions_) {
    if (known == key) return result;
  }
  const RegisterId at = position(where);
  const std::uint32_t lanes = builder_.type(at).lanes;
  std::optional<RegisterId> inside;
  if (reached.least < 0) inside = builder_.apply(Scalar::greater_equal, at, integer(0, lanes));
  if (reached.most >= extent) {
    const RegisterId below = builder_.apply(Scalar::less, at, integer(extent, lanes));
    inside = inside ? builder_.apply(Scalar::logical_and, *inside, below) : below;
  }
  conditions_.emplace_back(key, *inside);
  return inside;
}

std::optional<RegisterId> BodyLowering::condition(const Window& window, const Shape& shape) {
  std::optional<RegisterId> inside;
  for (std::size_t d = 0; d < window.size(); ++d) {
    const std::optional<RegisterId> here = condition(window[d], shape[d]);
    if (here) inside = inside ? builder_.apply(Scalar::logical_and, *inside, *here) : *here;
  }
  return inside;
}

loops::Mask BodyLowering::mask(std::optional<RegisterId> condition, std::uint32_t lanes) {
  const bool is_whole = lanes == 1 || lanes_.valid == lanes_.count;
  if (!condition) {
    if (is_whole) return loops::AllLanes{};
    return loops::FirstLanes{lanes_.valid};
  }
  const RegisterId inside = builder_.broadcast(*condition, lanes);
  if (is_whole) return inside;
  return builder_.apply(Scalar::logical_and, inside, valid_lanes());
}

// ---------------------------------------------------------------------------------------------- elements

/// The element's address, and how many lanes it has: one if it is the same in all.
std::pair<loops::Address, std::uint32_t> BodyLowering::address(ValueId tensor, const Window& window) {
  const std::vector<std::int64_t> strides = strides_of(graph_[tensor].type.shape);
  Linear whole;
  for (std::size_t d = 0; d < window.size(); ++d) {
    Linear one = linear(window[d]);
    whole.sum += one.sum * strides[d];
    whole.lane_step += one.lane_step * strides[d];
    for (const auto& [factor, of] : one.scaled) whole.scaled.emplace_back(factor * strides[d], of);
  }
  loops::Address address{buffers_.of(tensor), whole.sum, whole.lane_step, std::nullopt, 1};
  if (whole.scaled.size() == 1) {
    address.index = whole.scaled[0].second;
    address.index_scale = whole.scaled[0].first;
  } else if (whole.scaled.size() > 1) {
    address.index = in_register(Linear{0, 0, whole.scaled});
  }
  const bool varies = whole.lane_step != 0 || (address.index && builder_.type(*address.index).lanes > 1);
  return {address, varies ? lanes_.count : 1};
}

RegisterId BodyLowering::load_element(ValueId tensor, const Window& window,
                                      std::optional<RegisterId> condition) {
  const Kind kind = graph_[tensor].type.kind;
  auto [from, lanes] = address(tensor, window);
  if (condition) lanes = std::max(lanes, builder_.type(*condition).lanes);
  for (const KnownLoad& known : loads_) {
    if (same_address(known.address, from) && known.condition == condition && known.kind == kind &&
        known.lanes.count == lanes_.count && known.lanes.valid == lanes_.valid) {
      return known.result;
    }
  }
  const RegisterId result = builder_.load({kind, lanes}, from, mask(condition, lanes));
  loads_.push_back(KnownLoad{from, condition, lanes_, kind, result});
  return result;
}

RegisterId BodyLowering::load(ValueId value, const Window& window) {
  return load_element(value, window, condition(window, graph_[value].type.shape));
}

void BodyLowering::store(ValueId value, const Window& window, RegisterId result, bool accumulate) {
  const std::optional<RegisterId> inside = condition(window, graph_[value].type.shape);
  auto [to, lanes] = address(value, window);
  lanes = std::max({lanes, builder_.type(result).lanes, inside ? builder_.type(*inside).lanes : 1U});
  builder_.store(builder_.broadcast(result, lanes), to, mask(inside, lanes), accumulate);
}

}  // namespace dlc
