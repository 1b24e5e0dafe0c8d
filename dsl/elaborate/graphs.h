#pragma once

#include <map>
#include <optional>
#include <vector>

#include "dsl/elaborate/builder.h"

namespace dlc {

/// The expression `root` of a body by itself.
Body part_of(const Body& body, ExpressionId root);

/// What the outputs and updates need, and all that is kept (parameters and states); the order stays.
Graph without_unneeded(const Graph& graph);

/// All values that this one is computed from, itself included.
std::vector<bool> needed_by(const Graph& graph, std::span<const ValueId> roots);

/// Copies a value and all that it is computed from into another graph; `copied` remembers what is there
/// already.
ValueId copy_into(Graph& to, const Graph& from, ValueId value, std::map<ValueId, ValueId>& copied);

/// The mean over the batch; what does not depend on it stays as it is.
Quantity mean_over(Builder& builder, const Quantity& tensor, IndexId batch, const std::string& name);

/// One number of what is one number for each example: the mean over the batch of the terms that depend on it,
/// and the other terms once.
Quantity loss_of(Builder& builder, const Quantity& each, IndexId batch);

/// Floating point operations of the definitions first … last − 1: two for each product that is added up, one
/// for each element of another reduction.
double operations_of(const Graph& graph, std::size_t first, std::size_t last);

}  // namespace dlc
