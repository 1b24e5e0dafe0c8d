#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dlc {

/// A file that was read: an index into Sources.
enum class FileId : std::uint32_t {};

/// A piece of a file: offsets in bytes, `end` is behind its last byte.
struct SourceRange {
  FileId file{};
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool operator==(const SourceRange&) const = default;
};

// `Range` alone is the window module's range of values.
namespace tree {
using Range = SourceRange;
}
namespace grammar {
using Range = SourceRange;
}

/// From the beginning of the one to the end of the other, of the same file.
inline SourceRange operator|(const SourceRange& first, const SourceRange& last) {
  return {first.file, first.begin, last.end};
}

/// Counted from 1; columns in characters, not bytes.
struct LineColumn {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  bool operator==(const LineColumn&) const = default;
};

/// How many characters a text in UTF-8 has.
std::size_t characters(std::string_view text);

/// The texts of all files that take part. What is handed out stays valid as long as this object.
class Sources {
 public:
  /// `name` is how messages call the file; `is_library` marks a text of the standard library.
  FileId add(std::string name, std::string text, bool is_library = false);

  const std::string& name(FileId file) const { return of(file).name; }
  std::string_view text(FileId file) const { return of(file).text; }
  std::string_view text(const SourceRange& range) const;
  bool is_library(FileId file) const { return of(file).is_library; }
  std::size_t count() const { return files_.size(); }

  LineColumn position(FileId file, std::uint32_t offset) const;
  /// The line, counted from 1, without its end.
  std::string_view line(FileId file, std::uint32_t line) const;
  /// "model.net:3:7"
  std::string place(const SourceRange& range) const;

 private:
  struct File {
    std::string name;
    std::string text;
    bool is_library = false;
    std::vector<std::uint32_t> line_starts;
  };
  const File& of(FileId file) const { return files_[static_cast<std::size_t>(file)]; }

  std::vector<File> files_;
};

}  // namespace dlc
