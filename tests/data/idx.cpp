#include "runtime/data/readers/idx.h"

#include <catch2/catch.hpp>

#include "runtime/data/readers/readers.h"
#include "tests/files/packed.h"
#include "tests/files/temporary_folder.h"

using namespace dlc;

namespace {

std::string big_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

std::string header(int type, const std::vector<std::uint32_t>& shape) {
  std::string text{'\0', '\0', static_cast<char>(type), static_cast<char>(shape.size())};
  for (const std::uint32_t extent : shape) text += big_endian(extent, 4);
  return text;
}

std::string failure_of(const std::string& content, const char* name = "a.idx") {
  const TemporaryFolder folder;
  const auto column = read_idx_file(folder.put(name, content));
  REQUIRE_FALSE(column);
  return without_folder(one_line(column.failure()), folder);
}

ReaderCall idx_call(std::vector<ReaderFiles> files) {
  return {.reader = "idx", .files = std::move(files), .names = {}, .separator = ',', .missing = {}};
}

template <class Number>
std::vector<double> numbers(const Column& column) {
  const auto span = numbers_of<Number>(column);
  return {span.begin(), span.end()};
}

}  // namespace

TEST_CASE("all element types of IDX are read", "[data][idx]") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& content) {
    auto column = read_idx_file(folder.put("a.idx", content));
    REQUIRE(column);
    return *std::move(column);
  };
  const Column bytes = read(header(0x08, {2, 1, 2}) + "\x01\x02\xfe\xff");
  CHECK(bytes.element == ElementType::u8);
  CHECK(bytes.shape == Shape{1, 2});
  CHECK(bytes.count == 2);
  CHECK(numbers<std::uint8_t>(bytes) == std::vector<double>{1, 2, 254, 255});

  CHECK(numbers<std::int32_t>(read(header(0x09, {2}) + "\x7f\xff")) == std::vector<double>{127, -1});
  CHECK(numbers<std::int32_t>(read(header(0x0b, {2}) + big_endian(258, 2) + big_endian(65534, 2))) ==
        std::vector<double>{258, -2});
  CHECK(numbers<std::int32_t>(read(header(0x0c, {1}) + big_endian(0xfffffffe, 4))) ==
        std::vector<double>{-2});
  const Column floats = read(header(0x0d, {2}) + big_endian(0x3fc00000, 4) + big_endian(0xc0000000, 4));
  CHECK(floats.element == ElementType::f32);
  CHECK(numbers<float>(floats) == std::vector<double>{1.5, -2});
  CHECK(numbers<float>(read(header(0x0e, {1}) + big_endian(0x3ff8000000000000, 8))) ==
        std::vector<double>{1.5});
}

TEST_CASE("an IDX file cut off anywhere, packed or not, ends in a message", "[data][idx]") {
  const std::string whole = header(0x08, {3, 2, 2}) + "abcdefghijkl";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(size);
    const std::string line = failure_of(whole.substr(0, size));
    const std::string of_gzip = [&] {
      const TemporaryFolder folder;
      folder.put("a.gz", packed(whole.substr(0, size)));
      const auto column = read_idx_file(folder / "a.gz");
      REQUIRE_FALSE(column);
      return without_folder(one_line(column.failure()), folder);
    }();
    CHECK(of_gzip == "a.gz" + line.substr(5));
    if (size == 0) {
      CHECK(line == "a.idx: the file is empty");
    } else if (size < 16) {
      CHECK(line ==
            "a.idx: cut off: the file ends within its IDX header, after " + std::to_string(size) + " bytes");
    } else {
      CHECK(line == "a.idx: cut off: the header promises [3, 2, 2], which are 12 bytes of data, but " +
                        std::to_string(size - 16) + " follow");
    }
  }
  CHECK(failure_of(whole + "!") ==
        "a.idx: longer than it should be: the header promises [3, 2, 2], which are 12 bytes of data, but 13 "
        "follow");
  const TemporaryFolder folder;
  folder.put("a.gz", packed(whole + "!"));
  const auto longer = read_idx_file(folder / "a.gz");
  REQUIRE_FALSE(longer);
  CHECK(without_folder(one_line(longer.failure()), folder) ==
        "a.gz: longer than it should be: the header promises [3, 2, 2], but there is more data (at byte 28)");
}

