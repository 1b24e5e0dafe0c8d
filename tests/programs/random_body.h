#pragma once

#include <array>
#include <span>

#include "compiler/graph/graph.h"
#include "tests/programs/random_graph.h"

namespace dlc::tests {

/// In every random graph: what lookups read, integers [4] in 0 … 3, and the key of draws.
constexpr ValueId labels{0};
constexpr ValueId key{1};

/// Makes a body, or a window of reads, over what a random graph has already. Values stay moderate.
class RandomBody {
 public:
  RandomBody(RandomGraph& of, std::span<const Index> indices)
      : of_(of), chance_(of.chance), indices_(indices) {}

  Window window(const Shape& shape);
  ExpressionId expression(Kind kind, int depth);
  ExpressionId read(Kind kind, int depth);
  ExpressionId read(ValueId of, int depth);
  ExpressionId call(Scalar function, ExpressionId a) { return body.add(Call{function, a, a}); }
  ExpressionId call(Scalar function, ExpressionId a, ExpressionId b) {
    return body.add(Call{function, a, b});
  }

  Body body;

  /// What the root needs, and nothing else.
  Body finish(ExpressionId root) const;

 private:
  Position index();
  Position affine_position();
  Position position(std::int64_t extent);
  ExpressionId new_expression(Kind kind, int depth);
  ExpressionId select(Kind kind, int depth);
  ExpressionId guarded(int depth);
  ExpressionId binary(Scalar function, Kind kind, int depth);
  ExpressionId number(int depth);
  ExpressionId of_positive(int depth);
  ExpressionId integer(int depth);
  ExpressionId boolean(int depth);
  ExpressionId leaf(Kind kind, int depth);

  RandomGraph& of_;
  Chance& chance_;
  std::span<const Index> indices_;
  std::array<std::vector<ExpressionId>, 3> made_;
};

}  // namespace dlc::tests
