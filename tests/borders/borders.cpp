// The house rules that a program can check: who includes whom, how long files are, and that the compiler
// knows no layer.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace {

namespace fs = std::filesystem;

const fs::path root = DLC_SOURCE_DIR;

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<fs::path> sources(const std::vector<std::string>& folders) {
  std::vector<fs::path> files;
  for (const std::string& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string ending = entry.path().extension();
      if (ending == ".cpp" || ending == ".h" || ending == ".def")
        files.push_back(fs::relative(entry.path(), root));
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

const std::vector<std::string> all_folders = {"dsl", "compiler", "runtime", "tools", "tests", "bench"};

std::map<std::string, std::vector<std::string>> table() {
  std::map<std::string, std::vector<std::string>> rows;
  for (const std::string& line : lines_of(root / "tests/borders/folders.txt")) {
    std::istringstream words(line);
    std::string folder;
    if (!(words >> folder) || folder.starts_with("#")) continue;
    for (std::string word; words >> word;) rows[folder].push_back(word);
  }
  return rows;
}

bool is_below(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

/// The file's row: the longest folder of the table that holds it.
std::string row_of(const std::string& path, const std::map<std::string, std::vector<std::string>>& rows) {
  std::string longest;
  for (const auto& [folder, allowed] : rows) {
    if (is_below(path, folder) && folder.size() > longest.size()) longest = folder;
  }
  return longest;
}

/// The quoted or the bracketed name of an #include, with its first sign; empty if the line is none.
std::string included(const std::string& line) {
  if (!line.starts_with("#include ")) return "";
  const std::size_t end = line.find_first_of("\">", 10);
  return line.substr(9, end - 9);
}

bool may_include(const std::vector<std::string>& allowed, const std::set<std::string>& guarded,
                 const std::string& name) {
  const std::string path = name.substr(1);
  if (name[0] == '"')
    return std::any_of(allowed.begin(), allowed.end(),
                       [&](const std::string& folder) { return is_below(path, folder); });
  for (const std::string& beginning : guarded) {
    if (path.starts_with(beginning) &&
        std::find(allowed.begin(), allowed.end(), "<" + beginning + ">") == allowed.end())
      return false;
  }
  return true;
}

}  // namespace

TEST_CASE("each folder includes only what the table lets it", "[borders]") {
  const auto rows = table();
  std::set<std::string> guarded;
  for (const auto& [folder, allowed] : rows) {
    for (const std::string& word : allowed) {
      if (word[0] == '<') guarded.insert(word.substr(1, word.size() - 2));
    }
  }
  std::size_t checked = 0;
  for (const fs::path& file : sources(all_folders)) {
    const std::string row = row_of(file.string(), rows);
    INFO(file.string());
    REQUIRE_FALSE(row.empty());
    for (const std::string& line : lines_of(root / file)) {
      const std::string name = included(line);
      if (name.empty()) continue;
      INFO(line);
      CHECK(may_include(rows.at(row), guarded, name));
      ++checked;
    }
  }
  CHECK(checked > 100);
}

TEST_CASE("files are about one thing: at most 400 lines, 110 columns", "[borders]") {
  for (const fs::path& file : sources(all_folders)) {
    const std::vector<std::string> lines = lines_of(root / file);
    INFO(file.string());
    CHECK(lines.size() <= 400);
    if (file.extension() == ".def") continue;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto columns =
          std::count_if(lines[i].begin(), lines[i].end(), [](char c) { return (c & 0xC0) != 0x80; });
      INFO("line " << i + 1);
      CHECK(columns <= 110);
    }
  }
}

TEST_CASE("no layer, loss, metric or optimizer is named in the compiler or the runtime", "[borders]") {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(root / "dsl/std")) {
    if (entry.path().extension() != ".net" || entry.path().stem() == "schedules") continue;
    for (const std::string& line : lines_of(entry.path())) {
      for (const std::string word : {"fn ", "layer ", "optimizer "}) {
        if (line.starts_with(word)) names.insert(line.substr(word.size(), line.find('(') - word.size()));
      }
    }
  }
  REQUIRE(names.size() > 40);
  // Words of everyday English that name something else in C++ as well.
  for (const char* word :
       {"last", "reverse", "scalar", "concat", "flatten", "clamp", "zeros", "hinge", "mae"})
    names.erase(word);
  for (const fs::path& file : sources({"compiler", "runtime"})) {
    std::size_t number = 0;
    for (const std::string& whole : lines_of(root / file)) {
      ++number;
      const std::string line = whole.substr(0, whole.find("//"));
      for (std::size_t i = 0; i < line.size();) {
        std::size_t end = i;
        while (end < line.size() && (std::isalnum(static_cast<unsigned char>(line[end])) || line[end] == '_'))
          ++end;
        if (end > i && names.contains(line.substr(i, end - i)))
          FAIL_CHECK(file.string() << ":" << number << ": " << whole);
        i = std::max(end, i + 1);
      }
    }
  }
}

TEST_CASE("no two types of the project share a name", "[borders]") {
  std::map<std::string, std::string>
      seen;  // Types of one name in two units would be linked into one without a word.
  for (const fs::path& file : sources({"dsl", "compiler", "runtime", "tools"})) {
    if (file.extension() != ".h") continue;
    std::string inner;
    for (const std::string& line : lines_of(root / file)) {
      if (line.starts_with("namespace ") && !line.starts_with("namespace dlc {")) inner = line;
      if (line.starts_with("}  // namespace") && !line.starts_with("}  // namespace dlc")) inner.clear();
      std::istringstream words(line);
      std::string kind;
      std::string name;
      std::string next;
      words >> kind >> name >> next;
      if (name.starts_with("[[")) name = next, words >> next;
      if ((kind != "struct" && kind != "class") || line[0] == ' ' || next.empty() || next == ";" ||
          name.back() == ';')
        continue;
      const auto [first, is_new] = seen.try_emplace(inner + name, file.string());
      INFO(name << " in " << file.string() << " and " << first->second);
      CHECK(is_new);
    }
  }
}

TEST_CASE("the tests and the scripts that they call need no interpreter but the shell", "[borders]") {
  const std::string unwanted = std::string("pyth") + "on";  // not found in this file itself
  std::set<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root / "tests")) {
    if (entry.is_regular_file()) files.insert(fs::relative(entry.path(), root));
  }
  REQUIRE(files.size() > 200);
  std::set<fs::path> called;
  for (const fs::path& file : files) {
    const std::vector<std::string> lines = lines_of(root / file);
    for (const auto& entry : fs::directory_iterator(root / "scripts")) {
      const fs::path script = fs::relative(entry.path(), root);
      for (const std::string& line : lines) {
        if (line.find(script.string()) != std::string::npos) called.insert(script);
      }
    }
  }
  CHECK_FALSE(called.empty());
  files.merge(called);
  for (const fs::path& file : files) {
    std::size_t number = 0;
    for (const std::string& line : lines_of(root / file)) {
      ++number;
      if (line.find(unwanted) != std::string::npos)
        FAIL_CHECK(file.string() << ":" << number << ": " << line);
    }
  }
}
