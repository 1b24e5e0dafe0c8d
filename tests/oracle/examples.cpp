// All examples: the reference on their steps, every pass and the compiled step.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/oracle/ways.h"
#include "tests/steps/load_model.h"

using namespace dlc;
using namespace dlc::tests;

namespace {

/// What is made smaller in an example, so that the reference is quick: a text and what stands in its place.
struct Cut {
  const char* example;
  std::vector<std::pair<std::string, std::string>> replaced;
};

const std::vector<Cut>& cuts() {
  static const std::vector<Cut> all = {
      {"autoencoder",
       {{"width = 16", "width = 3"},
        {"[28, 28, 1]", "[8, 8, 1]"},
        {"conv2d(32", "conv2d(3"},
        {"conv2d(64", "conv2d(5"},
        {"dense(256)", "dense(7)"},
        {"7*7*64", "2*2*5"},
        {"7, 7, 64", "2, 2, 5"},
        {"transpose2d(32", "transpose2d(3"},
        {"n < 64", "n < 3"}}},
      {"fashion",
       {{"[28, 28, 1]", "[18, 18, 1]"},
        {"conv2d(32", "conv2d(4"},
        {"conv2d(64", "conv2d(5"},
        {"dense(64)", "dense(6)"}}},
      {"cifar10",
       {{"cifar(", "images("},  // of any size
        {"[32, 32, 3]", "[19, 18, 3]"},
        {"conv2d(32", "conv2d(4"},
        {"conv2d(64", "conv2d(5"},
        {"dense(64)", "dense(6)"}}},
      {"resnet20",
       {{"cifar(", "images("},
        {"[32, 32, 3]", "[8, 8, 3]"},
        {"conv2d(16", "conv2d(2"},
        {"16 * 2^stage", "2 * 2^stage"},
        {"repeat 2", "repeat 1"},
        {"random_crop(4)", "random_crop(1)"}}},
      {"dcgan",
       {{"noise = 100", "noise = 5"},
        {"[28, 28, 1]", "[8, 8, 1]"},
        {"7*7*128", "2*2*6"},
        {"7, 7, 128", "2, 2, 6"},
        {"d(64", "d(3"},
        {"d(128", "d(5"},
        {"n < 64", "n < 3"}}},
      {"char_gpt",
       {{"length = 64", "length = 5"},
        {"width  = 128", "width = 8"},
        {"heads  = 4", "heads = 2"},
        {"repeat 4", "repeat 1"}}},
      {"char_lstm", {{"length = 100", "length = 4"}, {"units  = 256", "units = 5"}, {", 64)", ", 6)"}}},
      {"wgan_gp", {{"dense(64)", "dense(5)"}, {"repeat 5", "repeat 2"}}},
  };
  return all;
}

std::string cut_text(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  std::string text = out.str();
  for (const Cut& cut : cuts()) {
    if (path.stem() != cut.example) continue;
    for (const auto& [from, to] : cut.replaced) {
      INFO(from << " in " << path);
      REQUIRE(text.find(from) != std::string::npos);
      for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    }
  }
  return text;
}

std::vector<std::filesystem::path> examples() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(DLC_SOURCE_DIR "/examples")) {
    if (entry.path().extension() == ".net") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// How many of them could be elaborated.
int check_all() {
  int computed = 0;
  for (const std::filesystem::path& path : examples()) {
    const std::unique_ptr<LoadedModel> loaded = load_text(cut_text(path));
    const std::string name = path.stem();
    INFO(name << "\n" << loaded->diagnostics);
    if (!loaded->model) continue;  // not all of the language is compiled yet
    ++computed;
    for (const Mode mode : {Mode::training, Mode::evaluation}) {
      const Graph step = loaded->model->step(3, mode);
      std::vector<Way> ways = ways_of_passes();
      for (const std::uint64_t seed : {0U, 1U, 2U, 3U}) {
        for (Way& way : ways_of_steps(seed)) ways.push_back(std::move(way));
      }
      if (const auto text = first_wrong(step, 1, ways)) FAIL_CHECK(*text);
    }
  }
  return computed;
}

}  // namespace

TEST_CASE("every way to compute an example gives what the reference gives", "[oracle]") {
  CHECK(check_all() >= 4);
}
