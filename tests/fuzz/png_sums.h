#pragma once

#include <zlib.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

// A PNG file ends each of its chunks with a sum (PNG, third edition, 5.3): a file that was changed anywhere
// is refused by it, and nothing behind the sums is ever tried. So is a zlib stream by the sum of what it
// unpacks to (RFC 1950).

namespace dlc {

inline void write_sum(std::uint32_t sum, std::uint8_t* place) {
  for (int i = 0; i < 4; ++i) place[i] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
}

/// The sum at the end of a zlib stream made right again; as it is where the stream is broken or does not end
/// here.
inline void mend_stream_sum(std::span<std::uint8_t> stream) {
  if (stream.size() < 6) return;
  z_stream packed{};
  packed.next_in = stream.data() + 2;
  packed.avail_in = static_cast<uInt>(stream.size() - 2);
  if (inflateInit2(&packed, -MAX_WBITS) != Z_OK) return;
  std::array<std::uint8_t, 4096> part{};
  uLong sum = adler32(0, nullptr, 0);
  int status = Z_OK;
  while (status == Z_OK) {
    packed.next_out = part.data();
    packed.avail_out = part.size();
    status = inflate(&packed, Z_NO_FLUSH);
    sum = adler32(sum, part.data(), static_cast<uInt>(part.size() - packed.avail_out));
  }
  const std::size_t end = stream.size() - packed.avail_in;
  inflateEnd(&packed);
  if (status == Z_STREAM_END && stream.size() - end >= 4)
    write_sum(static_cast<std::uint32_t>(sum), stream.data() + end);
}

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
