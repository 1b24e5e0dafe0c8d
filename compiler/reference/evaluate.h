#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/graph/graph.h"

namespace dlc {

/// The elements in row-major order, as doubles whatever their kind; a boolean is 0 or 1.
struct Tensor {
  Shape shape;
  std::vector<double> elements;
};

/// What a graph's values are after one step.
struct Values {
  std::vector<Tensor> of_value;           // by ValueId; of an update, the next value of its target
  std::map<std::string, Tensor> outputs;  // by the output's name
  std::map<std::string, Tensor> next;     // what the updates give, by the name of the parameter or state

  const Tensor& operator[](ValueId id) const { return of_value[number_of(id)]; }
};

/// The meaning of a graph: loops over the indices in index order, in double precision, no optimisation.
/// Everything else that computes a graph is held to this. `given` has the inputs, parameters and states by
/// name, in the shapes the graph says; it is an error of ours if one is missing, if the graph breaks a rule
/// (`broken_rule`), or if a Gradient is left in it.
Values evaluate(const Graph& graph, const std::map<std::string, Tensor>& given);

}  // namespace dlc
