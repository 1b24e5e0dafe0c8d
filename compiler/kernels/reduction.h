#pragma once

#include "compiler/kernels/lower/nest.h"

namespace dlc {

/// Definitions with any combiner but `none`, whose write names each element of the result once, and
/// element-wise ones over their results. Several are computed in one pass over what they read. Lanes run
/// along the result where its neighbours are read together, else along a reduced index, and are then combined
/// in a fixed tree. Few results of many elements each are cut into parts by shape alone, which a second
/// function adds in order.
ScheduledKernel schedule_reduction(const KernelSource& source, const Target& target);

}  // namespace dlc
