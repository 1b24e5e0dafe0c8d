#pragma once

#include <map>
#include <string>

#include "compiler/reference/evaluate.h"

namespace dlc::tests {

/// A tensor for each input, parameter and state of the graph, by the element's place and the value's name
/// alone: they stay when other values go. Whole numbers within their bounds, small for bytes, others from −2
/// to 2; all of them can be written as f32. States are not negative, such as mean squares.
std::map<std::string, Tensor> given_for(const Graph& graph, std::uint64_t seed);

}  // namespace dlc::tests
