#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "runtime/files/result.h"

namespace dlc {

/// A file that a run has read, as its run.json names it.
struct FileDigest {
  std::string path;
  std::int64_t bytes = 0;
  std::string sha256;  // 64 hexadecimal digits, of the bytes on the disk (packed, if they are)
  bool operator==(const FileDigest&) const = default;
};

std::string sha256_of(std::span<const std::byte> bytes);
Result<FileDigest> digest_of_file(const std::filesystem::path& path);

}  // namespace dlc
