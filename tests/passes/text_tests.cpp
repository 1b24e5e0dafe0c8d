// The texts of the passes are run by the driver of all texts; here only that none is forgotten.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "compiler/passes/runner/run_passes.h"

using namespace dlc;

TEST_CASE("every pass has a text", "[passes][text]") {
  const std::string command = "$ dlc --from=graph --emit=after:";
  std::set<std::string> seen;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(DLC_SOURCE_DIR "/tests/passes")) {
    if (entry.path().extension() != ".test") continue;
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with(command)) seen.insert(line.substr(command.size()));
    }
  }
  for (const Pass& pass : pipeline()) CHECK(seen.contains(std::string(pass.name)));
}
