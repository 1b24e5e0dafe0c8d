#include <zlib.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "runtime/data/readers/png.h"
#include "runtime/data/readers/readers.h"
#include "tests/files/temporary_folder.h"

using namespace dlc;

namespace {

std::string big_endian(std::uint32_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

std::string chunk(const std::string& kind, const std::string& data) {
  const std::string summed = kind + data;
  const auto sum = crc32(0, reinterpret_cast<const Bytef*>(summed.data()), static_cast<uInt>(summed.size()));
  return big_endian(static_cast<std::uint32_t>(data.size())) + summed +
         big_endian(static_cast<std::uint32_t>(sum));
}

std::string deflated(const std::string& data) {
  uLongf size = compressBound(data.size());
  std::string packed(size, '\0');
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(data.data()),
           data.size());
  packed.resize(size);
  return packed;
}

// A PNG file written by hand, as the standard says; `rows` are the bytes of each row, filter byte in front.
std::string png(std::uint32_t width, std::uint32_t height, int bits, int colour, const std::string& rows,
                const std::string& more = "") {
  const std::string header = big_endian(width) + big_endian(height) + static_cast<char>(bits) +
                             static_cast<char>(colour) + std::string(3, '\0');
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + more + chunk("IDAT", deflated(rows)) +
         chunk("IEND", "");
}

std::string text_of(std::initializer_list<int> bytes) {
  std::string text;
  for (const int byte : bytes) text += static_cast<char>(byte);
  return text;
}

std::string grey(std::uint32_t width, std::uint32_t height, int value = 7) {
  std::string rows;
  for (std::uint32_t row = 0; row < height; ++row)
    rows += std::string(1, '\0') + std::string(width, static_cast<char>(value));
  return png(width, height, 8, 0, rows);
}

std::string coloured(std::uint32_t width, std::uint32_t height) {
  std::string rows;
  for (std::uint32_t row = 0; row < height; ++row) rows += std::string(1 + 3 * width, '\0');
  return png(width, height, 8, 2, rows);
}

Result<Image> decoded(const std::string& file) {
  return decode_png(std::as_bytes(std::span(file)), "a.png");
}

std::vector<int> pixels_of(const std::string& file, std::int64_t channels) {
  const Result<Image> image = decoded(file);
  if (!image) FAIL(one_line(image.failure()));
  CHECK(image->channels == channels);
  std::vector<int> values;
  for (const std::byte value : image->pixels) values.push_back(static_cast<int>(value));
  return values;
}

std::string failure_of(const std::string& file) {
  const Result<Image> image = decoded(file);
  REQUIRE_FALSE(image);
  return one_line(image.failure());
}

ReaderCall images_call(std::vector<ReaderFiles> files, Shape size = {}) {
  return {.reader = "images",
          .files = std::move(files),
          .names = {},
          .separator = ',',
          .missing = {},
          .size = std::move(size)};
}

std::string failure_of(const ReaderCall& call, const TemporaryFolder& folder) {
  const auto table = read_data(call, {{folder.path()}});
  REQUIRE_FALSE(table);
  return without_folder(one_line(table.failure()), folder);
}

}  // namespace

