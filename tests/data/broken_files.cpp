#include <catch2/catch.hpp>

#include "runtime/data/classes.h"
#include "runtime/data/readers/readers.h"
#include "tests/files/packed.h"
#include "tests/files/temporary_folder.h"

// Files that are not what they should be, as users meet them: each ends in one line that says so.

using namespace dlc;

namespace {

using namespace std::string_literals;

struct Broken {
  std::string reader;
  std::string name;  // of the file
  std::string content;
  std::string line;  // what is said
};

const std::string page = "<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n";
const std::string pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
const std::string record = std::string(3073, '\x03');
const std::string sound_idx =
    "\0\0\x08\x01\0\0\0\x03"s
    "abc";

std::vector<Broken> idx_files() {
  const std::string of = "cut off: the header promises ";
  return {
      {"idx", "a", "", "a: the file is empty"},
      {"idx", "a", "\0"s, "a: cut off: the file ends within its IDX header, after 1 bytes"},
      {"idx", "a", "\0\0\x08\x03\0\0\0\x01"s,
       "a: cut off: the file ends within its IDX header, after 8 bytes"},
      {"idx", "a",
       "\0\0\x08\x01\0\0\0\x05"s
       "abc",
       "a: " + of + "[5], which are 5 bytes of data, but 3 follow"},
      {"idx", "a", sound_idx + "!",
       "a: longer than it should be: the header promises [3], which are 3 bytes of data, but 4 follow"},
      {"idx", "a",
       "\0\0\x07\x01\0\0\0\x01"s
       "a",
       "a: not an IDX file: its element type is 07; 08, 09, 0b, 0c, 0d and 0e are known (at byte 0)"},
      {"idx", "a", "\0\0\x08\0"s, "a: not an IDX file: it has no dimensions (at byte 0)"},
      {"idx", "a", "\x08\0\0\x01"s,
       "a: not an IDX file: it begins with the bytes 08 00 00 01, not with 00 00 (at byte 0)"},
      {"idx", "a", "\0\0\x08\x01\0\0\0\0"s, "a: an IDX file without elements: its shape is [0] (at byte 4)"},
      {"idx", "a", "\0\0\x08\x02\xff\xff\xff\xff\xff\xff\xff\xff"s,
       "a: not a sound IDX file: its shape [4294967295, 4294967295] is too large (at byte 4)"},
      {"idx", "a", "\0\0\x0e\x02\x7f\xff\xff\xff\x7f\xff\xff\xff"s,
       "a: not a sound IDX file: its shape [2147483647, 2147483647] is too large (at byte 4)"},
      {"idx", "a",
       "\0\0\x08\x01\x7f\xff\xff\xff"s
       "abc",
       "a: " + of + "[2147483647], which are 2147483647 bytes of data, but 3 follow"},
      {"idx", "a.gz",
       packed("\0\0\x08\x01\x7f\xff\xff\xff"s
              "abc"),
       "a.gz: " + of + "[2147483647], which are 2147483647 bytes of data, but 3 follow"},
      {"idx", "a", page, "a: not an IDX file: this is a web page (at byte 0)"},
      {"idx", "a", pointer,
       "a: not an IDX file: this is a pointer to a large file that git-lfs has not fetched (at byte 0)"},
      {"idx", "a.gz", page, "a.gz: the name ends in .gz, but this is a web page"},
      {"idx", "a.gz", sound_idx, "a.gz: the name ends in .gz, but this is no gzip file"},
      {"idx", "a.gz", packed(sound_idx).substr(0, 20),
       "a.gz: the gzip file is cut off: it ends in the middle of its data"},
      {"idx", "a.gz", "", "a.gz: the file is empty"},
  };
}

std::vector<Broken> csv_files() {
  return {
      {"csv", "a.csv", "", "a.csv: the file is empty"},
      {"csv", "a.csv", "\n\r\n\n", "a.csv: the file has no rows, only line ends"},
      {"csv", "a.csv", "x,y\n", "a.csv: the file has a header, but no rows"},
      {"csv", "a.csv", "\xef\xbb\xbfx,y\r\n", "a.csv: the file has a header, but no rows"},
      {"csv", "a.csv", "x,y\n1,2\n3\n", "a.csv:3:1: this row has 1 cell, but the header has 2"},
      {"csv", "a.csv", "x,y\r\n1,2,3\r\n", "a.csv:2:5: this row has 3 cells, but the header has 2"},
      {"csv", "a.csv", "x,x\n1,2\n", "a.csv:1:3: two columns are named \"x\", the first at column 1"},
      {"csv", "a.csv", "x,y\n1,\"2\n", "a.csv:2:3: this quote is not closed"},
      {"csv", "a.csv", "x\n\"1\"2\n",
       "a.csv:2:4: text after the closing quote: write a quote within a cell twice"},
      {"csv", "a.csv", "x\n1\"2\n",
       "a.csv:2:2: a quote within a cell: put the cell in quotes, and write the quote in it twice"},
      {"csv", "a.csv", "x\r1\r2\r",
       "a.csv:1:2: a carriage return without a line feed; save the file with LF or CRLF line ends"},
      {"csv", "a.csv", "x\n1\n\0\n"s, "a.csv:3:1: a zero byte: this is no table of text"},
      {"csv", "a.csv", "x\n1\n\xff\n", "a.csv:3:1: this byte is no UTF-8; save the file as UTF-8"},
      {"csv", "a.csv", "\xff\xfex\0\n\0"s, "a.csv: the file is UTF-16; save it as UTF-8 (at byte 0)"},
      {"csv", "a.csv", "x\n1e300\n", "a.csv:2:1: 1e300 is too large for a 32-bit number"},
      {"csv", "a.csv", page, "a.csv: this is a web page, not a table of text"},
      {"csv", "a.csv", pointer,
       "a.csv: this is a pointer to a large file that git-lfs has not fetched, not a table of text"},
      {"csv", "a.csv", "PK\x03\x04", "a.csv: this is a zip archive, not a table of text"},
      {"csv", "a.csv.gz", packed("x\n1\n").substr(0, 12),
       "a.csv.gz: the gzip file is cut off: it ends in the middle of its data"},
      {"csv", "a.csv.gz", "x\n1\n", "a.csv.gz: the name ends in .gz, but this is no gzip file"},
  };
}

std::vector<Broken> image_files() {
  return {
      {"cifar", "a.bin", "", "a.bin: the file is empty"},
      {"cifar", "a.bin", "\x01", "a.bin: cut off: record 0 ends after 1 of its 3073 bytes (at byte 1)"},
      {"cifar", "a.bin", record + record.substr(1),
       "a.bin: cut off: record 1 ends after 3072 of its 3073 bytes (at byte 6145)"},
      {"cifar", "a.bin", record + std::string(3073, '\xff'),
       "a.bin: record 1 has the label 255, but CIFAR-10 has 0 … 9 (at byte 3073)"},
      {"cifar", "a.bin", page, "a.bin: this is a web page, not a binary file of CIFAR-10 (at byte 0)"},
      {"cifar", "a.bin", pointer,
       "a.bin: this is a pointer to a large file that git-lfs has not fetched, not a binary file of CIFAR-10 "
       "(at byte 0)"},
      {"cifar", "a.bin.gz", packed(record).substr(0, 22),
       "a.bin.gz: the gzip file is cut off: it ends in the middle of its data"},
      {"cifar", "a.bin.gz", packed(record + "\x02"),
       "a.bin.gz: record 1 ends after 1 of its 3073 bytes; the size is that of a file of CIFAR-100, which "
       "this "
       "reader does not know (at byte 3074)"},
      {"images", "a.png", "", "a.png: the file is empty"},
      {"images", "a.png", "\x89PNG\r\n", "a.png: cut off: the PNG image ends within its signature"},
      {"images", "a.png", "\x89PNG\r\n\x1a\n",
       "a.png: cut off: the PNG image ends where a chunk should stand (at byte 8)"},
      {"images", "a.png", "\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR1234"s,
       "a.png: cut off: the PNG image ends within its chunk IHDR (at byte 8)"},
      {"images", "a.png", "\x89PNG\r\n\x1a\n\0\0\0\0IEND\0\0\0\0"s,
       "a.png: the PNG image is damaged: the check sum of its chunk IEND is wrong (at byte 8)"},
      {"images", "a.png", "\x89PNG\r\n\x1a\n\0\0\0\0\0\0\0\0\0\0\0\0"s,
       "a.png: the PNG image is damaged: no chunk stands here (at byte 8)"},
      {"images", "a.png", page, "a.png: this is a web page, not a PNG image (at byte 0)"},
      {"images", "a.png", "\xff\xd8\xff\xe0",
       "a.png: this is a JPEG image; only PNG images are read, so convert it (at byte 0)"},
  };
}

void check(const Broken& broken) {
  const TemporaryFolder folder;
  folder.put(broken.name, broken.content);
  const std::string column = broken.reader == "idx" ? "x" : "";
  const ReaderCall call{.reader = broken.reader,
                        .files = {{column, broken.name}},
                        .names = {},
                        .separator = ',',
                        .missing = {}};
  const auto table = read_data(call, {{folder.path()}});
  INFO(broken.line);
  REQUIRE_FALSE(table);
  CHECK(without_folder(one_line(table.failure()), folder) == broken.line);
}

}  // namespace

