#include "dsl/elaborate/names/library.h"

#include "dsl/grammar/parse.h"
#include "dsl/std/library.h"

namespace dlc {

std::vector<Tree> parse_library(Sources& sources, Diagnostics& diagnostics) {
  std::vector<Tree> trees;
  for (const LibraryFile& file : library_files()) {
    const FileId id = sources.add("std/" + std::string(file.name), std::string(file.text), true);
    if (std::optional<Tree> parsed = parse(id, sources, diagnostics)) trees.push_back(std::move(*parsed));
  }
  return trees;
}

}  // namespace dlc
