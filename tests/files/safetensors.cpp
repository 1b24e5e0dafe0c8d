#include "runtime/files/safetensors.h"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "tests/files/temporary_folder.h"

using namespace dlc;

namespace {

// A tensor with its own bytes.
struct Owned {
  std::string name;
  ElementType element = ElementType::f32;
  Shape shape;
  std::vector<std::byte> data;

  TensorView view() const { return {.name = name, .element = element, .shape = shape, .data = data}; }
};

std::vector<Owned> random_tensors(std::mt19937_64& random) {
  std::vector<Owned> tensors(random() % 6);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    Owned& tensor = tensors[i];
    tensor.name =
        "t" + std::to_string(random() % 1000) + "." + std::to_string(i) + (random() % 3 == 0 ? " \"ü\\" : "");
    tensor.element = static_cast<ElementType>(random() % 4);
    for (std::size_t k = random() % 4; k > 0; --k)
      tensor.shape.push_back(static_cast<std::int64_t>(random() % 5));
    tensor.data.resize(static_cast<std::size_t>(elements_of(tensor.shape) * size_of(tensor.element)));
    for (std::byte& byte : tensor.data) byte = static_cast<std::byte>(random());
  }
  return tensors;
}

std::string with_header(const std::string& header, const std::string& data) {
  const std::uint64_t length = header.size();
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, 8);
  return file + header + data;
}

std::string failure_of(const std::string& file) {
  const TemporaryFolder folder;
  const auto result = read_safetensors(folder.put("w.safetensors", file));
  REQUIRE_FALSE(result);
  return without_folder(one_line(result.failure()), folder);
}

}  // namespace

TEST_CASE("the bytes of a small file are those of the format", "[files][safetensors]") {
  const TemporaryFolder folder;
  const std::vector<float> numbers{1.0F, -2.5F};
  const std::vector<std::uint8_t> bytes{7};
  const std::vector<TensorView> tensors{
      {.name = "b", .element = ElementType::u8, .shape = {1}, .data = std::as_bytes(std::span(bytes))},
      {.name = "a", .element = ElementType::f32, .shape = {2}, .data = std::as_bytes(std::span(numbers))}};
  REQUIRE(write_safetensors(folder / "w.safetensors", tensors, {{"epoch", "3"}}));
  std::string header =
      R"({"__metadata__":{"epoch":"3"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
      R"("b":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  CHECK(content_of(folder / "w.safetensors") ==
        with_header(header, std::string("\0\0\x80\x3f\0\0\x20\xc0\x07", 9)));
}

TEST_CASE("tensors and metadata come back as they were", "[files][safetensors][law]") {
  const TemporaryFolder folder;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    std::mt19937_64 random(seed);
    INFO("seed " << seed);
    const std::vector<Owned> tensors = random_tensors(random);
    std::vector<TensorView> views;
    for (const Owned& tensor : tensors) views.push_back(tensor.view());
    Metadata metadata;
    for (std::size_t i = random() % 4; i > 0; --i)
      metadata["key " + std::to_string(i)] = "a \"value\"\n\xc3\xbc";
    REQUIRE(write_safetensors(folder / "w", views, metadata));
    const auto read = read_safetensors(folder / "w");
    REQUIRE(read);
    CHECK(read->metadata == metadata);
    REQUIRE(read->views.size() == tensors.size());
    for (const Owned& tensor : tensors) {
      const TensorView* const found = read->find(tensor.name);
      REQUIRE(found != nullptr);
      CHECK(found->element == tensor.element);
      CHECK(found->shape == tensor.shape);
      CHECK(std::equal(found->data.begin(), found->data.end(), tensor.data.begin(), tensor.data.end()));
      if (!found->data.empty()) {
        CHECK(reinterpret_cast<std::uintptr_t>(found->data.data()) %
                  static_cast<std::uintptr_t>(size_of(found->element)) ==
              0);
      }
    }
    CHECK(read->find("none") == nullptr);
  }
}

TEST_CASE("a file cut off anywhere ends in a message", "[files][safetensors]") {
  const TemporaryFolder folder;
  const std::vector<float> numbers{1.0F, -2.5F, 3.0F};
  const std::vector<TensorView> tensors{
      {.name = "a", .element = ElementType::f32, .shape = {3}, .data = std::as_bytes(std::span(numbers))}};
  REQUIRE(write_safetensors(folder / "w", tensors, {}));
  const std::string whole = content_of(folder / "w");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(size);
    CHECK(failure_of(whole.substr(0, size)).starts_with("w.safetensors: not a sound safetensors file: "));
  }
  CHECK(failure_of(whole + "x") ==
        "w.safetensors: not a sound safetensors file: nothing owns the last 1 bytes");
}

TEST_CASE("files changed at random never harm", "[files][safetensors][fuzz]") {
  const TemporaryFolder folder;
  std::size_t refused = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    std::mt19937_64 random(seed);
    static const std::string header =
        R"({"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
        R"("b":{"dtype":"U8","shape":[4],"data_offsets":[8,12]}})";
    std::string file = with_header(header, std::string(12, 'd'));
    for (std::size_t changes = 1 + random() % 3; changes > 0; --changes) {
      const std::size_t at = random() % file.size();
      const std::string_view letters = "\"{}[],:0123456789-e. \\\xff";
      switch (random() % 4) {
        case 0: file[at] = static_cast<char>(random()); break;
        case 1: file[at] = letters[random() % letters.size()]; break;
        case 2: file.erase(at, 1); break;
        default: file.insert(at, 1, letters[random() % letters.size()]); break;
      }
    }
    INFO("seed " << seed);
    const auto result = read_safetensors(folder.put("f.safetensors", file));
    if (!result) {
      ++refused;
      CHECK(one_line(result.failure()).find("f.safetensors: ") != std::string::npos);
      continue;
    }
    for (const TensorView& view : result->views) {
      CHECK(view.data.size() == static_cast<std::size_t>(elements_of(view.shape) * size_of(view.element)));
    }
  }
  CHECK(refused > 1500);
}

