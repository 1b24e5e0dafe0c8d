#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "dsl/diagnostics/diagnostics.h"
#include "dsl/tree/tree.h"

namespace dlc {

/// Why a file has no text, in words.
struct Unreadable {
  std::string reason;
};
using ReadFile = std::function<std::variant<std::string, Unreadable>(const std::string& path)>;

/// A `use` line: where its string stands, and the file it means.
struct UseLine {
  SourceRange place;
  std::string path;  // as the user's own file is named: relative to the same folder
};

/// A file that takes part: the main one or a used one.
struct UsedFile {
  std::string path;
  FileId file{};
  Tree tree;  // of the main file: empty
  std::vector<UseLine> uses;
};

/// The main file and all that it uses, each once, however many say so; paths are relative to the file that
/// says them. What cannot be read, and a file that uses itself, are told.
std::vector<UsedFile> read_used_files(const Tree& main, Sources& sources, const ReadFile& read,
                                      Diagnostics& diagnostics);

}  // namespace dlc
