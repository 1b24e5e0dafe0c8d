#pragma once

#include "compiler/graph/graph.h"

namespace dlc {

/// The first broken rule of a definition whose operands are known to be earlier values; without the value's
/// name.
std::optional<std::string> broken_rule(const Definition& definition, const Type& type, const Graph& graph);

}  // namespace dlc