TEST_CASE("hostile headers are refused with their reason", "[files][safetensors]") {
  const std::string sound = R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  const std::string eight(8, 'd');
  const auto said = [&](const std::string& header, const std::string& data) {
    const std::string line = failure_of(with_header(header, data));
    const std::string head = "w.safetensors: not a sound safetensors file: ";
    REQUIRE(line.starts_with(head));
    return line.substr(head.size());
  };
  CHECK(said("{" + sound + "," + sound + "}", eight) == "its header says \"a\" twice");
  CHECK(said("[1]", "") == "its header is no JSON object (at byte 8)");
  CHECK(said("{" + sound, eight) == "its header is no JSON (at byte 8)");
  CHECK(said(std::string(100000, '['), "") == "its header is nested too deeply");
  CHECK(said(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,[[8]]]}})", eight) ==
        "its header is nested too deeply");
  CHECK(said(R"({"__metadata__":{"k":1}})", "") == "__metadata__ holds something else than strings");
  CHECK(said(R"({"__metadata__":"k"})", "") == "__metadata__ is no object of strings");
  CHECK(said(R"({"a":1})", "") == "\"a\" is no object");
  CHECK(said(R"({"a":{"shape":[2],"data_offsets":[0,8]}})", eight) == "\"a\" has no dtype");
  CHECK(said(R"({"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}})", eight) ==
        "\"a\" has the dtype \"BF16\"; F32, I32, I64 and U8 are read");
  CHECK(said(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", eight) ==
        "\"a\" has no shape of whole numbers");
  CHECK(said(R"({"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}})", eight) ==
        "\"a\" has no shape of whole numbers");
  CHECK(said(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}})", eight) ==
        "\"a\" has no data_offsets of two whole numbers");
  CHECK(said(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999999999999999]}})", eight) ==
        "\"a\" has no data_offsets of two whole numbers");
  CHECK(said(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", eight) ==
        "\"a\" lies at 8 to 0, but the file has 8 bytes of data");
  CHECK(said(R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})", eight) ==
        "\"a\" lies at 0 to 16, but the file has 8 bytes of data");
  CHECK(said(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", eight) ==
        "\"a\" has 8 bytes, which do not fit its shape");
  CHECK(said(R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}})", "") ==
        "\"a\" has 0 bytes, which do not fit its shape");
  CHECK(said("{" + sound + R"(,"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})", eight) ==
        "\"b\" overlaps another tensor");
  CHECK(said(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})", eight) ==
        "nothing owns the bytes before \"a\"");
  CHECK(failure_of(std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10)) ==
        "w.safetensors: not a sound safetensors file: its header should have 18446744073709551615 bytes, but "
        "the file has 10 "
        "(at byte 0)");
  CHECK(said(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}})", eight) ==
        "\"a\" has no data_offsets of two whole numbers");
  CHECK(said(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8.0]}})", eight) ==
        "\"a\" has no data_offsets of two whole numbers");
  CHECK(said(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[9223372036854775800,9223372036854775807]}})",
             eight) ==
        "\"a\" lies at 9223372036854775800 to 9223372036854775807, but the file has 8 bytes of data");
  CHECK(said(R"({"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,8]}})", eight) ==
        "its header is no JSON (at byte 8)");
  CHECK(said(R"({"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,8]}})", eight) ==
        "its header is no JSON (at byte 8)");
  CHECK(said(R"({"a":{"dtype":"F32","dtype":"U8","shape":[2],"data_offsets":[0,8]}})", eight) ==
        "its header says \"dtype\" twice");
  CHECK(said(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\u0061":{}})", eight) ==
        "its header says \"a\" twice");
  CHECK(said(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,8]}})", eight) ==
        "\"a\" has 8 bytes, which do not fit its shape");
  CHECK(said("{\"a\":\xff}", "") == "its header is no JSON (at byte 8)");
  std::string nested;
  for (int depth = 0; depth < 200000; ++depth) nested += "{\"a\":";
  CHECK(said(nested, "") == "its header is nested too deeply");
  CHECK(failure_of("<!DOCTYPE html><html></html>") ==
        "w.safetensors: not a sound safetensors file: this is a web page (at byte 0)");
}

TEST_CASE("memory is not taken because a header says so", "[files][safetensors]") {
  const TemporaryFolder folder;
  const auto said = [&](std::uint64_t header, std::uintmax_t size) {
    std::string first(8, '\0');
    std::memcpy(first.data(), &header, 8);
    const auto path = folder.put("w.safetensors", first + "{}");
    std::filesystem::resize_file(path, size);  // a hole takes no room on the disk
    rusage before{};
    getrusage(RUSAGE_SELF, &before);
    const auto result = read_safetensors(path);
    rusage after{};
    getrusage(RUSAGE_SELF, &after);
    CHECK(after.ru_maxrss < before.ru_maxrss + 200 * 1024);  // kilobytes
    REQUIRE_FALSE(result);
    return without_folder(one_line(result.failure()), folder);
  };
  const std::string head = "w.safetensors: not a sound safetensors file: its header ";
  constexpr std::uint64_t gigabyte = std::uint64_t{1} << 30;
  CHECK(said(8 * gigabyte, 10) == head + "should have 8589934592 bytes, but the file has 10 (at byte 0)");
  CHECK(said(8 * gigabyte, 9 * gigabyte) ==
        head + "has 8589934592 bytes; at most 100000000 are read (at byte 0)");
}