TEST_CASE("every kind of PNG becomes bytes of one or three channels", "[data][images]") {
  using Values = std::vector<int>;
  CHECK(pixels_of(png(3, 1, 8, 0, text_of({0, 0, 100, 255})), 1) == Values{0, 100, 255});
  CHECK(pixels_of(png(2, 2, 8, 2, text_of({0, 1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 10, 11, 12})), 3) ==
        Values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  CHECK(pixels_of(png(4, 1, 1, 0, text_of({0, 0xa0})), 1) == Values{255, 0, 255, 0});
  CHECK(pixels_of(png(2, 1, 4, 0, text_of({0, 0x1f})), 1) == Values{17, 255});
  const std::string palette = chunk("PLTE", text_of({10, 20, 30, 40, 50, 60}));
  CHECK(pixels_of(png(2, 1, 8, 3, text_of({0, 1, 0}), palette), 3) == Values{40, 50, 60, 10, 20, 30});
  // Of 16 bits the upper ones, rounded; transparency leaves the colours as they are written.
  CHECK(pixels_of(png(3, 1, 16, 0, text_of({0, 0x80, 0x80, 0x12, 0x12, 0xff, 0xff})), 1) ==
        Values{128, 18, 255});
  CHECK(pixels_of(png(2, 1, 16, 2, text_of({0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6})), 3) ==
        Values{1, 2, 3, 4, 5, 6});
  CHECK(pixels_of(png(3, 1, 8, 4, text_of({0, 50, 0, 60, 128, 70, 255})), 1) == Values{50, 60, 70});
  CHECK(pixels_of(png(2, 1, 8, 6, text_of({0, 1, 2, 3, 0, 4, 5, 6, 128})), 3) == Values{1, 2, 3, 4, 5, 6});
  CHECK(pixels_of(png(2, 1, 8, 3, text_of({0, 1, 0}), palette + chunk("tRNS", text_of({0, 0}))), 3) ==
        Values{40, 50, 60, 10, 20, 30});
  // No word of gamma changes a byte.
  const std::string gamma = chunk("gAMA", big_endian(100000));
  CHECK(pixels_of(png(3, 1, 8, 0, text_of({0, 1, 100, 255}), gamma), 1) == Values{1, 100, 255});
}

TEST_CASE("a PNG file cut off or changed anywhere ends in a message", "[data][images]") {
  const std::string whole = png(2, 2, 8, 2, text_of({0, 1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 10, 11, 12}));
  REQUIRE(decoded(whole));
  for (std::size_t size = 1; size < whole.size(); ++size) {
    INFO(size);
    CHECK(failure_of(whole.substr(0, size)).find("a.png: cut off: the PNG image ends") == 0);
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int bit : {0, 3, 7}) {
      INFO(at << " " << bit);
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      const std::string line = failure_of(changed);
      CHECK(line.find('\n') == std::string::npos);
    }
  }
}

TEST_CASE("PNG files whose sums are right but whose contents are not end in a message", "[data][images]") {
  const auto damaged = [](const std::string& file) {
    return failure_of(file).find("a.png: the PNG image is damaged: ") == 0;
  };
  CHECK(damaged(png(2, 2, 8, 0, text_of({0, 1, 2}))));                // a row too few
  CHECK(damaged(png(2, 1, 8, 0, text_of({9, 1, 2}))));                // no such filter
  CHECK(damaged(png(2, 1, 8, 3, text_of({0, 1, 0}))));                // no palette
  CHECK(damaged(png(0, 1, 8, 0, text_of({0}))));                      // no column
  CHECK(damaged(png(2, 1, 5, 0, text_of({0, 1, 2}))));                // 5 bits
  CHECK(damaged(png(0xffffffffU, 0xffffffffU, 8, 0, text_of({0}))));  // overflows
  const std::string header = chunk("IHDR", big_endian(2) + big_endian(1) + text_of({8, 0, 0, 0, 0}));
  CHECK(damaged("\x89PNG\r\n\x1a\n" + header + chunk("IEND", "")));  // no pixels
  CHECK(damaged("\x89PNG\r\n\x1a\n" + header + chunk("IDAT", "no deflated data") + chunk("IEND", "")));
  CHECK(failure_of(png(100000, 100000, 8, 0, text_of({0}))) ==
        "a.png: the image has 100000 x 100000 pixels; at most 67108864 are read");
  CHECK(failure_of("") == "a.png: the file is empty");
  CHECK(failure_of("<html>") == "a.png: this is a web page, not a PNG image (at byte 0)");
  CHECK(failure_of("hello") == "a.png: this is no PNG image (at byte 0)");
  CHECK(failure_of("\xff\xd8\xff\xe0") ==
        "a.png: this is a JPEG image; only PNG images are read, so convert it (at byte 0)");
}

