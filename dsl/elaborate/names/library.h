#pragma once

#include <vector>

#include "dsl/diagnostics/diagnostics.h"
#include "dsl/tree/tree.h"

namespace dlc {

/// The trees of the standard library; its texts become sources "std/layers.net" and so on.
std::vector<Tree> parse_library(Sources& sources, Diagnostics& diagnostics);

}  // namespace dlc
