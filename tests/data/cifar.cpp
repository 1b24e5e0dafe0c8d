#include "runtime/data/readers/cifar.h"

#include <catch2/catch.hpp>

#include "runtime/data/classes.h"
#include "tests/files/packed.h"
#include "tests/files/temporary_folder.h"

using namespace dlc;

namespace {

constexpr int plane = 32 * 32;
constexpr int record_size = 1 + 3 * plane;

// Any function of these that no mistake in the order leaves as it is.
int value_at(int record, int row, int column, int colour) {
  return (record * 7 + row * 37 + column * 5 + colour * 101) % 251;
}

std::string records(int count, int first = 0) {
  std::string text;
  for (int record = first; record < first + count; ++record) {
    text += static_cast<char>(record % 10);
    for (int colour = 0; colour < 3; ++colour) {
      for (int pixel = 0; pixel < plane; ++pixel)
        text += static_cast<char>(value_at(record, pixel / 32, pixel % 32, colour));
    }
  }
  return text;
}

void check_records(const DataTable& table, int count) {
  REQUIRE(table.count == count);
  REQUIRE(table.columns.size() == 2);
  const Column& image = *table.find("image");
  const Column& label = *table.find("label");
  CHECK(image.shape == Shape{32, 32, 3});
  CHECK(image.element == ElementType::u8);
  CHECK(label.shape.empty());
  CHECK((image.count == count && label.count == count));
  const auto bytes = numbers_of<std::uint8_t>(image);
  REQUIRE(bytes.size() == static_cast<std::size_t>(count) * 3 * plane);
  REQUIRE(label.data.size() == static_cast<std::size_t>(count));
  std::size_t wrong = 0;
  std::size_t at = 0;
  for (int record = 0; record < count; ++record) {
    wrong += numbers_of<std::uint8_t>(label)[static_cast<std::size_t>(record)] != record % 10;
    for (int row = 0; row < 32; ++row) {
      for (int column = 0; column < 32; ++column) {
        for (int colour = 0; colour < 3; ++colour)
          wrong += bytes[at++] != value_at(record, row, column, colour);
      }
    }
  }
  CHECK(wrong == 0);
}

std::string failure_of(const std::string& content, const char* name = "a.bin") {
  const TemporaryFolder folder;
  const auto table = read_cifar_file(folder.put(name, content));
  REQUIRE_FALSE(table);
  return without_folder(one_line(table.failure()), folder);
}

}  // namespace

TEST_CASE("the planes of CIFAR become images, over several files, packed or not", "[data][cifar]") {
  const TemporaryFolder folder;
  folder.put("part_1.bin", records(300));  // more than are read at once
  folder.put("part_2.bin", packed(records(150, 300)));
  folder.put("part_3.bin", records(1, 450));
  const ReaderCall call{
      .reader = "cifar", .files = {{"", "part_{1..3}.bin"}}, .names = {}, .separator = ',', .missing = {}};
  const auto table = read_data(call, {{folder.path()}});
  REQUIRE(table);
  check_records(*table, 451);
  CHECK(table->files.size() == 3);

  const auto header = read_data(call, {{folder.path()}}, {.header_only = true});
  REQUIRE(header);
  CHECK(header->count == 451);
  CHECK(header->find("image")->count == 451);
  CHECK(header->find("image")->data.empty());
  CHECK(header->find("label")->classes == 10);
}

TEST_CASE("CIFAR has ten classes, whether each occurs or not", "[data][cifar]") {
  const TemporaryFolder folder;
  const auto table = read_cifar_file(folder.put("a.bin", records(3)));
  REQUIRE(table);
  const auto numbering = number_classes(*table->find("label"), {});
  REQUIRE(numbering);
  CHECK(numbering->count == 10);
  CHECK(numbering->names.back() == "9");
}

TEST_CASE("a CIFAR file cut off anywhere, packed or not, ends in a message", "[data][cifar]") {
  const std::string whole = records(2);
  for (const int size : {1, 2, 1024, record_size - 1, record_size + 2, 2 * record_size - 1}) {
    const std::string content = whole.substr(0, static_cast<std::size_t>(size));
    const std::string rest = ": cut off: record " + std::to_string(size / record_size) + " ends after " +
                             std::to_string(size % record_size) + " of its 3073 bytes (at byte " +
                             std::to_string(size) + ")";
    CHECK(failure_of(content) == "a.bin" + rest);
    const TemporaryFolder folder;
    folder.put("a.gz", packed(content));
    for (const bool header_only : {false, true}) {
      const auto packed = read_cifar_file(folder / "a.gz", {header_only});
      REQUIRE_FALSE(packed);
      CHECK(without_folder(one_line(packed.failure()), folder) == "a.gz" + rest);
    }
  }
  CHECK(failure_of("") == "a.bin: the file is empty");
}

TEST_CASE("what is no CIFAR-10 is recognised", "[data][cifar]") {
  std::string wrong = records(200);
  wrong[150 * record_size] = '\x0a';
  CHECK(failure_of(wrong) == "a.bin: record 150 has the label 10, but CIFAR-10 has 0 … 9 (at byte 460950)");
  const TemporaryFolder folder;
  folder.put("1.bin", records(2));
  folder.put("2.bin", wrong);
  const ReaderCall call{
      .reader = "cifar", .files = {{"", "*.bin"}}, .names = {}, .separator = ',', .missing = {}};
  const auto second = read_data(call, {{folder.path()}});
  REQUIRE_FALSE(second);  // counted within the file
  CHECK(without_folder(one_line(second.failure()), folder) ==
        "2.bin: record 150 has the label 10, but CIFAR-10 has 0 … 9 (at byte 460950)");

  CHECK(failure_of("<!DOCTYPE html><html>404</html>") ==
        "a.bin: this is a web page, not a binary file of CIFAR-10 (at byte 0)");
  CHECK(failure_of("\x89PNG\r\n\x1a\n") ==
        "a.bin: this is a PNG image, not a binary file of CIFAR-10 (at byte 0)");
  CHECK(failure_of(std::string(std::size_t{3074} * 3, '\x01')) ==
        "a.bin: record 3 ends after 3 of its 3073 bytes; the size is that of a file of CIFAR-100, which this "
        "reader "
        "does not know (at byte 9222)");
  CHECK(failure_of("plain", "a.gz") == "a.gz: the name ends in .gz, but this is no gzip file");
}
