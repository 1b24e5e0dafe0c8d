#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <nlohmann/json.hpp>
#include <set>

#include "runtime/files/input_file.h"
#include "runtime/files/safetensors.h"

// The header comes from anywhere: it is parsed with a bound on its length and depth, without two equal names,
// and no number in it is used before it is compared with the file's own size. The ranges must cover the data
// exactly, as the format demands: no gap may hide something, no byte may belong to two tensors.

namespace dlc {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t largest_header = 100'000'000;  // the format's own bound
constexpr int deepest = 3;                             // object of tensors, a tensor, its list

struct Range {
  std::int64_t first = 0;
  std::int64_t last = 0;  // one past
};

Failure damaged(const std::string& file, std::string what, std::int64_t byte = -1) {
  return {.what = "not a sound safetensors file: " + std::move(what), .file = file, .byte = byte};
}

std::string quoted(const std::string& name) {
  const bool is_long = name.size() > 80;
  return "\"" + name.substr(0, 80) + (is_long ? "…" : "") + "\"";
}

Result<Json> parsed_header(const std::string& text, const std::string& file) {
  std::string trouble;
  std::vector<std::set<std::string>> keys;
  const auto check = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > deepest) trouble = "its header is nested too deeply";
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end && !keys.empty()) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.empty()) {
      const auto& key = value.get_ref<const std::string&>();
      if (!keys.back().insert(key).second) trouble = "its header says " + quoted(key) + " twice";
    }
    return trouble.empty();  // what is refused is not kept, so a hostile header costs no memory
  };
  Json header = Json::parse(text, check, /*allow_exceptions=*/false);
  if (!trouble.empty()) return damaged(file, trouble);
  if (header.is_discarded()) return damaged(file, "its header is no JSON", 8);
  if (!header.is_object()) return damaged(file, "its header is no JSON object", 8);
  return header;
}

Result<Metadata> metadata_of(const Json& value, const std::string& file) {
  Metadata metadata;
  if (!value.is_object()) return damaged(file, "__metadata__ is no object of strings");
  for (const auto& [name, text] : value.items()) {
    if (!text.is_string()) return damaged(file, "__metadata__ holds something else than strings");
    metadata[name] = text.get<std::string>();
  }
  return metadata;
}

std::optional<ElementType> element_named(const std::string& name) {
  if (name == "U8") return ElementType::u8;
  if (name == "I32") return ElementType::i32;
  if (name == "I64") return ElementType::i64;
  if (name == "F32") return ElementType::f32;
  return std::nullopt;
}

