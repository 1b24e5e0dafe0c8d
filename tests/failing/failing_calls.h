#pragma once

#include <functional>

namespace dlc {

/// The calls of the system that can be made to fail. This program's own definitions of them stand before the
/// library's, count, and go on to those: also what zlib and the standard library call comes by here. A folder
/// is read by openat, fdopendir and readdir; zlib's lseek is no failure where it cannot be done, and stays.
enum class SystemCall : unsigned {
  open,
  openat,
  fdopendir,
  read,
  pread,
  fstat,
  stat,
  readdir,
  write,
  fsync,
  close,
  rename,
  unlink,
  mkdir,
  memory
};

constexpr unsigned bit(SystemCall call) {
  return 1U << static_cast<unsigned>(call);
}
inline constexpr unsigned calls_that_write = bit(SystemCall::open) | bit(SystemCall::write) |
                                             bit(SystemCall::fsync) | bit(SystemCall::close) |
                                             bit(SystemCall::rename) | bit(SystemCall::mkdir);
inline constexpr unsigned calls_that_read =
    bit(SystemCall::open) | bit(SystemCall::openat) | bit(SystemCall::fdopendir) | bit(SystemCall::read) |
    bit(SystemCall::pread) | bit(SystemCall::fstat) | bit(SystemCall::stat) | bit(SystemCall::readdir);

/// What happens to the n-th of the calls.
enum class Trouble {
  once,       // it fails
  onwards,    // it fails, and so do all after it
  shortened,  // a read or write succeeds with half of the bytes, at least one, and so do all after it
  killed      // the process is killed before it
};

struct FailurePlan {
  unsigned calls = 0;  // bits
  Trouble trouble = Trouble::once;
  int error = 0;  // errno
  long at = 0;    // from 1; 0 counts only
};

/// Does the work with the plan in force, and says how many of the calls it made. What the work throws is
/// passed on.
long with_failing(const FailurePlan& plan, const std::function<void()>& work);

/// The plan of the whole process from now on. Calls with a file count where `folder` stands in its path;
/// for memory, those after the first such call.
void fail_everywhere(const FailurePlan& plan, const char* folder);

/// How many of the calls there were.
long calls_so_far();

}  // namespace dlc
