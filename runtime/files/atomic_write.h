#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "runtime/files/result.h"

namespace dlc {

/// Writes the pieces one after another as the file's whole content: into `NAME.part` beside it, flushed to
/// the disk, then renamed, then the folder flushed. Whatever happens on the way, the file holds the old
/// content or the new.
Result<void> write_atomically(const std::filesystem::path& path,
                              std::span<const std::span<const std::byte>> pieces);
Result<void> write_atomically(const std::filesystem::path& path, std::string_view text);

/// All bytes to an open file, also where the system takes them in parts; the system's error number, 0 if
/// there is none.
int write_fully(int descriptor, std::span<const std::byte> bytes);

}  // namespace dlc
