#pragma once

#include <span>
#include <vector>

#include "compiler/graph/graph.h"

namespace dlc {

/// The value whose elements these are: the end of a chain of views.
ValueId source_of(const Graph& graph, ValueId value);

/// The definition, or null where the value is another node.
const Definition* definition_of(const Graph& graph, ValueId value);

/// Combiner `none`, written at its own indices.
bool is_elementwise(const Definition& definition);

/// The extents of the indices that the write names, where the write is the identity; of all indices
/// otherwise.
Shape result_extents(const Definition& definition);

/// Is the tensor `source` read only element by element: each element of the result needs just the element at
/// the same place of it (through a view too)? True where it is not read at all.
bool reads_in_place(const Graph& graph, const Definition& definition, ValueId source);

/// Does the definition read it, directly, through a view, in a lookup or as a key?
bool reads(const Graph& graph, const Definition& definition, ValueId source);

/// Which values the outputs and updates need.
std::vector<bool> needed_values(const Graph& graph);

}  // namespace dlc
