// dlc-tests [--bless] DLC PLACE…: runs every *.test below the places; --bless writes what came out into the
// tests.

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string_view>

#include "tests/driver/text_test.h"

namespace {

namespace fs = std::filesystem;
using namespace dlc::tests;

std::vector<fs::path> tests_below(const std::vector<fs::path>& places) {
  std::vector<fs::path> files;
  for (const fs::path& place : places) {
    if (fs::is_regular_file(place)) files.push_back(place);
    if (!fs::is_directory(place)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(place)) {
      if (entry.path().extension() == ".test") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool passes(const fs::path& file, const fs::path& dlc, bool bless) {
  TextTestError error;
  const std::optional<TextTest> test = read_text_test(file, error);
  if (!test) {
    std::printf("%s: %s\n", file.c_str(), error.what.c_str());
    return false;
  }
  const Outcome outcome = run(*test, dlc);
  const std::string expected = to_text(*test);
  const std::string found = to_text(blessed(*test, outcome));
  if (test->exit_status == outcome.exit_status && expected == found) return true;
  if (bless) {
    std::ofstream(file, std::ios::binary) << found;
    std::printf("%s: written\n", file.c_str());
    return true;
  }
  std::printf("%s: failed (exit %d, expected %d)\n--- found\n%s--- expected\n%s", file.c_str(),
              outcome.exit_status, test->exit_status, found.c_str(), expected.c_str());
  return false;
}

}  // namespace

int main(int count, char** words) {
  bool bless = false;
  std::vector<fs::path> places;
  for (int i = 1; i < count; ++i) {
    if (std::string_view(words[i]) == "--bless") {
      bless = true;
    } else {
      places.emplace_back(words[i]);
    }
  }
  if (places.size() < 2) {
    std::printf("usage: dlc-tests [--bless] DLC PLACE...\n");
    return 2;
  }
  const fs::path dlc = fs::absolute(places.front());
  places.erase(places.begin());
  int passed = 0;
  int failed = 0;
  for (const fs::path& file : tests_below(places)) ++(passes(file, dlc, bless) ? passed : failed);
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
