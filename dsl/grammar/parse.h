#pragma once

#include <optional>

#include "dsl/diagnostics/diagnostics.h"
#include "dsl/diagnostics/sources.h"
#include "dsl/tree/tree.h"

namespace dlc {

/// The tree of a file. Mistakes go to `diagnostics`, several at once; lines with mistakes are left out of the
/// tree. None if the text is no text at all, or is nested too deeply to be read.
std::optional<Tree> parse(FileId file, const Sources& sources, Diagnostics& diagnostics);

/// An expression that is given by itself, as on the command line; none if it is not one, with a diagnostic.
std::optional<tree::Expression> parse_expression(FileId file, const Sources& sources,
                                                 Diagnostics& diagnostics);

}  // namespace dlc
