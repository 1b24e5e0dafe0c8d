#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "tests/driver/library_places.h"
#include "tests/elaborate/load.h"

namespace dlc::tests {

namespace {

std::vector<std::filesystem::path> error_tests() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(DLC_SOURCE_DIR) / "tests/errors")) {
    if (entry.path().extension() == ".test") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string shown(std::string identifier) {
  std::replace(identifier.begin(), identifier.end(), '_', '-');
  return identifier;
}

}  // namespace

TEST_CASE("mistakes are told as the error tests say", "[elaborate]") {
  std::size_t count = 0;
  for (const std::filesystem::path& path : error_tests()) {
    const std::string test = read_text(path.string());
    if (test.starts_with("# Grammar")) continue;
    INFO(path);
    ElaborateOptions options;
    options.find_column = columns_of(test);
    const std::unique_ptr<Loaded> loaded = load(section(test, "model.net"), options, test);
    const std::string messages = without_library_places(loaded->messages());
    // Where all is well but for warnings, the command says so behind them.
    const std::string expected = section(test, "output");
    CHECK((loaded->model ? expected.substr(0, messages.size()) : expected) == messages);
    const std::string identifier = "[" + shown(path.stem().string()) + "]";
    if (messages.find(identifier) == std::string::npos) FAIL_CHECK("the test does not show " << identifier);
    CHECK(loaded->model.has_value() == (test.find("# exit 1\n") == std::string::npos));
    ++count;
  }
  CHECK(count >= 100);
}

TEST_CASE("each message is seen by a test", "[elaborate]") {
  std::string all;
  for (const std::filesystem::path& path : error_tests()) all += section(read_text(path.string()), "output");
  // An override stands on the command line; what is no text cannot stand in a text; where a statement begins
  // is told by the grammar. Tests below see these.
  const std::set<std::string_view> without_file = {"unknown_override", "not_text", "statement_begins"};
  for (const MessageRow& row : message_rows()) {
    if (without_file.contains(row.identifier)) continue;
    const auto check_shown = [&](std::string_view text) {
      if (all.find(text) == std::string::npos)
        FAIL_CHECK("no test in tests/errors shows " << row.identifier << ": \"" << text << "\"");
    };
    if (row.severity != Severity::note) {
      check_shown("[" + shown(std::string(row.identifier)) + "]");
      continue;
    }
    // A note is known by its longest fixed piece.
    std::string_view longest;
    for (std::size_t begin = 0; begin <= row.text.size();) {
      const std::size_t end = std::min(row.text.find('{', begin), row.text.size());
      if (end - begin > longest.size()) longest = row.text.substr(begin, end - begin);
      begin = end == row.text.size() ? end + 1 : row.text.find('}', end) + 1;
    }
    check_shown(longest);
  }
}

TEST_CASE("what is no text is told with its place", "[elaborate]") {
  const std::unique_ptr<Loaded> loaded = load("net n(x[4]) {\n  x\xFF\n}\n");
  CHECK(loaded->messages().starts_with("model.net:2:4: error: this is no text in UTF-8 [not-text]\n"));
}

TEST_CASE("a mistake in a later line of a statement says where the statement begins", "[elaborate]") {
  const std::unique_ptr<Loaded> loaded = load("net n(x[4]) {\n  y = x +\n    * 2\n  y\n}\n");
  const std::string messages = loaded->messages();
  INFO(messages);
  CHECK(messages.find("model.net:3:5: error: expected") != std::string::npos);
  CHECK(messages.find("note: the statement begins here, model.net:2:3") != std::string::npos);
}

TEST_CASE("an override that names nothing is told", "[elaborate]") {
  ElaborateOptions options;
  options.overrides = {{"witdh", "3"}};
  const std::unique_ptr<Loaded> loaded = load("const width = 4\nnet n(x[width]) { x }\n", options);
  CHECK(loaded->messages().find("did you mean `width`?") != std::string::npos);
  options.overrides = {{"width", "3"}};
  const std::unique_ptr<Loaded> narrow = load("const width = 4\nnet n(x[width]) { x }\n", options);
  REQUIRE(narrow->model);
  CHECK(narrow->model->nets.at(0).result == Shape{3});
}

}  // namespace dlc::tests
