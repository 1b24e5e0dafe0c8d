#include "compiler/kernels/contraction/body.h"

#include <algorithm>
#include <numeric>

namespace dlc {

namespace {

using Problem = ContractionProblem;

/// One vector of products.
struct Product {
  std::vector<std::int64_t> order;  // what the body is sorted by
  std::size_t accumulator = 0;
  TileElement element;
  std::int64_t a = 0;  // distances in the operands
  std::int64_t b = 0;
};

std::int64_t distance(const Problem& problem, Problem::Operand operand, const TileElement& element) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < element.size(); ++i) sum += problem.indices[i].stride[operand] * element[i];
  return sum;
}

/// Do steps of two indices meet at the same elements of a, within their tiles? Then one slides along the
/// other.
bool meet_in_a(const Problem& problem, const std::vector<TilePlace>& places, std::size_t i, std::size_t j) {
  const std::int64_t step_i = std::abs(problem.indices[i].stride[Problem::a]);
  const std::int64_t step_j = std::abs(problem.indices[j].stride[Problem::a]);
  if (step_i == 0 || step_j == 0) return false;
  const std::int64_t common = std::lcm(step_i, step_j);
  return common / step_i < places[i].values && common / step_j < places[j].values;
}

/// Reduced indices that slide along a tiled output.
std::vector<bool> window_indices(const Problem& problem, const std::vector<TilePlace>& places) {
  std::vector<bool> windows(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (std::size_t j = 0; j < places.size() && !problem.indices[i].is_output(); ++j) {
      if (problem.indices[j].is_output() && meet_in_a(problem, places, i, j)) windows[i] = true;
    }
  }
  return windows;
}

/// Sorted by the reduced values that are no window's, then by the place in a: each value of a is loaded once
/// for all that read it, and a value of b lives no longer than its window passes.
std::vector<Product> products_of(const ContractionContext& context, const std::vector<bool>& special,
                                 const std::vector<TilePlace>& places) {
  const Problem& problem = context.problem;
  const std::vector<bool> windows = window_indices(problem, places);
  const std::vector<TileElement> outputs = tile_elements(context, places, true);
  std::vector<Product> products;
  for (const TileElement& reduced : tile_elements(context, places, false)) {
    std::vector<std::int64_t> order;
    for (std::size_t i = 0; i < reduced.size(); ++i) {
      if (!problem.indices[i].is_output() && !windows[i]) order.push_back(reduced[i]);
    }
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      TileElement element(reduced.size());
      for (std::size_t i = 0; i < element.size(); ++i) element[i] = reduced[i] + outputs[k][i];
      if (!is_inside(problem, special, places, element)) continue;
      const std::int64_t a = distance(problem, Problem::a, element);
      const std::int64_t b = distance(problem, Problem::b, element);
      products.push_back({order, k, std::move(element), a, b});
    }
  }
  std::stable_sort(products.begin(), products.end(), [](const Product& x, const Product& y) {
    return std::tie(x.order, x.a, x.b) < std::tie(y.order, y.a, y.b);
  });
  return products;
}

loops::Address operand_address(const ContractionContext& context, const std::vector<TilePlace>& places,
                               const TileElement& element, Problem::Operand operand) {
  const bool second = operand == Problem::b;
  const bool packed = second && context.schedule.packed;
  loops::Address address;
  address.buffer = packed ? context.scratch : context.operand_buffer(second);
  address.offset = packed ? 0 : context.operand_offset(second);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const bool across = context.schedule.vector == i;
    const std::int64_t stride =
        packed ? context.storage.packed_strides[i] : context.problem.indices[i].stride[operand];
    address.offset += places[i].base * stride;
    address.offset += element[i] * (packed && across ? 1 : stride);
    if (across) address.lane_stride = packed ? 1 : stride;
  }
  if (!context.schedule.vector) address.lane_stride = 0;
  return address;
}

