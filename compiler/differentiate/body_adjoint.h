#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "compiler/differentiate/guarded.h"
#include "compiler/graph/build.h"

namespace dlc {

/// The reads of one tensor through one window in a body: one element, so they share one contribution.
struct ReadGroup {
  ValueId tensor{};
  Window window;
  std::vector<ExpressionId> reads;
};

/// The groups that a gradient at the root reaches, among tensors that are wanted; in the order of the body.
std::vector<ReadGroup> reads_with_gradient(const Body& body, const std::function<bool(ValueId)>& wanted);

/// What the root's adjoint, multiplied by the derivatives on the way, gives to the reads of the group.
/// `copy` copies the definition's body into `result`, the body that is being made over the same indices;
/// `root` is of it.
std::optional<Guarded> adjoint_of_reads(const Definition& definition, const Graph& graph,
                                        const ReadGroup& group, const Guarded& root, BodyCopy& copy,
                                        BodyBuilder& result);

/// The boolean "the window is outside of the tensor"; a constant where that is known.
ExpressionId outside(const Window& window, const Shape& tensor, std::span<const Index> indices,
                     BodyBuilder& result);

}  // namespace dlc
