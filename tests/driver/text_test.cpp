#include "tests/driver/text_test.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/driver/library_places.h"

namespace dlc::tests {

namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Words apart by blanks; "…" keeps blanks together.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  bool open = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
      open = true;
    } else if (c == ' ' && !quoted) {
      if (open) words.push_back(word);
      word.clear();
      open = false;
    } else {
      word += c;
      open = true;
    }
  }
  if (open) words.push_back(word);
  return words;
}

bool read_command(const std::string& line, TextTest& test, TextTestError& error) {
  std::string command = line.substr(2);
  const std::size_t remark = command.find(" # exit ");
  if (remark != std::string::npos) {
    test.exit_status = std::stoi(command.substr(remark + 8));
    command.resize(remark);
  }
  test.command = words_of(command);
  if (test.command.empty() || test.command.front() != "dlc") {
    error.what = "the command must be dlc";
    return false;
  }
  test.command.erase(test.command.begin());
  return true;
}

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "dlc-text-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::optional<TextTest> read_text_test(const fs::path& file, TextTestError& error) {
  TextTest test;
  test.file = file;
  bool has_command = false;
  for (const std::string& line : lines_of(contents(file))) {
    if (line.starts_with("--- ")) {
      test.sections.emplace_back(line.substr(4), "");
    } else if (!test.sections.empty()) {
      test.sections.back().second += line + "\n";
    } else {
      test.head += line + "\n";
      if (line.starts_with("$ ")) {
        has_command = true;
        if (!read_command(line, test, error)) return std::nullopt;
      }
    }
  }
  if (!has_command) error.what = "no line that begins with $ before the first section";
  return has_command ? std::optional(test) : std::nullopt;
}

Outcome run(const TextTest& test, const fs::path& dlc) {
  const Folder outside;
  const fs::path folder = outside.path() / "files";
  fs::create_directory(folder);
  const fs::path input = outside.path() / "input";
  const fs::path output = outside.path() / "output";
  const fs::path errors = outside.path() / "errors";
  std::ofstream(input).close();
  for (const auto& [name, text] : test.sections) {
    if (name == "output" || name == "remarks") continue;
    const fs::path file = name == "input" ? input : folder / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }

  std::vector<std::string> words = test.command;
  words.insert(words.begin(), dlc.string());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::vector<std::string> settings = {"NO_COLOR=1", "LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin",
                                       "HOME=" + folder.string()};
  std::vector<char*> environment;
  for (std::string& setting : settings) environment.push_back(setting.data());
  environment.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_addopen(&actions, 0, input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), O_WRONLY | O_CREAT, 0600);
  pid_t child = 0;
  Outcome outcome;
  outcome.exit_status = -1;
  if (posix_spawn(&child, dlc.c_str(), &actions, nullptr, arguments.data(), environment.data()) == 0) {
    int status = 0;
    waitpid(child, &status, 0);
    outcome.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }
  posix_spawn_file_actions_destroy(&actions);
  outcome.output = contents(output);
  outcome.errors = contents(errors);
  replace_all(outcome.output, folder.string() + "/", "");
  replace_all(outcome.errors, folder.string() + "/", "");
  outcome.output = without_library_places(outcome.output);
  outcome.errors = without_library_places(outcome.errors);
  return outcome;
}

TextTest blessed(const TextTest& test, const Outcome& outcome) {
  TextTest result = test;
  bool apart = false;
  for (const auto& section : test.sections) apart = apart || section.first == "remarks";
  bool has_output = false;
  for (auto& [name, text] : result.sections) {
    if (name == "output") {
      text = apart ? outcome.output : outcome.output + outcome.errors;
      has_output = true;
    }
    if (name == "remarks") text = outcome.errors;
    if (!text.empty() && text.back() != '\n') text += '\n';
  }
  if (!has_output)
    result.sections.emplace_back("output", apart ? outcome.output : outcome.output + outcome.errors);
  result.exit_status = outcome.exit_status;
  result.head.clear();
  for (const std::string& line : lines_of(test.head)) {
    std::string kept = line;
    if (line.starts_with("$ ")) {
      kept = line.substr(0, line.find(" # exit "));
      while (kept.ends_with(' ')) kept.pop_back();
      if (outcome.exit_status != 0) kept += "        # exit " + std::to_string(outcome.exit_status);
    }
    result.head += kept + "\n";
  }
  return result;
}

std::string to_text(const TextTest& test) {
  std::string text = test.head;
  for (const auto& [name, content] : test.sections) text += "--- " + name + "\n" + content;
  return text;
}

}  // namespace dlc::tests
