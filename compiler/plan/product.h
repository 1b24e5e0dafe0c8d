#pragma once

#include "compiler/kernels/lower/nest.h"

namespace dlc {

/// Is the definition a sum of products of two reads that the contraction schedule takes: affine windows over
/// f32 tensors, 0 where they are outside, a result that is written in full, and indices that only one of the
/// two reads names (else nothing would be read twice)?
bool is_product(const Graph& graph, ValueId id);

/// Can the element-wise definition be computed where a contraction of that shape writes its result? Its
/// positions are affine and inside.
bool fits_product(const Graph& graph, const Definition& definition);

ScheduledKernel schedule_product(const KernelSource& source, const Target& target);

}  // namespace dlc