TEST_CASE("an image in another size is what the formula says", "[data][images]") {
  Image image{.height = 2, .width = 3, .channels = 2, .pixels = {}};
  for (int i = 0; i < 12; ++i) image.pixels.push_back(static_cast<std::byte>(i * i));
  CHECK(resized(image, 2, 3).pixels == image.pixels);
  const Image large = resized(image, 5, 7);
  REQUIRE(large.pixels.size() == 70);
  // Tents of width 1 around the centres: every pixel by all pixels, weighed by how near they are.
  const auto place = [](int i, double from, double to) {
    return std::min(std::max((i + 0.5) * from / to - 0.5, 0.0), from - 1);
  };
  for (int y = 0; y < 5; ++y) {
    for (int x = 0; x < 7; ++x) {
      for (int c = 0; c < 2; ++c) {
        double sum = 0;
        for (int v = 0; v < 2; ++v) {
          for (int u = 0; u < 3; ++u) {
            const double near_row = std::max(0.0, 1 - std::abs(v - place(y, 2, 5)));
            const double near_column = std::max(0.0, 1 - std::abs(u - place(x, 3, 7)));
            sum += near_row * near_column *
                   static_cast<int>(image.pixels[static_cast<std::size_t>((v * 3 + u) * 2 + c)]);
          }
        }
        const int got = static_cast<int>(large.pixels[static_cast<std::size_t>((y * 7 + x) * 2 + c)]);
        CHECK(std::abs(got - sum) <= 0.5 + 1e-9);
      }
    }
  }
}

TEST_CASE("images of folders have the folder's name as label", "[data][images]") {
  const TemporaryFolder folder;
  folder.put("all/dog/b.png", grey(3, 2, 1));
  folder.put("all/dog/a.png", grey(3, 2, 2));
  folder.put("all/cat/z.png", grey(3, 2, 3));
  const auto table = read_data(images_call({{"", "all/*/*.png"}}), {{folder.path()}});
  REQUIRE(table);
  CHECK(table->count == 3);
  CHECK(table->find("image")->shape == Shape{2, 3, 1});
  CHECK(table->find("label")->text == std::vector<std::string>{"cat", "dog", "dog"});
  CHECK(number_at(*table->find("image"), 0) == 3);
  CHECK(number_at(*table->find("image"), 6) == 2);
  CHECK(number_at(*table->find("image"), 12) == 1);
  const auto header = read_data(images_call({{"", "all/*/*.png"}}), {{folder.path()}}, {.header_only = true});
  REQUIRE(header);
  CHECK(header->find("image")->shape == Shape{2, 3, 1});
  CHECK(header->find("label")->text.size() == 3);
}

TEST_CASE("images of one column are alike, or a message names two that are not", "[data][images]") {
  const TemporaryFolder folder;
  folder.put("x/a.png", grey(3, 2));
  folder.put("x/b.png", grey(5, 4));
  CHECK(failure_of(images_call({{"", "x/*.png"}}), folder) ==
        "x/b.png: the image has 4 x 5 pixels of 1 channel, but x/a.png has 2 x 3 pixels of 1 channel; size = "
        "[h, w] brings them to one size");
  const auto table = read_data(images_call({{"", "x/*.png"}}, {6, 8}), {{folder.path()}});
  REQUIRE(table);
  CHECK(table->find("image")->shape == Shape{6, 8, 1});
  CHECK(table->find("image")->data.size() == 96);
  folder.put("x/c.png", coloured(3, 2));
  CHECK(failure_of(images_call({{"", "x/*.png"}}, {6, 8}), folder) ==
        "x/c.png: the image has 6 x 8 pixels of 3 channels, but x/a.png has 6 x 8 pixels of 1 channel; all "
        "images of a column must be grey, or all in colour");
  folder.put("x/d.png", "hello");
  CHECK(failure_of(images_call({{"", "x/d*.png"}}), folder) == "x/d.png: this is no PNG image (at byte 0)");
}

TEST_CASE("named images are paired by what the star stands for", "[data][images]") {
  const TemporaryFolder folder;
  for (const int i : {1, 2, 10}) {
    folder.put("a/" + std::to_string(i) + ".png", grey(2, 2, i));
    folder.put("b/" + std::to_string(i) + "_mask.png", grey(4, 4, 100 + i));
  }
  const ReaderCall call = images_call({{"image", "a/*.png"}, {"mask", "b/*_mask.png"}});
  const auto table = read_data(call, {{folder.path()}});
  REQUIRE(table);
  REQUIRE(table->columns.size() == 2);
  for (std::int64_t i = 0; i < 3; ++i) {
    CHECK(number_at(*table->find("mask"), i * 16) == 100 + number_at(*table->find("image"), i * 4));
  }
  folder.put("b/3_mask.png", grey(4, 4));
  CHECK(failure_of(call, folder) == "b/3_mask.png: this file of mask has no partner in image = \"a/*.png\"");
  folder.put("a/4.png", grey(2, 2));
  CHECK(failure_of(call, folder) == "a/4.png: this file of image has no partner in mask = \"b/*_mask.png\"");
}
