#pragma once

#include <span>
#include <string_view>

namespace dlc {

/// A file of the standard library: the texts of dsl/std/*.net are part of the binary.
struct LibraryFile {
  std::string_view name;  // "layers.net"
  std::string_view text;
};

/// All of them, in the order of their names.
std::span<const LibraryFile> library_files();

}  // namespace dlc
