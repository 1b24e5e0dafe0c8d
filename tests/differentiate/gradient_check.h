#pragma once

#include <map>
#include <optional>
#include <random>
#include <string>

#include "compiler/graph/graph.h"
#include "compiler/reference/evaluate.h"

namespace dlc {

using Given = std::map<std::string, Tensor>;

Tensor random_tensor(const Shape& shape, std::mt19937& random);

/// A value for each input, parameter and state of the graph: numbers from the normal distribution, integers
/// within their bounds.
Given random_given(const Graph& graph, std::mt19937& random);

/// Adds the number sum[…] r[…] * y[…] with a new input r of y's shape.
ValueId add_weighted_sum(Graph& graph, ValueId y, const std::string& name_of_weights);

/// Adds the gradient of a number by a value, as the output "gradient".
ValueId add_gradient(Graph& graph, ValueId of, ValueId by);

/// The slope of the number `of` along `direction` of the input or parameter `by`, by central differences of
/// two sizes, and what the slope may be off by; none where it is not finite.
struct Slope {
  double value = 0;
  double error = 0;
};
std::optional<Slope> slope(const Graph& graph, const Given& given, ValueId of, ValueId by,
                           const Tensor& direction);

double inner_product(const Tensor& a, const Tensor& b);

/// Are all values below 10^4? 0 times what is infinite is no number, in a gradient too; and a step of a
/// difference that is multiplied by much crosses jumps.
bool all_tame(const Graph& graph, const Given& given);

/// Compares the gradient of `of` by each parameter with slopes, along each element and along one random
/// direction. Gives what is wrong in words, none if nothing is; `compared` counts the slopes that could be
/// compared.
std::optional<std::string> wrong_gradient(const Graph& forward, const Given& given, ValueId of,
                                          std::mt19937& random, int& compared);

}  // namespace dlc
