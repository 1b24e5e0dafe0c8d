#pragma once

#include "compiler/kernels/contraction/schedule.h"

namespace dlc {

/// Where the schedule's intermediate values lie in scratch memory: packed panels of b first, then sums that
/// are not finished.
struct ContractionStorage {
  std::vector<std::int64_t> packed_strides;  // by index, in elements; of the vector index for whole tiles
  std::int64_t packed_elements = 0;
  std::vector<std::int64_t> sum_strides;  // by index: all outputs without gaps, in the order of out
  std::int64_t sum_elements = 0;          // of all outputs once
  std::int64_t sums_offset = 0;           // of the first sum
  std::int64_t elements = 0;              // in all
  bool sums_in_out = false;               // unfinished sums lie in out itself
};

ContractionStorage storage_of(const ContractionProblem& problem, const ContractionSchedule& schedule,
                              bool plain_store);

}  // namespace dlc