// A list of numbers from 0 to 2^63 - 1; none if it is anything else.
std::optional<std::vector<std::int64_t>> numbers(const Json& tensor, const char* member) {
  const auto found = tensor.find(member);
  if (found == tensor.end() || !found->is_array()) return std::nullopt;
  std::vector<std::int64_t> result;
  for (const Json& number : *found) {
    if (!number.is_number_unsigned()) return std::nullopt;
    const auto value = number.get<std::uint64_t>();
    if (value > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    result.push_back(static_cast<std::int64_t>(value));
  }
  return result;
}

struct Described {
  TensorView view;  // without its data
  Range range;
};

Result<Described> described(const std::string& name, const Json& tensor, std::int64_t data_size,
                            const std::string& file) {
  const auto wrong = [&](const std::string& what) { return damaged(file, quoted(name) + " " + what); };
  if (!tensor.is_object()) return wrong("is no object");
  const auto type = tensor.find("dtype");
  if (type == tensor.end() || !type->is_string()) return wrong("has no dtype");
  const std::optional<ElementType> element = element_named(type->get<std::string>());
  if (!element)
    return wrong("has the dtype " + quoted(type->get<std::string>()) + "; F32, I32, I64 and U8 are read");
  const auto shape = numbers(tensor, "shape");
  if (!shape) return wrong("has no shape of whole numbers");
  const auto offsets = numbers(tensor, "data_offsets");
  if (!offsets || offsets->size() != 2) return wrong("has no data_offsets of two whole numbers");
  const Range range{(*offsets)[0], (*offsets)[1]};
  if (range.first > range.last || range.last > data_size) {
    return wrong("lies at " + std::to_string(range.first) + " to " + std::to_string(range.last) +
                 ", but the file has " + std::to_string(data_size) + " bytes of data");
  }
  if (checked_bytes(*shape, size_of(*element)) != range.last - range.first) {
    return wrong("has " + std::to_string(range.last - range.first) + " bytes, which do not fit its shape");
  }
  return Described{{.name = name, .element = *element, .shape = *shape, .data = {}}, range};
}

Result<void> check_cover(std::vector<Described>& tensors, std::int64_t data_size, const std::string& file) {
  std::sort(tensors.begin(), tensors.end(), [](const Described& a, const Described& b) {
    return std::tuple(a.range.first, a.range.last, a.view.name) <
           std::tuple(b.range.first, b.range.last, b.view.name);
  });
  std::int64_t reached = 0;
  for (const Described& tensor : tensors) {
    if (tensor.range.first < reached)
      return damaged(file, quoted(tensor.view.name) + " overlaps another tensor");
    if (tensor.range.first > reached)
      return damaged(file, "nothing owns the bytes before " + quoted(tensor.view.name));
    reached = tensor.range.last;
  }
  if (reached < data_size) {
    return damaged(file, "nothing owns the last " + std::to_string(data_size - reached) + " bytes");
  }
  return {};
}

// A header's length that cannot be: perhaps the file is something else altogether.
Failure wrong_length(InputFile& input, std::uint64_t length, std::int64_t file_size) {
  std::array<std::byte, 64> first{};
  std::memcpy(first.data(), &length, sizeof length);
  const Result<std::size_t> more = input.read(std::span(first).subspan(sizeof length));
  const std::string_view known = recognised(std::span(first).first(sizeof length + (more ? *more : 0)));
  if (!known.empty()) return damaged(input.name(), "this is " + std::string(known), 0);
  return damaged(input.name(),
                 "its header should have " + std::to_string(length) + " bytes, but the file has " +
                     std::to_string(file_size),
                 0);
}

Result<std::string> read_header(InputFile& input, std::int64_t file_size) {
  std::array<std::uint64_t, 1> length{};
  const Result<std::size_t> count = input.read(std::as_writable_bytes(std::span(length)));
  if (!count) return count.failure();
  if (*count < sizeof length) {
    return damaged(input.name(),
                   "it ends after " + std::to_string(file_size) + " bytes, within the header's length");
  }
  if (length[0] > static_cast<std::uint64_t>(file_size) - sizeof length)
    return wrong_length(input, length[0], file_size);
  if (length[0] > largest_header) {
    return damaged(input.name(),
                   "its header has " + std::to_string(length[0]) + " bytes; at most " +
                       std::to_string(largest_header) + " are read",
                   0);
  }
  std::string header(static_cast<std::size_t>(length[0]), ' ');
  const Result<std::size_t> read = input.read(std::as_writable_bytes(std::span(header)));
  if (!read) return read.failure();
  if (*read < header.size()) return damaged(input.name(), "it ends within its header");
  return header;
}

Result<Tensors> read_checked(const std::filesystem::path& path) {
  Result<InputFile> input = InputFile::open(path);
  if (!input) return input.failure();
  const std::string file = input->name();
  if (!input->size()) return damaged(file, "this is a gzip file");
  const Result<std::string> text = read_header(*input, *input->size());
  if (!text) return text.failure();
  const Result<Json> header = parsed_header(*text, file);
  if (!header) return header.failure();

  const std::int64_t data_size = *input->size() - input->position();
  Tensors result;
  std::vector<Described> tensors;
  for (const auto& [name, value] : header->items()) {
    if (name == "__metadata__") {
      Result<Metadata> metadata = metadata_of(value, file);
      if (!metadata) return metadata.failure();
      result.metadata = *std::move(metadata);
      continue;
    }
    Result<Described> tensor = described(name, value, data_size, file);
    if (!tensor) return tensor.failure();
    tensors.push_back(*std::move(tensor));
  }
  if (const Result<void> covered = check_cover(tensors, data_size, file); !covered) return covered.failure();

  result.bytes.resize(static_cast<std::size_t>(data_size));
  const Result<std::size_t> count = input->read(result.bytes);
  if (!count) return count.failure();
  if (*count < result.bytes.size()) return damaged(file, "it became shorter while it was read");
  for (Described& tensor : tensors) {
    const auto first = static_cast<std::size_t>(tensor.range.first);
    const auto size = static_cast<std::size_t>(tensor.range.last - tensor.range.first);
    tensor.view.data = std::span(result.bytes).subspan(first, size);
    result.views.push_back(std::move(tensor.view));
  }
  return result;
}

}  // namespace

const TensorView* Tensors::find(std::string_view name) const {
  const auto found =
      std::find_if(views.begin(), views.end(), [&](const TensorView& view) { return view.name == name; });
  return found == views.end() ? nullptr : &*found;
}

Result<Tensors> read_safetensors(const std::filesystem::path& path) {
  try {
    return read_checked(path);
  } catch (const std::bad_alloc&) {
    return Failure{.what = "there is not enough memory for this file", .file = path.string()};
  }
}

}  // namespace dlc
