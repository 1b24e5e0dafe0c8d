// How large files, functions and folders may grow.

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "tests/borders/functions.h"

namespace {

namespace fs = std::filesystem;
using dlc::test::FoundFunction;
using dlc::test::functions_of;
using Lines = std::vector<std::string>;

const fs::path root = DLC_SOURCE_DIR;
const std::vector<std::string> product = {"dsl", "compiler", "runtime", "tools"};

Lines lines_of(const fs::path& file) {
  Lines lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<fs::path> sources() {
  std::vector<fs::path> files;
  for (const std::string& folder : product) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string ending = entry.path().extension();
      if (ending == ".cpp" || ending == ".h") files.push_back(fs::relative(entry.path(), root));
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

TEST_CASE("functions are found", "[borders]") {
  const Lines lines = {"namespace dlc {",
                       "struct Pair {",
                       "  int sum() const {",
                       "    return a + b;",
                       "  }",
                       "  int one() const { return 1; }",
                       "};",
                       "int table[] = {",
                       "    1,",
                       "};",
                       "std::vector<int> longer(int first,",
                       "                        int second) {",
                       "  const auto add = [&](int a) {",
                       "    return a + first;",
                       "  };",
                       "  if (first > 1) {",
                       "    return {};",
                       "  }",
                       "  return {add(second)};",
                       "}",
                       "}  // namespace dlc"};
  const std::vector<FoundFunction> found = functions_of(lines);
  REQUIRE(found.size() == 2);
  CHECK(found[0].first == 3);
  CHECK(found[0].lines == 3);
  CHECK(found[1].first == 11);
  CHECK(found[1].lines == 10);
}

TEST_CASE("functions can be seen whole: at most 80 lines, nine of ten at most 40", "[borders]") {
  std::vector<std::size_t> sizes;
  for (const fs::path& file : sources()) {
    for (const FoundFunction& function : functions_of(lines_of(root / file))) {
      INFO(file.string() << ":" << function.first << ": " << function.head);
      CHECK(function.lines <= 80);
      sizes.push_back(function.lines);
    }
  }
  REQUIRE(sizes.size() > 1000);
  std::sort(sizes.begin(), sizes.end());
  CHECK(sizes[sizes.size() * 9 / 10] <= 40);
}

TEST_CASE("the header of a pass says what it does in at most 30 lines", "[borders]") {
  for (const auto& entry : fs::directory_iterator(root / "compiler/passes")) {
    if (entry.path().extension() != ".h") continue;
    INFO(entry.path().string());
    CHECK(lines_of(entry.path()).size() <= 30);
  }
}

TEST_CASE("a folder holds at most 12 things, each a header with its source", "[borders]") {
  std::map<std::string, std::set<std::string>> things;
  std::map<std::string, std::size_t> lines;
  for (const fs::path& file : sources()) {
    const std::string folder = file.parent_path().string();
    things[folder].insert(file.stem().string());
    lines[folder] += lines_of(root / file).size();
  }
  std::string growth;
  for (const auto& [folder, names] : things) {
    INFO(folder);
    growth += folder + ": " + std::to_string(names.size()) + " things, " + std::to_string(lines[folder]) +
              " lines\n";
    // A pass is one thing, and their folder holds all that pipeline.def lists.
    CHECK(names.size() <= (folder == "compiler/passes" ? 24U : 12U));
  }
  INFO(growth);
  SUCCEED();
}
