#pragma once

#include <vector>

#include "compiler/graph/graph.h"
#include "compiler/reference/evaluate.h"

namespace dlc {

/// Which element of a tensor a window names for the current indices.
class ElementPlace {
 public:
  /// The window must live as long as this.
  ElementPlace(const Window& window, const Shape& tensor, std::span<const Index> indices);

  /// Its number in row-major order; none (−1) outside the tensor.
  std::int64_t at(std::span<const std::int64_t> indices, const LookupValue& lookup) const;

  static constexpr std::int64_t outside = -1;

 private:
  const Window* window_;
  const Shape* tensor_;
  bool affine_and_inside_ = true;  // then it is offset_ + sum of strides_ * indices
  std::int64_t offset_ = 0;
  std::vector<std::int64_t> strides_;  // by index
};

/// A body as a flat list of operations, to be run for one combination of indices after another. All
/// expressions are computed, also the side of a select that is not chosen: an expression has no effect but
/// its value.
class BodyProgram {
 public:
  /// The definition and the values must live as long as this, and the values read must be there already.
  BodyProgram(const Definition& definition, const std::vector<Tensor>& values);

  double run(std::span<const std::int64_t> indices, const LookupValue& lookup);

 private:
  enum class Form : std::uint8_t { position, read, call, select, draw };

  struct Operation {
    Form form{};
    Scalar function{};
    std::uint32_t result = 0;  // these are places in numbers_
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t condition = 0;
    std::uint32_t key = 0;
    std::uint32_t site = 0;
    const Position* position = nullptr;
    const double* elements = nullptr;
    std::size_t place = 0;  // in places_
  };

  void add(std::uint32_t result, const Expression& expression, const Definition& definition,
           const std::vector<Tensor>& values);

  std::vector<double> numbers_;  // by ExpressionId; constants stand in it from the start
  std::vector<Operation> operations_;
  std::vector<ElementPlace> places_;
  std::size_t root_;
};

}  // namespace dlc
