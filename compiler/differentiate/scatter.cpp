#include "compiler/differentiate/scatter.h"

#include <algorithm>
#include <optional>

#include "compiler/graph/build.h"

namespace dlc {

namespace {

/// The indices in the order of the window's subscripts, then the others, if each subscript is an index of its
/// own that runs over its whole dimension.
std::optional<std::vector<IndexId>> order_by_window(std::span<const Index> indices, const Window& window,
                                                    const Shape& tensor) {
  std::vector<IndexId> order;
  for (std::size_t dimension = 0; dimension < window.size(); ++dimension) {
    const Position& position = window[dimension];
    if (position.constant != 0 || position.terms.size() != 1 || position.terms.front().coefficient != 1)
      return std::nullopt;
    const auto* index = std::get_if<IndexId>(&position.terms.front().what);
    if (index == nullptr || indices[number_of(*index)].extent != tensor[dimension]) return std::nullopt;
    if (std::find(order.begin(), order.end(), *index) != order.end()) return std::nullopt;
    order.push_back(*index);
  }
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto index = static_cast<IndexId>(i);
    if (std::find(order.begin(), order.end(), index) == order.end()) order.push_back(index);
  }
  return order;
}

}  // namespace

Definition scatter(std::vector<Index> indices, Window window, Body body, const Shape& tensor) {
  const auto order = order_by_window(indices, window, tensor);
  if (!order) return {std::move(indices), std::move(window), Combiner::sum, std::move(body)};
  std::vector<Index> ordered;
  std::vector<Position> replacement(indices.size());
  for (const IndexId old : *order) {
    replacement[number_of(old)] = position_of(static_cast<IndexId>(ordered.size()));
    ordered.push_back(indices[number_of(old)]);
  }
  BodyBuilder renamed;
  const ExpressionId root = BodyCopy(body, renamed, replacement, ordered)(body.root);
  const Combiner combiner = ordered.size() == window.size() ? Combiner::none : Combiner::sum;
  return {std::move(ordered), identity_window(window.size()), combiner, renamed.finish(root)};
}

}  // namespace dlc
