#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>
#include <filesystem>
#include <random>

#include "dsl/grammar/parse.h"
#include "tests/elaborate/load.h"

namespace dlc::tests {

namespace {

std::vector<std::string> pieces(const std::string& text) {
  std::vector<std::string> found;
  const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    while (is_letter(text[i]) && end < text.size() && is_letter(text[end])) ++end;
    found.push_back(text.substr(i, end - i));
    i = end;
  }
  return found;
}

bool is_word(const std::string& piece) {
  return std::isalnum(static_cast<unsigned char>(piece[0])) != 0;
}

/// Words and numbers are exchanged, repeated, dropped or changed: the text mostly stays a text of the
/// language.
std::string mutated(const std::string& text, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::string> list = pieces(text);
  std::vector<std::size_t> words;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (is_word(list[i])) words.push_back(i);
  }
  const auto any = [&] { return words[random() % words.size()]; };
  for (unsigned change = 0; change < 1 + seed % 3; ++change) {
    const std::size_t at = any();
    switch (random() % 5) {
      case 0: list[at] = list[any()]; break;
      case 1: list[at] = std::to_string(random() % 12); break;
      case 2: list[at] += list[at].back(); break;
      case 3: std::swap(list[at], list[any()]); break;
      default: list[at + 1 < list.size() ? at + 1 : at] = std::string(1, "+-*/[](),=.<"[random() % 12]);
    }
  }
  std::string result;
  for (const std::string& piece : list) result += piece;
  return result;
}

}  // namespace

TEST_CASE("no mutation of an example ends without a model or a message", "[elaborate]") {
  Sources sources;
  Diagnostics none;
  const std::vector<Tree> library = parse_library(sources, none);
  REQUIRE(none.empty());
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(DLC_SOURCE_DIR) + "/examples")) {
    if (entry.path().extension() == ".net") texts.push_back(read_text(entry.path().string()));
  }
  std::sort(texts.begin(), texts.end());
  int models = 0;
  int elaborated = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    const std::string text = mutated(texts[seed % texts.size()], seed);
    INFO("seed " << seed << "\n" << text);
    Diagnostics diagnostics;
    const FileId file = sources.add("model.net", text);
    const std::optional<Tree> tree = parse(file, sources, diagnostics);
    std::optional<Model> model;
    if (tree && !diagnostics.has_errors()) {
      model = elaborate(*tree, library, sources, {}, diagnostics);
      ++elaborated;
    }
    REQUIRE((model.has_value() || diagnostics.has_errors()));
    REQUIRE(!(model.has_value() && diagnostics.has_errors()));
    CHECK_NOTHROW(to_text(diagnostics, sources));
    if (!model) continue;
    ++models;
    CHECK(broken_rule(model->initial).value_or("") == "");
    if (model->step) CHECK(broken_rule(model->step(2, Mode::training)).value_or("") == "");
  }
  CHECK(elaborated > 100);
  CHECK(models > 10);
}

}  // namespace dlc::tests
