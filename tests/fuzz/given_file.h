#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "runtime/files/atomic_write.h"

namespace dlc {

/// The bytes as a file in memory, for readers that take a path.
class GivenFile {
 public:
  explicit GivenFile(std::span<const std::uint8_t> bytes)
      : descriptor_(::memfd_create("given", MFD_CLOEXEC)) {
    if (descriptor_ < 0 || write_fully(descriptor_, std::as_bytes(bytes)) != 0) __builtin_trap();
  }
  ~GivenFile() { ::close(descriptor_); }
  GivenFile(const GivenFile&) = delete;
  GivenFile& operator=(const GivenFile&) = delete;

  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace dlc
