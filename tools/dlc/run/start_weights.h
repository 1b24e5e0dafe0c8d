#pragma once

#include "runtime/train/weights.h"
#include "tools/dlc/session.h"

namespace dlc {

/// What `start from` asks for: initial values from a file, for what has the same name and shape there. Says
/// by name what was taken, what one of the two lacks, and what has another shape. Nothing in common is a
/// failure.
Result<void> start_weights(const Session& session, Weights& weights);

/// A failure if the file of `start from` cannot be opened; with the place where it is looked for.
Result<void> find_start(const Session& session);

}  // namespace dlc
