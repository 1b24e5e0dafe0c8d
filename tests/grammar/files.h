#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "dsl/grammar/parse.h"
#include "dsl/tree/print.h"

namespace dlc::tests {

inline std::string read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The standard library and the examples.
inline std::vector<std::filesystem::path> net_files() {
  std::vector<std::filesystem::path> files;
  for (const char* folder : {"dsl/std", "examples"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(DLC_SOURCE_DIR) / folder)) {
      if (entry.path().extension() == ".net") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// A text and what became of it.
struct Parsed {
  Sources sources;
  Diagnostics diagnostics;
  std::optional<Tree> tree;
  std::string messages() const { return to_text(diagnostics, sources); }
};

inline Parsed parsed(const std::string& text) {
  Parsed result;
  const FileId file = result.sources.add("model.net", text);
  result.tree = parse(file, result.sources, result.diagnostics);
  return result;
}

/// The only expression of the only constant of `const c = …`.
inline const tree::Expression& constant_of(const Parsed& parsed) {
  return std::get<tree::Const>(parsed.tree->declarations.front().what).value;
}

}  // namespace dlc::tests
