#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <nlohmann/json.hpp>

#include "runtime/files/atomic_write.h"
#include "runtime/files/safetensors.h"

namespace dlc {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the format is little-endian, as all our targets are");

std::string_view format_name(ElementType element) {
  switch (element) {
    case ElementType::u8: return "U8";
    case ElementType::i32: return "I32";
    case ElementType::i64: return "I64";
    case ElementType::f32: return "F32";
  }
  return "";
}

std::vector<const TensorView*> in_file_order(std::span<const TensorView> tensors) {
  std::vector<const TensorView*> order;
  for (const TensorView& tensor : tensors) order.push_back(&tensor);
  std::sort(order.begin(), order.end(), [](const TensorView* a, const TensorView* b) {
    return std::pair(-size_of(a->element), std::string_view(a->name)) <
           std::pair(-size_of(b->element), std::string_view(b->name));
  });
  return order;
}

std::string header_of(const std::vector<const TensorView*>& tensors, const Metadata& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::int64_t offset = 0;
  for (const TensorView* tensor : tensors) {
    const auto size = static_cast<std::int64_t>(tensor->data.size());
    assert(checked_bytes(tensor->shape, size_of(tensor->element)) == size);
    assert(!header.contains(tensor->name) && tensor->name != "__metadata__");
    header[tensor->name] = {{"dtype", format_name(tensor->element)},
                            {"shape", tensor->shape},
                            {"data_offsets", {offset, offset + size}}};
    offset += size;
  }
  // Metadata may hold names of files and classes in any encoding; the format wants UTF-8.
  std::string text = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' ');  // the data begin aligned
  return text;
}

}  // namespace

Result<void> write_safetensors(const std::filesystem::path& path, std::span<const TensorView> tensors,
                               const Metadata& metadata) {
  const std::vector<const TensorView*> order = in_file_order(tensors);
  const std::string header = header_of(order, metadata);
  const std::array<std::uint64_t, 1> length{header.size()};
  std::vector<std::span<const std::byte>> pieces{std::as_bytes(std::span(length)),
                                                 std::as_bytes(std::span(header))};
  for (const TensorView* tensor : order) pieces.push_back(tensor->data);
  return write_atomically(path, pieces);
}

}  // namespace dlc
