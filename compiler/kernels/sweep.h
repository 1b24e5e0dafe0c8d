#pragma once

#include "compiler/kernels/lower/nest.h"

namespace dlc {

/// Element-wise definitions of one index space in one pass over it: lanes along the contiguous axis, chunks
/// along the outermost. Also one definition alone that writes each element once at another place.
ScheduledKernel schedule_sweep(const KernelSource& source, const Target& target);

}  // namespace dlc
