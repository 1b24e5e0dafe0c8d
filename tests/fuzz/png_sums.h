#pragma once

#include <zlib.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

// A PNG file ends each of its chunks with a sum (PNG, third edition, 5.3): a file that was changed anywhere
// is refused by it, and nothing behind the sums is ever tried.

namespace dlc {

/// The chunks' sums made right again, as far as the file consists of chunks.
inline void mend_png_sums(std::span<std::uint8_t> file) {
  constexpr std::string_view signature = "\211PNG\r\n\032\n";
  if (file.size() < signature.size()) return;
  std::memcpy(file.data(), signature.data(), signature.size());
  file = file.subspan(signature.size());
  while (file.size() >= 12) {
    const std::size_t length = std::size_t{file[0]} << 24 | std::size_t{file[1]} << 16 |
                               std::size_t{file[2]} << 8 | std::size_t{file[3]};
    if (length > file.size() - 12) return;
    if (std::memcmp(file.data() + 4, "IDAT", 4) == 0) mend_stream_sum(file.subspan(8, length));
    const auto sum = static_cast<std::uint32_t>(crc32(0, file.data() + 4, static_cast<uInt>(length + 4)));
    write_sum(sum, file.data() + 8 + length);
    file = file.subspan(12 + length);
  }
}

}  // namespace dlc
