#include "runtime/data/readers/png.h"

#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string_view>

#include "runtime/files/input_file.h"

// A PNG file is a signature and a row of chunks: length, kind, data, and a check sum over kind and data. Only
// the chunks that make the pixels are handed to libpng. So no word of gamma or of colour spaces changes what
// is read, and all that libpng still warns of is damage.

namespace dlc {
namespace {

constexpr std::array signature = {std::byte{0x89}, std::byte{'P'},  std::byte{'N'},  std::byte{'G'},
                                  std::byte{'\r'}, std::byte{'\n'}, std::byte{0x1a}, std::byte{'\n'}};
constexpr std::array<std::string_view, 5> kinds_of_pixels = {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"};
constexpr std::size_t around = 12;  // bytes of a chunk besides its data
constexpr std::int64_t most_pixels = std::int64_t{1} << 26;

std::uint32_t big_endian(std::span<const std::byte> bytes) {
  std::uint32_t value = 0;
  for (const std::byte byte : bytes) value = value << 8 | static_cast<std::uint32_t>(byte);
  return value;
}

bool begins_as_png(std::span<const std::byte> file) {
  return file.size() >= signature.size() && std::equal(signature.begin(), signature.end(), file.begin());
}

Failure no_png(std::span<const std::byte> file, const std::string& name) {
  if (file.empty()) return {.what = "the file is empty", .file = name};
  const std::size_t known_size = std::min(file.size(), signature.size());
  if (std::equal(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(known_size), signature.begin()))
    return {.what = "cut off: the PNG image ends within its signature", .file = name};
  const std::string_view known = recognised(file.first(std::min<std::size_t>(file.size(), 64)));
  const bool jpeg = file.size() > 2 && file[0] == std::byte{0xff} && file[1] == std::byte{0xd8};
  std::string what = "this is no PNG image";
  if (!known.empty()) what = "this is " + std::string(known) + ", not a PNG image";
  if (jpeg) what = "this is a JPEG image; only PNG images are read, so convert it";
  return {.what = what, .file = name, .line = 0, .column = 0, .byte = 0};
}

/// The chunks of pixels alone, each whole and with the right check sum.
Result<std::vector<std::byte>> chunks_of_pixels(std::span<const std::byte> file, const std::string& name) {
  std::vector<std::byte> kept(signature.begin(), signature.end());
  std::size_t at = signature.size();
  for (std::string kind; kind != "IEND";) {
    const auto failed = [&](std::string what) {
      return Failure{.what = std::move(what),
                     .file = name,
                     .line = 0,
                     .column = 0,
                     .byte = static_cast<std::int64_t>(at)};
    };
    const std::span<const std::byte> rest = file.subspan(at);
    if (rest.size() < around) return failed("cut off: the PNG image ends where a chunk should stand");
    const std::size_t length = big_endian(rest.first(4));
    kind.assign(reinterpret_cast<const char*>(rest.data()) + 4, 4);
    const bool is_kind =
        std::all_of(kind.begin(), kind.end(), [](unsigned char letter) { return std::isalpha(letter) != 0; });
    if (!is_kind) return failed("the PNG image is damaged: no chunk stands here");
    if (rest.size() - around < length) return failed("cut off: the PNG image ends within its chunk " + kind);
    const std::span<const std::byte> summed = rest.subspan(4, length + 4);
    const auto sum =
        ::crc32(0, reinterpret_cast<const Bytef*>(summed.data()), static_cast<uInt>(summed.size()));
    if (sum != big_endian(rest.subspan(length + 8, 4)))
      return failed("the PNG image is damaged: the check sum of its chunk " + kind + " is wrong");
    if (std::find(kinds_of_pixels.begin(), kinds_of_pixels.end(), kind) != kinds_of_pixels.end())
      kept.insert(kept.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(length + around));
    at += length + around;
  }
  return kept;
}

/// libpng's image, freed on every way out.
struct PngImage {
  png_image image{};
  PngImage() { image.version = PNG_IMAGE_VERSION; }
  PngImage(const PngImage&) = delete;
  PngImage& operator=(const PngImage&) = delete;
  ~PngImage() { png_image_free(&image); }
};

std::vector<std::byte> without_last_channel(std::span<const std::byte> pixels, std::size_t channels) {
  std::vector<std::byte> kept;
  kept.reserve(pixels.size() / channels * (channels - 1));
  for (std::size_t at = 0; at < pixels.size(); at += channels)
    for (std::size_t c = 0; c + 1 < channels; ++c) kept.push_back(pixels[at + c]);
  return kept;
}

}  // namespace

Result<Image> decode_png(std::span<const std::byte> file, const std::string& name, bool header_only) {
  if (!begins_as_png(file)) return no_png(file, name);
  const Result<std::vector<std::byte>> chunks = chunks_of_pixels(file, name);
  if (!chunks) return chunks.failure();
  const auto damaged = [&](const char* words) {
    return Failure{.what = "the PNG image is damaged: " + std::string(words), .file = name};
  };
  PngImage png;
  if (png_image_begin_read_from_memory(&png.image, chunks->data(), chunks->size()) == 0)
    return damaged(png.image.message);
  Image image{.height = png.image.height, .width = png.image.width, .channels = 1, .pixels = {}};
  if (image.height * image.width > most_pixels) {
    return Failure{.what = "the image has " + std::to_string(image.height) + " x " +
                           std::to_string(image.width) + " pixels; at most " + std::to_string(most_pixels) +
                           " are read",
                   .file = name};
  }
  const bool colour = (png.image.format & PNG_FORMAT_FLAG_COLOR) != 0;
  const bool alpha = (png.image.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  image.channels = colour ? 3 : 1;
  if (header_only) return image;
  // Transparency is asked for where it is there, lest libpng mix the colours with a background.
  png.image.format =
      colour ? (alpha ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB) : (alpha ? PNG_FORMAT_GA : PNG_FORMAT_GRAY);
  png.image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // 16 bits mean the same as 8, only finer
  image.pixels.resize(PNG_IMAGE_SIZE(png.image));
  if (png_image_finish_read(&png.image, nullptr, image.pixels.data(), 0, nullptr) == 0 ||
      png.image.warning_or_error != 0) {
    return damaged(png.image.message);
  }
  if (alpha) image.pixels = without_last_channel(image.pixels, static_cast<std::size_t>(image.channels) + 1);
  return image;
}

Image resized(const Image& image, std::int64_t height, std::int64_t width) {
  // Two neighbours on an axis and the share of the second; at the border the outermost stands for what is
  // beyond.
  struct Neighbours {
    std::int64_t first;
    std::int64_t second;
    double share;
  };
  const auto neighbours = [](std::int64_t to, std::int64_t from) {
    std::vector<Neighbours> all;
    for (std::int64_t i = 0; i < to; ++i) {
      const double centre =
          (static_cast<double>(i) + 0.5) * static_cast<double>(from) / static_cast<double>(to) - 0.5;
      const double place = std::clamp(centre, 0.0, static_cast<double>(from - 1));
      const auto first = static_cast<std::int64_t>(place);
      all.push_back({first, std::min(first + 1, from - 1), place - static_cast<double>(first)});
    }
    return all;
  };
  const std::vector<Neighbours> rows = neighbours(height, image.height);
  const std::vector<Neighbours> columns = neighbours(width, image.width);
  Image result{.height = height, .width = width, .channels = image.channels, .pixels = {}};
  result.pixels.reserve(static_cast<std::size_t>(height * width * image.channels));
  for (const Neighbours& row : rows) {
    for (const Neighbours& column : columns) {
      for (std::int64_t channel = 0; channel < image.channels; ++channel) {
        const auto at = [&](std::int64_t y, std::int64_t x) {
          const std::int64_t place = (y * image.width + x) * image.channels + channel;
          return static_cast<double>(image.pixels[static_cast<std::size_t>(place)]);
        };
        const double above =
            std::lerp(at(row.first, column.first), at(row.first, column.second), column.share);
        const double below =
            std::lerp(at(row.second, column.first), at(row.second, column.second), column.share);
        result.pixels.push_back(static_cast<std::byte>(std::lround(std::lerp(above, below, row.share))));
      }
    }
  }
  return result;
}

}  // namespace dlc
