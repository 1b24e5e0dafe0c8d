#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/files/result.h"

struct gzFile_s;

namespace dlc {

/// A regular file, read from its front. What is gzipped is unpacked on the way; its name need not say so, but
/// a file that is named
/// `.gz` must be gzipped.
class InputFile {
 public:
  static Result<InputFile> open(const std::filesystem::path& path);

  /// Fills `into`, with fewer bytes at the end of the file only. Damage is a failure.
  Result<std::size_t> read(std::span<std::byte> into);

  /// How many unpacked bytes were read.
  std::int64_t position() const { return position_; }
  /// The bytes of all, where the file is not packed.
  std::optional<std::int64_t> size() const { return size_; }
  const std::string& name() const { return name_; }

 private:
  struct Close {
    void operator()(gzFile_s* file) const;
  };

  std::unique_ptr<gzFile_s, Close> file_;
  std::string name_;
  std::optional<std::int64_t> size_;
  std::int64_t position_ = 0;
};

/// A packed file may hold a thousand times its size; what is larger than this is not read.
inline constexpr std::int64_t largest_text = std::int64_t{4} << 30;

/// All of a file, unpacked; a failure if it is larger than `limit` bytes.
Result<std::string> read_whole(const std::filesystem::path& path, std::int64_t limit = largest_text);

/// What a file is that should be another, by its first bytes: "a web page", "a gzip file"; empty if that is
/// not known.
std::string_view recognised(std::span<const std::byte> beginning);

/// The words of the system for a failed call, with ours for those that a user meets.
std::string reason_of(int error_number);

}  // namespace dlc
