#include "tools/dlc/standard_output.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace dlc {

namespace {

/// A pipe or a socket whose other end is closed.
bool nobody_reads() {
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

/// Why nothing can be written: the error of an earlier write is no longer known, so one is tried.
int error_of_writing() {
  return write(STDOUT_FILENO, "\n", 1) < 0 ? errno : EIO;
}

}  // namespace

void prepare_streams() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // Opened for reading where one writes and the other way round: using it fails, as it would have.
    if (fcntl(stream, F_GETFD) < 0) open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

std::string finish_standard_output() {
  const bool fails = std::fflush(stdout) != 0;
  const int error = errno;
  if (!fails && std::ferror(stdout) == 0) return "";
  if (nobody_reads()) return "";
  return std::string("standard output cannot be written: ") +
         std::strerror(fails ? error : error_of_writing());
}

}  // namespace dlc
