#pragma once

#include <cstdint>
#include <string>

namespace dlc {

/// Enough for the kernels of some dozens of nets.
constexpr std::uintmax_t most_cached_bytes = 128U << 20;

/// Removes from a folder of kept code what was not asked for the longest, if its *.kernel files hold more
/// than `most_bytes`, down to three quarters of that. What cannot be read or removed stays.
void evict(const std::string& folder, std::uintmax_t most_bytes);

}  // namespace dlc
