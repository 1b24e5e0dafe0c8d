// The texts below this folder, each pass alone and in this process. With the tag [bless] what came out is
// written into them.

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "compiler/passes/run_passes.h"
#include "tests/passes/graphs.h"

using namespace dlc;
using namespace dlc::tests;

namespace {

constexpr std::string_view command = "$ dlc --from=graph --emit=after:";

struct PassText {
  std::string head;  // up to the first section
  std::string pass;
  std::string input;
  std::string output;
  std::string remarks;
  bool has_remarks = false;
};

PassText parsed(const std::string& text) {
  PassText result;
  std::string* into = &result.head;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line == "--- input") {
      into = &result.input;
    } else if (line == "--- output") {
      into = &result.output;
    } else if (line == "--- remarks") {
      into = &result.remarks;
      result.has_remarks = true;
    } else {
      if (line.starts_with(command)) result.pass = line.substr(command.size());
      *into += line + "\n";
    }
  }
  return result;
}

std::string text_of(const PassText& test) {
  std::string text = test.head + "--- input\n" + test.input + "--- output\n" + test.output;
  if (test.has_remarks) text += "--- remarks\n" + test.remarks;
  return text;
}

PassText with_results(PassText test, const std::string& file) {
  INFO(file);
  const Pass* pass = find_pass(test.pass);
  REQUIRE(pass != nullptr);
  auto read = read_graph(test.input);
  if (const auto* error = std::get_if<GraphError>(&read)) FAIL(error->line << ": " << error->text);
  const Graph& before = std::get<Graph>(read);
  REQUIRE(broken_rule(before).value_or("") == "");
  Remarks remarks;
  const Graph after = pass->run(before, remarks);
  REQUIRE(broken_rule(after).value_or("") == "");
  test.output = print(after);
  test.remarks.clear();
  for (const Remark& remark : remarks.all()) test.remarks += text_of(remark) + "\n";
  const Given given = random_values(before, 7);
  REQUIRE(difference(evaluate(before, given), evaluate(after, given), pass->keeps_bits ? 0 : 1e-9) == "");
  return test;
}

std::vector<std::string> files() {
  std::vector<std::string> result;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(DLC_SOURCE_DIR "/tests/passes")) {
    if (entry.path().extension() == ".test") result.push_back(entry.path().string());
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace

TEST_CASE("the texts of the passes", "[passes][text]") {
  REQUIRE(!files().empty());
  for (const std::string& file : files()) {
    INFO(file);
    const PassText test = parsed(contents(file));
    CHECK(text_of(test) == text_of(with_results(test, file)));
  }
}

TEST_CASE("every pass has a text", "[passes][text]") {
  std::set<std::string> seen;
  for (const std::string& file : files()) seen.insert(parsed(contents(file)).pass);
  for (const Pass& pass : pipeline()) CHECK(seen.contains(std::string(pass.name)));
}

TEST_CASE("write what came out into the texts of the passes", "[.bless]") {
  for (const std::string& file : files()) {
    const std::string text = text_of(with_results(parsed(contents(file)), file));
    if (text != contents(file)) std::ofstream(file, std::ios::binary) << text;
  }
}
