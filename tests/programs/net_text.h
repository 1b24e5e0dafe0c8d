#pragma once

#include <map>
#include <optional>
#include <string>

#include "compiler/graph/graph.h"

namespace dlc::tests {

/// A program as a .net file: a net without data, trained by one step. What comes from outside are its
/// parameters and states, integers and booleans made from states of numbers; outputs become the next values
/// of states; a gradient is what the step subtracts from its parameter.
struct NetText {
  std::string text;
  std::map<std::string, std::string> outside;    // name in the graph → name in the file's whole step
  std::map<std::string, std::string> results;    // output's name → that of the state whose next value it is
  std::map<std::string, std::string> gradients;  // the same of gradients: the parameter that they change
};

/// None where the language has no words for it: draws (each example's own, where there is a batch), argmax of
/// several indices, bounds of lookups that are not their tensor's, gradients that a definition reads. A
/// scatter becomes the sum that it is: `if position == element { … } else { 0 }`.
std::optional<NetText> net_text_of(const Graph& program);

}  // namespace dlc::tests
