#include "runtime/files/atomic_write.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "runtime/files/input_file.h"

namespace dlc {
namespace {

int write_and_flush(int descriptor, std::span<const std::span<const std::byte>> pieces) {
  for (const std::span<const std::byte> piece : pieces) {
    if (const int error = write_fully(descriptor, piece)) return error;
  }
  return ::fsync(descriptor) == 0 ? 0 : errno;
}

// The new name is on the disk only when its folder is. File systems that cannot flush a folder say EINVAL.
int flush_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno == EACCES ? 0 : errno;  // a folder that may be written but not listed
  const int error = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  return error == EINVAL ? 0 : error;
}

}  // namespace

int write_fully(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const std::size_t part = std::min(bytes.size(), std::size_t{1} << 30);
    const ssize_t written = ::write(descriptor, bytes.data(), part);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

Result<void> write_atomically(const std::filesystem::path& path,
                              std::span<const std::span<const std::byte>> pieces) {
  const auto failed = [&](int error) {
    return Failure{.what = "cannot be written: " + reason_of(error), .file = path.string()};
  };
  const std::string beside = path.string() + ".part";
  const int descriptor = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (descriptor < 0) return failed(errno);
  int error = write_and_flush(descriptor, pieces);
  if (::close(descriptor) != 0 && error == 0) error = errno;
  if (error == 0 && std::rename(beside.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(beside.c_str());
    return failed(error);
  }
  const std::filesystem::path folder = path.parent_path();
  error = flush_folder(folder.empty() ? "." : folder);
  if (error != 0) return failed(error);
  return {};
}

Result<void> write_atomically(const std::filesystem::path& path, std::string_view text) {
  const std::array<std::span<const std::byte>, 1> pieces{std::as_bytes(std::span(text))};
  return write_atomically(path, pieces);
}

}  // namespace dlc
