#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/files/element.h"
#include "runtime/files/result.h"

namespace dlc {

/// A named tensor in somebody else's memory: rows last, in the machine's order.
struct TensorView {
  std::string name;
  ElementType element = ElementType::f32;
  Shape shape;
  std::span<const std::byte> data;  // elements_of(shape) * size_of(element) bytes
};

using Metadata = std::map<std::string, std::string>;

/// The tensors of a safetensors file (huggingface.co/docs/safetensors): eight bytes with the header's length,
/// a header in JSON, the data.
struct Tensors {
  Metadata metadata;
  std::vector<TensorView> views;  // into `bytes`, in the order of the data
  std::vector<std::byte> bytes;

  Tensors() = default;
  Tensors(Tensors&&) =
      default;  // a moved vector keeps its place, so the views stay true; a copied one would not
  Tensors& operator=(Tensors&&) = default;
  Tensors(const Tensors&) = delete;
  Tensors& operator=(const Tensors&) = delete;

  /// Null if there is no tensor of this name.
  const TensorView* find(std::string_view name) const;
};

/// Written atomically. Names are distinct and not `__metadata__`. Large elements stand first, so that all are
/// aligned; then by name.
Result<void> write_safetensors(const std::filesystem::path& path, std::span<const TensorView> tensors,
                               const Metadata& metadata);

/// Every range is checked before it is used: a file from anywhere may be given.
Result<Tensors> read_safetensors(const std::filesystem::path& path);

}  // namespace dlc
