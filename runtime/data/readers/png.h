#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/files/element.h"
#include "runtime/files/result.h"

namespace dlc {

/// An image of bytes: rows from the top, pixels from the left, channels next to each other.
struct Image {
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t channels = 0;
  std::vector<std::byte> pixels;

  Shape shape() const { return {height, width, channels}; }
};

/// A PNG file (www.w3.org/TR/png) as 8 bits a channel: 1 channel if it is grey, else 3. A palette is looked
/// up; of 16 bits the upper ones are kept, rounded; transparency is left out, a pixel's colour stays as it is
/// written; what a file says of gamma and colour spaces changes no byte. With `header_only` there are no
/// pixels. A file that is cut off or damaged in any chunk is a failure, as is one of more than 2^26 pixels;
/// `name` is the file's, for it.
Result<Image> decode_png(std::span<const std::byte> file, const std::string& name, bool header_only = false);

/// The image in another size, bilinear between the centres of pixels, rounded to the nearest byte.
Image resized(const Image& image, std::int64_t height, std::int64_t width);

}  // namespace dlc
