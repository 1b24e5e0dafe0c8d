#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dlc {

/// 122,570.
std::string with_thousands(std::int64_t number);

/// `1 thread`, `2 threads`, `122,570 parameters`.
std::string counted(std::int64_t number, std::string_view one, std::string_view many);

/// How long something takes, as a clock shows it: 0:41, 12:05, 1:02:03.
std::string as_clock(double seconds);

/// How long something took: 0.12 s, 14.2 s, 205 s.
std::string as_seconds(double seconds);

/// 512 bytes, 9.4 MB (millions, as in the papers), 12 kB.
std::string as_bytes_text(std::int64_t bytes);

/// A loss or metric with this many digits behind the point where it is between a thousandth and ten thousand,
/// else in the shortest form that keeps as many digits: 1.0874, 0.6252, 12,345, 3.2e-5, nan.
std::string as_figure(double value, int digits = 4);

/// A number in powers of ten with this many digits behind the point: 3.2e-5.
std::string in_powers_of_ten(double value, int digits);

/// [28, 28, 1]; a single number is [].
std::string shape_text(std::span<const std::int64_t> shape);

/// How many columns a text takes on a terminal: characters, not bytes (of none double width).
std::size_t width_of(std::string_view text);

}  // namespace dlc
