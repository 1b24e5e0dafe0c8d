#include "tests/failing/failing_calls.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

// The functions have the C library's names, and must have its signatures.
// NOLINTBEGIN

namespace dlc {
namespace {

struct State {
  FailurePlan plan;
  std::atomic<bool> armed = false;
  std::atomic<long> count = 0;
  const char* folder = nullptr;         // null: all files count
  std::atomic<bool> has_begun = false;  // a file of the folder was met
};

constinit State state;

bool is_inside(const char* path) {
  if (state.folder == nullptr) return true;
  const bool inside = path != nullptr && std::strstr(path, state.folder) != nullptr;
  if (inside) state.has_begun = true;
  return inside;
}

bool is_inside(int descriptor) {
  if (state.folder == nullptr) return true;
  char link[64];
  char path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = ::readlink(link, path, sizeof path - 1);
  if (length < 0) return false;
  path[length] = '\0';
  return is_inside(path);
}

/// Whether this call is the one, or one after it.
bool is_met() {
  const long n = ++state.count;
  if (state.plan.at == 0 || n < state.plan.at) return false;
  if (state.plan.trouble == Trouble::killed) ::kill(::getpid(), SIGKILL);
  return n == state.plan.at || state.plan.trouble != Trouble::once;
}

template <class Where>
bool is_met(SystemCall call, Where where) {
  if (!state.armed) return false;
  const bool counts = (state.plan.calls & bit(call)) != 0;
  if (!counts && state.has_begun) return false;
  return is_inside(where) && counts && is_met();
}

/// Whether the call fails; `size` becomes less where it is only shortened.
template <class Where>
bool fails(SystemCall call, Where where, std::size_t* size = nullptr) {
  if (!is_met(call, where)) return false;
  if (state.plan.trouble == Trouble::shortened) {
    if (size != nullptr && *size > 1) *size /= 2;
    return false;
  }
  errno = state.plan.error;
  return true;
}

[[maybe_unused]] bool memory_fails() {
  if (!state.armed || (state.plan.calls & bit(SystemCall::memory)) == 0) return false;
  if (state.folder != nullptr && !state.has_begun) return false;
  return is_met();
}

bool has_mode(int flags) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

long with_failing(const FailurePlan& plan, const std::function<void()>& work) {
  state.plan = plan;
  state.count = 0;
  struct Disarm {
    ~Disarm() { state.armed = false; }
  } disarm;
  state.armed = true;
  work();
  return state.count;
}

void fail_everywhere(const FailurePlan& plan, const char* folder) {
  state.plan = plan;
  state.folder = folder;
  state.armed = true;
}

long calls_so_far() {
  return state.count;
}

}  // namespace dlc

using dlc::fails;
using dlc::has_mode;
using dlc::real;
using dlc::SystemCall;

extern "C" {

int open(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = has_mode(flags) ? va_arg(list, mode_t) : 0;
  va_end(list);
  static auto* const next = real<int(const char*, int, ...)>("open");
  return fails(SystemCall::open, path) ? -1 : next(path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = has_mode(flags) ? va_arg(list, mode_t) : 0;
  va_end(list);
  static auto* const next = real<int(int, const char*, int, ...)>("openat");
  return fails(SystemCall::openat, path) ? -1 : next(folder, path, flags, mode);
}

DIR* fdopendir(int descriptor) {
  static auto* const next = real<DIR*(int)>("fdopendir");
  return fails(SystemCall::fdopendir, descriptor) ? nullptr : next(descriptor);
}

ssize_t read(int descriptor, void* into, size_t size) {
  static auto* const next = real<ssize_t(int, void*, size_t)>("read");
  return fails(SystemCall::read, descriptor, &size) ? -1 : next(descriptor, into, size);
}

ssize_t pread(int descriptor, void* into, size_t size, off_t at) {
  static auto* const next = real<ssize_t(int, void*, size_t, off_t)>("pread");
  return fails(SystemCall::pread, descriptor, &size) ? -1 : next(descriptor, into, size, at);
}

int fstat(int descriptor, struct stat* status) {
  static auto* const next = real<int(int, struct stat*)>("fstat");
  return fails(SystemCall::fstat, descriptor) ? -1 : next(descriptor, status);
}

int stat(const char* path, struct stat* status) noexcept {
  static auto* const next = real<int(const char*, struct stat*)>("stat");
  return fails(SystemCall::stat, path) ? -1 : next(path, status);
}

dirent* readdir(DIR* folder) {
  static auto* const next = real<dirent*(DIR*)>("readdir");
  return fails(SystemCall::readdir, ::dirfd(folder)) ? nullptr : next(folder);
}

ssize_t write(int descriptor, const void* from, size_t size) {
  static auto* const next = real<ssize_t(int, const void*, size_t)>("write");
  return fails(SystemCall::write, descriptor, &size) ? -1 : next(descriptor, from, size);
}

int fsync(int descriptor) {
  static auto* const next = real<int(int)>("fsync");
  return fails(SystemCall::fsync, descriptor) ? -1 : next(descriptor);
}

// The system closes the file, and then says that something had gone wrong. With what was only read nothing
// can.
int close(int descriptor) {
  static auto* const next = real<int(int)>("close");
  const bool is_read = (::fcntl(descriptor, F_GETFL) & O_ACCMODE) == O_RDONLY;
  const bool fail = !is_read && fails(SystemCall::close, descriptor);
  const int error = errno;
  const int result = next(descriptor);
  if (fail) errno = error;
  return fail ? -1 : result;
}

int rename(const char* from, const char* to) noexcept {
  static auto* const next = real<int(const char*, const char*)>("rename");
  return fails(SystemCall::rename, to) ? -1 : next(from, to);
}

int unlink(const char* path) noexcept {
  static auto* const next = real<int(const char*)>("unlink");
  return fails(SystemCall::unlink, path) ? -1 : next(path);
}

int mkdir(const char* path, mode_t mode) noexcept {
  static auto* const next = real<int(const char*, mode_t)>("mkdir");
  return fails(SystemCall::mkdir, path) ? -1 : next(path, mode);
}

}  // extern "C"

#ifdef __SANITIZE_ADDRESS__

// The sanitizer has its own malloc: here only what C++ asks for can fail.
void* operator new(std::size_t size) {
  if (void* const memory = dlc::memory_fails() ? nullptr : std::malloc(size)) return memory;
  if (const std::new_handler handler = std::get_new_handler()) handler();
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

#else

extern "C" {

void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);

void* malloc(size_t size) noexcept {
  if (!dlc::memory_fails()) return __libc_malloc(size);
  errno = ENOMEM;
  return nullptr;
}

void* calloc(size_t count, size_t size) noexcept {
  if (!dlc::memory_fails()) return __libc_calloc(count, size);
  errno = ENOMEM;
  return nullptr;
}

void* realloc(void* old, size_t size) noexcept {
  if (size == 0 || !dlc::memory_fails()) return __libc_realloc(old, size);
  errno = ENOMEM;
  return nullptr;
}

void* aligned_alloc(size_t alignment, size_t size) noexcept {
  if (!dlc::memory_fails()) return __libc_memalign(alignment, size);
  errno = ENOMEM;
  return nullptr;
}

}  // extern "C"

#endif

// NOLINTEND