RegisterId load_operand(LoopsBuilder& builder, const ContractionContext& context,
                        const std::vector<TilePlace>& places, const Product& product,
                        Problem::Operand operand) {
  loops::Address address = operand_address(context, places, product.element, operand);
  loops::Mask mask;
  const std::uint32_t valid = lanes_in(context, places, product.element);
  const bool padded = operand == Problem::b && context.schedule.packed && !context.is_dot();
  if (valid < context.schedule.lanes && address.lane_stride != 0 && !padded) mask = loops::FirstLanes{valid};
  return builder.load({Kind::number, context.schedule.lanes}, std::move(address), mask);
}

}  // namespace

std::vector<TileElement> tile_elements(const ContractionContext& context,
                                       const std::vector<TilePlace>& places, bool outputs) {
  std::vector<TileElement> elements = {TileElement(places.size())};
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (context.problem.indices[i].is_output() != outputs || places[i].values == 1) continue;
    const std::int64_t step = context.schedule.vector == i ? context.schedule.lanes : 1;
    std::vector<TileElement> more;
    for (const TileElement& element : elements) {
      for (std::int64_t value = 0; value < places[i].values; value += step) {
        more.push_back(element);
        more.back()[i] = value;
      }
    }
    elements = std::move(more);
  }
  return elements;
}

std::uint32_t lanes_in(const ContractionContext& context, const std::vector<TilePlace>& places,
                       const TileElement& element) {
  if (!context.schedule.vector) return 1;
  const std::size_t vector = *context.schedule.vector;
  const std::int64_t left = places[vector].values - element[vector];
  return static_cast<std::uint32_t>(std::min<std::int64_t>(left, context.schedule.lanes));
}

std::vector<RegisterId> emit_body(LoopsBuilder& builder, const ContractionContext& context,
                                  const std::vector<bool>& special, const std::vector<TilePlace>& places,
                                  std::vector<RegisterId> accumulators) {
  std::map<std::int64_t, RegisterId> loaded_a;
  std::map<std::int64_t, RegisterId> loaded_b;
  const auto once = [&](std::map<std::int64_t, RegisterId>& loaded, std::int64_t at, const Product& product,
                        Problem::Operand operand) {
    const auto found = loaded.find(at);
    if (found != loaded.end()) return found->second;
    return loaded[at] = load_operand(builder, context, places, product, operand);
  };
  for (const Product& product : products_of(context, special, places)) {
    const RegisterId b = once(loaded_b, product.b, product, Problem::b);
    const RegisterId a = once(loaded_a, product.a, product, Problem::a);
    RegisterId& sum = accumulators[product.accumulator];
    sum = builder.multiply_add(a, b, sum);
  }
  return accumulators;
}

void emit_outputs(LoopsBuilder& builder, const ContractionContext& context,
                  const std::vector<TilePlace>& places, const TileElement& element, RegisterId sums,
                  std::uint32_t valid, std::optional<std::size_t> vector) {
  const Contraction& contraction = context.contraction;
  Contraction::Outputs outputs;
  outputs.value = sums;
  outputs.lanes = builder.type(sums).lanes;
  if (valid < outputs.lanes) outputs.mask = loops::FirstLanes{valid};
  outputs.out = {contraction.out, contraction.out_offset, 0};
  for (const std::int64_t offset : contraction.extra_offsets)
    outputs.extra.push_back({BufferId{}, offset, 0});
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Problem::Index& index = context.problem.indices[i];
    if (!index.is_output()) continue;
    const Affine value = places[i].base + element[i];
    outputs.out.offset += value * index.stride[Problem::out];
    if (vector == i) outputs.out.lane_stride = index.stride[Problem::out];
    for (std::size_t k = 0; k < outputs.extra.size(); ++k) {
      outputs.extra[k].offset += value * index.extra[k];
      if (vector == i) outputs.extra[k].lane_stride = index.extra[k];
    }
  }
  if (contraction.epilogue) {
    contraction.epilogue(builder, outputs);
  } else {
    builder.store(sums, outputs.out, outputs.mask, contraction.accumulate);
  }
}

}  // namespace dlc
