#pragma once

#include <random>

#include "compiler/graph/build.h"
#include "compiler/graph/graph.h"

namespace dlc {

/// Small graphs of random definitions: windows with strides, dilations, offsets, quotients, remainders and
/// lookups; reads outside with numbers and expressions instead; broadcasts; all combiners; scatters; selects
/// whose other side is not finite; repeated use; views.
class RandomGraph {
 public:
  explicit RandomGraph(std::uint32_t seed);

  Graph graph;

  /// A definition over what is there already.
  ValueId add_definition();

  /// The same elements in one dimension.
  ValueId add_view(ValueId of);

  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random); }

  std::mt19937 random;

 private:
  Position affine_position(std::span<const Index> indices);
  Position random_position(std::span<const Index> indices, std::int64_t extent);
  Window random_window(std::span<const Index> indices, const Shape& shape);
  ExpressionId random_read(BodyBuilder& body, std::span<const Index> indices, int depth);
  ExpressionId random_expression(BodyBuilder& body, std::span<const Index> indices, int depth);
  ExpressionId random_call(BodyBuilder& body, std::span<const Index> indices, int depth);
  ExpressionId random_select(BodyBuilder& body, std::span<const Index> indices, int depth);
  ValueId random_number();

  ValueId labels_{};
};

}  // namespace dlc
