#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace dlc {

using Shape = std::vector<std::int64_t>;

/// How a number lies in a file and in memory, in the machine's (little-endian) order.
enum class ElementType : std::uint8_t { u8, i32, i64, f32 };

constexpr std::int64_t size_of(ElementType type) {
  switch (type) {
    case ElementType::u8: return 1;
    case ElementType::i32: return 4;
    case ElementType::i64: return 8;
    case ElementType::f32: return 4;
  }
  return 0;
}

constexpr std::string_view name_of(ElementType type) {
  switch (type) {
    case ElementType::u8: return "u8";
    case ElementType::i32: return "i32";
    case ElementType::i64: return "i64";
    case ElementType::f32: return "f32";
  }
  return "";
}

/// The product of the extents times the element's size; none if an extent is negative or the product does not
/// fit 63 bits.
std::optional<std::int64_t> checked_bytes(const Shape& shape, std::int64_t element_size);

/// The product of the extents, 1 for a single number. The shape is known to be sound.
std::int64_t elements_of(const Shape& shape);

}  // namespace dlc
