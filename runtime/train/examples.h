#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace dlc {

/// The examples of one step: `size` of them, from the place `first` on in the order of this epoch (from 1).
/// They stay until the next call.
using ExamplesOfStep =
    std::function<std::span<const std::int64_t>(std::int64_t epoch, std::int64_t first, std::int64_t size)>;

/// Each epoch in an order of its own, epoch_order(count, seed, epoch). Keeps that of the latest epoch.
ExamplesOfStep in_random_order(std::int64_t count, std::uint64_t seed);

/// Where there are no data: examples are their own places, and no more of them are kept than a step has.
ExamplesOfStep numbered();

}  // namespace dlc
