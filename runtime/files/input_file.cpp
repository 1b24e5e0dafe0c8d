#include "runtime/files/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>
#include <utility>
#include <variant>

namespace dlc {
namespace {

constexpr std::size_t largest_read = std::size_t{1} << 24;  // zlib counts in unsigned, and gives an int

struct Sign {
  std::string_view beginning;  // lower case
  std::string_view what;
};

constexpr std::array signs = {
    Sign{"<!doctype", "a web page"},
    Sign{"<html", "a web page"},
    Sign{"<?xml", "an XML document"},
    Sign{"version https://git-lfs", "a pointer to a large file that git-lfs has not fetched"},
    Sign{"\x1f\x8b", "a gzip file"},
    Sign{"pk\x03\x04", "a zip archive"},
    Sign{"\xfd"
         "7zxz",
         "an xz file"},
    Sign{"bzh", "a bzip2 file"},
    Sign{"\x89png", "a PNG image"},
    Sign{"%pdf", "a PDF document"},
};

/// The file's first bytes, as many as `into` holds or there are; the system's error number where it fails.
std::variant<std::size_t, int> read_beginning(int descriptor, std::span<std::byte> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t count =
        ::pread(descriptor, into.data() + done, into.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

bool begins_gzipped(std::span<const std::byte> beginning) {
  return beginning.size() >= 2 && beginning[0] == std::byte{0x1f} && beginning[1] == std::byte{0x8b};
}

Failure not_gzipped(std::span<const std::byte> beginning, const std::string& name) {
  if (beginning.empty()) return {.what = "the file is empty", .file = name};
  const std::string_view what = recognised(beginning);
  return {.what = "the name ends in .gz, but this is " + (what.empty() ? "no gzip file" : std::string(what)),
          .file = name};
}

/// An open file that is closed on every way out but release().
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  void release() { number_ = -1; }

 private:
  int number_;
};

}  // namespace

std::string_view recognised(std::span<const std::byte> beginning) {
  std::string text;
  for (const std::byte byte : beginning.first(std::min<std::size_t>(beginning.size(), 64))) {
    text += static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
  }
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string::npos) return {};
  for (const Sign& sign : signs) {
    if (text.compare(start, sign.beginning.size(), sign.beginning) == 0) return sign.what;
  }
  return {};
}

std::string reason_of(int error_number) {
  switch (error_number) {
    case ENOENT: return "there is no such file or folder";
    case EACCES:
    case EPERM: return "permission is denied";
    case ENOSPC: return "the disk is full";
    case EDQUOT: return "the disk quota is used up";
    case EROFS: return "the file system is read-only";
    case EFBIG: return "the file would be larger than allowed here";
    case EISDIR: return "this is a folder";
    case ENOTDIR: return "a part of the path is no folder";
    case ENAMETOOLONG: return "the name is too long";
    case EMFILE:
    case ENFILE: return "too many files are open";
    case ENOMEM: return "there is not enough memory";
    case EIO: return "the disk reports an error";
    default: return std::generic_category().message(error_number);
  }
}

void InputFile::Close::operator()(gzFile_s* file) const {
  gzclose(file);
}

Result<InputFile> InputFile::open(const std::filesystem::path& path) {
  InputFile result;
  result.name_ = path.string();
  const auto failed = [&](std::string what) {
    return Failure{.what = std::move(what), .file = result.name_};
  };
  // A pipe must not make us wait.
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (descriptor.number() < 0) {
    const bool not_there = errno == ENOENT;
    Failure failure = failed("cannot be opened: " + reason_of(errno));
    failure.not_there = not_there;
    return failure;
  }
  struct stat status {};
  if (::fstat(descriptor.number(), &status) != 0) return failed("cannot be read: " + reason_of(errno));
  if (S_ISDIR(status.st_mode)) return failed("this is a folder, not a file");
  if (!S_ISREG(status.st_mode)) return failed("this is no regular file");
  std::array<std::byte, 64> first{};
  const auto count = read_beginning(descriptor.number(), first);
  if (const int* error = std::get_if<int>(&count)) return failed("cannot be read: " + reason_of(*error));
  const auto beginning = std::span<const std::byte>(first).first(std::get<std::size_t>(count));
  const bool packed = begins_gzipped(beginning);
  if (!packed && path.extension() == ".gz") return not_gzipped(beginning, result.name_);
  if (!packed) result.size_ = status.st_size;
  result.file_.reset(gzdopen(descriptor.number(), "rb"));
  if (!result.file_) return failed("there is not enough memory for this file");
  descriptor.release();
  gzbuffer(result.file_.get(), 1U << 17);
  return result;
}

Result<std::size_t> InputFile::read(std::span<std::byte> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const std::size_t part = std::min(into.size() - done, largest_read);
    const int count = gzread(file_.get(), into.data() + done, static_cast<unsigned>(part));
    if (count > 0) {
      done += static_cast<std::size_t>(count);
      position_ += count;
    }
    if (count == static_cast<int>(part)) continue;
    int error = Z_OK;
    const std::string_view words = gzerror(file_.get(), &error);
    if (error == Z_ERRNO) {
      return Failure{.what = "cannot be read: " + reason_of(errno), .file = name_, .byte = position_};
    }
    if (error == Z_BUF_ERROR) {
      return Failure{.what = "the gzip file is cut off: it ends in the middle of its data", .file = name_};
    }
    if (error == Z_MEM_ERROR)
      return Failure{.what = "there is not enough memory for this file", .file = name_};
    if (error != Z_OK) {
      const std::size_t colon = words.rfind(": ");
      const std::string_view detail = colon == std::string_view::npos ? words : words.substr(colon + 2);
      return Failure{.what = "the gzip file is damaged: " + std::string(detail), .file = name_};
    }
    break;
  }
  return done;
}

Result<std::string> read_whole(const std::filesystem::path& path, std::int64_t limit) {
  Result<InputFile> file = InputFile::open(path);
  if (!file) return file.failure();
  const Failure too_large{.what = "the file is larger than " + std::to_string(limit) + " bytes",
                          .file = file->name()};
  if (file->size() && *file->size() > limit) return too_large;
  std::string text;
  try {
    const auto room = static_cast<std::size_t>(file->size().value_or(1 << 16)) + 1;
    for (std::size_t wanted = room;; wanted = text.size()) {
      const std::size_t before = text.size();
      text.resize(before + wanted);
      const Result<std::size_t> count = file->read(std::as_writable_bytes(std::span(text)).subspan(before));
      if (!count) return count.failure();
      text.resize(before + *count);
      if (static_cast<std::int64_t>(text.size()) > limit) return too_large;
      if (*count < wanted) return text;
    }
  } catch (const std::bad_alloc&) {
    return Failure{.what = "there is not enough memory for this file", .file = file->name()};
  }
}

}  // namespace dlc