TEST_CASE("an IDX file with any byte changed never harms", "[data][idx]") {
  const TemporaryFolder folder;
  const std::string whole = header(0x0b, {2, 2}) + "abcdefgh";
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string changed = whole;
      changed[at] = static_cast<char>(value);
      const auto column = read_idx_file(folder.put("a.idx", changed));
      if (column) {
        CHECK(static_cast<std::int64_t>(column->data.size()) == column->count * bytes_of_example(*column));
      } else {
        CHECK(one_line(column.failure()).starts_with((folder / "a.idx").string() + ": "));
      }
    }
  }
}

TEST_CASE("what is no IDX file is named", "[data][idx]") {
  CHECK(failure_of("<!DOCTYPE html><html><head>404") ==
        "a.idx: not an IDX file: this is a web page (at byte 0)");
  CHECK(failure_of("PK\x03\x04zip") == "a.idx: not an IDX file: this is a zip archive (at byte 0)");
  CHECK(failure_of("\x89PNG...") == "a.idx: not an IDX file: this is a PNG image (at byte 0)");
  CHECK(failure_of("\x01\x02\x03\x04") ==
        "a.idx: not an IDX file: it begins with the bytes 01 02 03 04, not with 00 00 (at byte 0)");
  CHECK(failure_of(std::string("\0\0\x0a\x01", 4)) ==
        "a.idx: not an IDX file: its element type is 0a; 08, 09, 0b, 0c, 0d and 0e are known (at byte 0)");
  CHECK(failure_of(std::string("\0\0\x08\0", 4)) ==
        "a.idx: not an IDX file: it has no dimensions (at byte 0)");
  CHECK(
      failure_of(header(0x0e, {0xffffffff, 0xffffffff, 0xffffffff})) ==
      "a.idx: not a sound IDX file: its shape [4294967295, 4294967295, 4294967295] is too large (at byte 4)");
  CHECK(failure_of(header(0x08, {5, 0})) ==
        "a.idx: an IDX file without elements: its shape is [5, 0] (at byte 4)");
  CHECK(failure_of(header(0x08, {0xffffffff, 0x0fffffff})) ==
        "a.idx: cut off: the header promises [4294967295, 268435455], which are 1152921500043444225 bytes "
        "of data, but 0 follow");
}

TEST_CASE("named columns of IDX files stand side by side", "[data][idx]") {
  const TemporaryFolder folder;
  folder.put("x1.idx", header(0x08, {2, 2}) + "abcd");
  folder.put("x2.idx", header(0x08, {1, 2}) + "ef");
  folder.put("x3.idx", header(0x08, {1, 3}) + "efg");
  folder.put("y.idx", header(0x08, {3}) + "\x01\x02\x03");
  folder.put("z.idx", header(0x08, {2}) + "\x01\x02");
  const SearchPlaces places{{folder.path()}};
  const auto table = read_data(idx_call({{"image", "x{1..2}.idx"}, {"label", "y.idx"}}), places);
  REQUIRE(table);
  CHECK(table->count == 3);
  CHECK(table->files.size() == 3);
  REQUIRE(table->find("image") != nullptr);
  CHECK(table->find("image")->shape == Shape{2});
  CHECK(numbers<std::uint8_t>(*table->find("image")) == std::vector<double>{'a', 'b', 'c', 'd', 'e', 'f'});
  CHECK(numbers<std::uint8_t>(*table->find("label")) == std::vector<double>{1, 2, 3});

  const auto known =
      read_data(idx_call({{"image", "x1.idx"}, {"label", "z.idx"}}), places, {.header_only = true});
  REQUIRE(known);
  CHECK(known->count == 2);
  CHECK(known->find("image")->data.empty());
  const auto said = [&](std::vector<ReaderFiles> files) {
    const auto failed = read_data(idx_call(std::move(files)), places);
    REQUIRE_FALSE(failed);
    return without_folder(one_line(failed.failure()), folder);
  };
  CHECK(said({{"image", "x1.idx"}, {"label", "y.idx"}}) ==
        "y.idx: \"label\" has 3 examples, but \"image\" has 2");
  CHECK(said({{"image", "x{2..3}.idx"}}) ==
        "x3.idx: \"image\" has examples of shape [3], but [2] in the files before");
  const auto none =
      read_data({.reader = "idxx", .files = {}, .names = {}, .separator = ',', .missing = {}}, places);
  REQUIRE_FALSE(none);
  CHECK(one_line(none.failure()) == "there is no reader \"idxx\"");
}
