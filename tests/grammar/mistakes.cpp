#include <catch2/catch.hpp>

#include "tests/grammar/files.h"

namespace dlc::tests {

namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t count) {
  return count == 0 ? 0 : random() % count;
}

/// Words, numbers, strings, signs and blanks, one after the other.
std::vector<std::string> pieces(const std::string& text) {
  std::vector<std::string> found;
  const auto is_letter = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_';
  };
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    if (is_letter(text[i])) {
      while (end < text.size() && is_letter(text[end])) ++end;
    }
    found.push_back(text.substr(i, end - i));
    i = end;
  }
  return found;
}

template <class List>
void mutate(List& list, Random& random) {
  const std::size_t at = below(random, list.size());
  const auto place = list.begin() + static_cast<std::ptrdiff_t>(at);
  switch (below(random, 3)) {
    case 0: list.erase(place); break;
    case 1: list.insert(place, typename List::value_type(*place)); break;
    default: std::swap(list[at], list[below(random, list.size())]);
  }
}

std::string mutated(const std::string& text, unsigned seed) {
  Random random(seed);
  std::string result = text;
  if (seed % 2 == 0) {
    for (std::size_t i = 1 + below(random, 3); i > 0; --i) mutate(result, random);
    return result;
  }
  std::vector<std::string> list = pieces(text);
  for (std::size_t i = 1 + below(random, 3); i > 0; --i) mutate(list, random);
  result.clear();
  for (const std::string& piece : list) result += piece;
  return result;
}

/// The text behind `--- name`, up to the next section.
std::string section(const std::string& test, const std::string& name) {
  const std::string mark = "--- " + name + "\n";
  const std::size_t begin = test.find(mark);
  if (begin == std::string::npos) return "";
  const std::size_t from = begin + mark.size();
  const std::size_t end = test.find("\n--- ", from);
  return test.substr(from, end == std::string::npos ? std::string::npos : end + 1 - from);
}

}  // namespace

TEST_CASE("mistakes of the grammar are told as the error tests say", "[grammar]") {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(DLC_SOURCE_DIR) / "tests/errors")) {
    const std::string test = read_text(entry.path());
    if (!test.starts_with("# Grammar")) continue;
    INFO(entry.path());
    const Parsed result = parsed(section(test, "model.net"));
    CHECK(result.messages() == section(test, "output"));
    std::string identifier = entry.path().stem().string();
    std::replace(identifier.begin(), identifier.end(), '_', '-');
    CHECK(result.messages().find("[" + identifier + "]") != std::string::npos);
    ++count;
  }
  CHECK(count >= 25);
}

TEST_CASE("no mutation of a file ends without a tree or a message", "[grammar]") {
  const auto files = net_files();
  std::size_t mistaken = 0;
  for (unsigned seed = 0; seed < 600; ++seed) {
    const std::string text = mutated(read_text(files[seed % files.size()]), seed);
    INFO("seed " << seed << " of " << files[seed % files.size()]);
    const Parsed result = parsed(text);
    REQUIRE((result.tree || result.diagnostics.has_errors()));
    if (result.diagnostics.has_errors()) {
      ++mistaken;
      CHECK(!result.messages().empty());
      continue;
    }
    const std::string printed = format(*result.tree);
    const Parsed again = parsed(printed);
    INFO(printed << again.messages());
    REQUIRE(again.tree);
    REQUIRE(dump(*again.tree) == dump(*result.tree));
    CHECK(format(*again.tree) == printed);
  }
  CHECK(mistaken > 200);
}

TEST_CASE("one forgotten bracket is one error", "[grammar]") {
  // Each bracket of the small network in turn is left out; a block's { or } may cost the sense of one line
  // more.
  const std::string text = read_text(std::filesystem::path(DLC_SOURCE_DIR) / "examples/cifar10.net");
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (std::string_view("()[]{}").find(text[i]) == std::string_view::npos) continue;
    const std::string before = text.substr(0, i);
    const std::string line = before.substr(before.rfind('\n') + 1);
    if (std::count(line.begin(), line.end(), '"') % 2 == 1) continue;  // in a string
    const Parsed result = parsed(text.substr(0, i) + text.substr(i + 1));
    INFO(result.messages());
    CHECK(result.diagnostics.has_errors());
    CHECK(result.diagnostics.sorted().size() == 1);
  }
}

}  // namespace dlc::tests
