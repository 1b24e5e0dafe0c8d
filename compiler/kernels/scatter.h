#pragma once

#include "compiler/kernels/lower/nest.h"

namespace dlc {

/// A definition whose index combinations may meet at one element of the result, or leave elements out. The
/// result is filled with the combiner's neutral value; then all combinations are taken in one order. Chunks
/// run only along indices that keep their writes apart.
ScheduledKernel schedule_scatter(const KernelSource& source, const Target& target);

}  // namespace dlc
