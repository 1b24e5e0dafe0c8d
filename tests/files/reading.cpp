#include <catch2/catch.hpp>

#include "runtime/files/input_file.h"
#include "runtime/files/sha256.h"
#include "tests/files/packed.h"
#include "tests/files/temporary_folder.h"

using namespace dlc;

namespace {

std::string failure_of(const std::filesystem::path& path, const TemporaryFolder& folder,
                       std::int64_t limit = 1 << 20) {
  const auto result = read_whole(path, limit);
  REQUIRE_FALSE(result);
  return without_folder(one_line(result.failure()), folder);
}

}  // namespace

TEST_CASE("a failure is one line", "[files]") {
  CHECK(one_line({.what = "cut off", .file = "a.csv"}) == "a.csv: cut off");
  CHECK(one_line({.what = "cut off", .file = "a.csv", .line = 3}) == "a.csv:3: cut off");
  CHECK(one_line({.what = "cut off", .file = "a.csv", .line = 3, .column = 7}) == "a.csv:3:7: cut off");
  CHECK(one_line({.what = "cut off", .file = "a.idx", .byte = 12}) == "a.idx: cut off (at byte 12)");
  CHECK(one_line({.what = "no memory", .file = {}}) == "no memory");
  CHECK(one_line({.what = "a\nb\x1b", .file = "c\rd"}) == "c?d: a?b?");
}

TEST_CASE("plain and packed files give the same text", "[files]") {
  const TemporaryFolder folder;
  for (const std::size_t size : {0U, 1U, 2U, 1000U, 65536U, 65537U, 300000U}) {
    std::string text(size, 'x');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * i % 251);
    const std::string gzip = packed(text);
    const auto plain = read_whole(folder.put("plain", text));
    const auto named = read_whole(folder.put("named.gz", gzip));
    const auto unnamed = read_whole(folder.put("unnamed", gzip));
    const auto twice = read_whole(folder.put("twice.gz", gzip + gzip));
    REQUIRE((plain && named && unnamed && twice));
    CHECK(*plain == text);
    CHECK(*named == text);
    CHECK(*unnamed == text);
    CHECK(*twice == text + text);
  }
}

TEST_CASE("a packed file cut off or changed anywhere ends in a message", "[files]") {
  const TemporaryFolder folder;
  const std::string text = "the quick brown fox jumps over the lazy dog, and over again";
  const std::string gzip = packed(text);
  for (std::size_t size = 0; size < gzip.size(); ++size) {
    const std::string line = failure_of(folder.put("cut.gz", gzip.substr(0, size)), folder);
    INFO(size);
    if (size == 0) CHECK(line == "cut.gz: the file is empty");
    if (size == 1) CHECK(line == "cut.gz: the name ends in .gz, but this is no gzip file");
    if (size > 1) CHECK(line == "cut.gz: the gzip file is cut off: it ends in the middle of its data");
  }
  for (std::size_t at = 0; at < gzip.size(); ++at) {
    for (const int change : {0x01, 0x80, 0xff}) {
      std::string damaged = gzip;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      const auto result = read_whole(folder.put("damaged.gz", damaged));
      // Bytes that are no data (time, system) may change; else the sum at the end does not fit.
      if (result) {
        CHECK(*result == text);
      } else {
        CHECK(without_folder(one_line(result.failure()), folder).starts_with("damaged.gz: the "));
      }
    }
  }
}

TEST_CASE("what is no file, too large or something else is said", "[files]") {
  const TemporaryFolder folder;
  CHECK(failure_of(folder / "none", folder) == "none: cannot be opened: there is no such file or folder");
  std::filesystem::create_directory(folder / "inside");
  CHECK(failure_of(folder / "inside", folder) == "inside: this is a folder, not a file");
  CHECK(failure_of("/dev/null", folder) == "/dev/null: this is no regular file");
  const auto file = folder.put("file", "12345");
  CHECK(failure_of(file / "below", folder) ==
        "file/below: cannot be opened: a part of the path is no folder");
  CHECK(failure_of(file, folder, 4) == "file: the file is larger than 4 bytes");
  CHECK(read_whole(file, 5));
  CHECK(failure_of(folder.put("page.gz", "<!DOCTYPE html><html>"), folder) ==
        "page.gz: the name ends in .gz, but this is a web page");
  const std::string bomb = packed(std::string(1 << 20, 'a'));
  CHECK(failure_of(folder.put("bomb.gz", bomb), folder, 1000) ==
        "bomb.gz: the file is larger than 1000 bytes");
}

TEST_CASE("known beginnings are recognised", "[files]") {
  const auto known = [](std::string_view text) { return recognised(std::as_bytes(std::span(text))); };
  CHECK(known("  \n<HTML>") == "a web page");
  CHECK(known("PK\x03\x04") == "a zip archive");
  CHECK(known("\x1f\x8b\x08") == "a gzip file");
  CHECK(known("version https://git-lfs.github.com") ==
        "a pointer to a large file that git-lfs has not fetched");
  CHECK(known("").empty());
  CHECK(known("a,b,c").empty());
}

TEST_CASE("SHA-256 of the standard's examples (FIPS 180-2, appendix B)", "[files]") {
  const auto sum = [](std::string_view text) { return sha256_of(std::as_bytes(std::span(text))); };
  CHECK(sum("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sum("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const TemporaryFolder folder;
  const auto digest = digest_of_file(folder.put("million", std::string(1000000, 'a')));
  REQUIRE(digest);
  CHECK(digest->bytes == 1000000);
  CHECK(digest->sha256 == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK_FALSE(digest_of_file(folder / "none"));
  CHECK_FALSE(digest_of_file(folder.path()));
}
