#include "tools/dlc/run/can_write.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "runtime/files/input_file.h"

namespace dlc {

namespace {

/// The folder itself or the one in which it would have to be made. What cannot be looked at is not passed
/// over: it could not be written in either.
std::filesystem::path nearest_there(std::filesystem::path folder) {
  std::error_code error;
  while (!folder.empty() && !std::filesystem::exists(folder, error) && !error) {
    const std::filesystem::path parent = folder.parent_path();
    if (parent == folder) break;
    folder = parent;
  }
  return folder.empty() ? "." : folder;
}

}  // namespace

Result<void> can_write_in(const std::filesystem::path& folder) {
  const std::filesystem::path there = nearest_there(folder);
  int descriptor = ::open(there.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
    std::string name = (there / ".dlc-XXXXXX").string();
    descriptor = ::mkstemp(name.data());
    if (descriptor >= 0) ::unlink(name.c_str());
  }
  if (descriptor < 0) {
    return Failure{.what = "nothing can be written there: " + reason_of(errno), .file = there.string()};
  }
  ::close(descriptor);
  return {};
}

}  // namespace dlc