TEST_CASE("broken IDX files end in one clear line", "[data][broken]") {
  for (const Broken& broken : idx_files()) check(broken);
}

TEST_CASE("broken CSV files end in one clear line", "[data][broken]") {
  for (const Broken& broken : csv_files()) check(broken);
}

TEST_CASE("broken files of images end in one clear line", "[data][broken]") {
  for (const Broken& broken : image_files()) check(broken);
}

TEST_CASE("what only looks broken is read", "[data][broken]") {
  const TemporaryFolder folder;
  folder.put("a.csv", "\xef\xbb\xbfx,y\r\n1,nan\r\n2,3\r\n");
  const ReaderCall call{
      .reader = "csv", .files = {{"", "a.csv"}}, .names = {}, .separator = ',', .missing = {}};
  const auto table = read_data(call, {{folder.path()}});
  REQUIRE(table);
  CHECK(table->find("x") != nullptr);    // not the byte order mark and x
  REQUIRE(table->find("y") != nullptr);  // not y and a carriage return
  CHECK(table->find("y")->is_text());    // nan is no number: the field that reads it says where it stands
  CHECK(table->find("y")->why_text->line == 2);
}

TEST_CASE("broken files of names end in one clear line", "[data][broken]") {
  const TemporaryFolder folder;
  const auto said = [&](const std::string& content) {
    const auto names = read_names(folder.put("names.txt", content));
    REQUIRE_FALSE(names);
    return without_folder(one_line(names.failure()), folder);
  };
  CHECK(said("") == "names.txt: there are no names in this file");
  CHECK(said("cat\n\ndog\n") == "names.txt:2: an empty line among the names");
  CHECK(said("cat\r\ndog\r\ncat\r\n") == "names.txt:3: \"cat\" stands in line 1 already");
}
