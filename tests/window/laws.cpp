// What the window module says, against trying all combinations of small boxes.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

#include "tests/window/random_window.h"

using namespace dlc;
using namespace dlc::tests;

namespace {

using Values = std::vector<std::int64_t>;

Values positions_at(const Window& window, const Values& indices) {
  Values result;
  for (const Position& position : window) result.push_back(value_at(position, indices, {}));
  return result;
}

bool is_inside(const Values& positions, const Shape& tensor) {
  for (std::size_t d = 0; d < tensor.size(); ++d) {
    if (positions[d] < 0 || positions[d] >= tensor[d]) return false;
  }
  return true;
}

constexpr int cases = 3000;

}  // namespace

TEST_CASE("normal forms have the same values", "[window][law]") {
  for (int seed = 0; seed < cases; ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    const RandomWindow box = random_window(random, true);
    INFO("seed " << seed << ": " << describe(box));
    for (const Position& position : box.window) {
      const Position normal = normalized(position, box.indices);
      INFO("normal form " << describe(normal));
      REQUIRE(normalized(normal, box.indices) == normal);
      for (const Values& values : combinations(box.indices)) {
        REQUIRE(value_at(normal, values, {}) == value_at(position, values, {}));
      }
    }
  }
}

TEST_CASE("quotients and remainders have the values of numbers", "[window][law]") {
  for (int seed = 0; seed < cases; ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    const RandomWindow box = random_window(random, true);
    const std::int64_t divisor = random_between(random, 1, 12);
    INFO("seed " << seed << ": " << describe(box) << ", divisor " << divisor);
    for (const Position& position : box.window) {
      const Position whole = quotient(position, divisor, box.indices);
      const Position part = remainder(position, divisor, box.indices);
      for (const Values& values : combinations(box.indices)) {
        const std::int64_t value = value_at(position, values, {});
        const std::int64_t rounded_down =
            static_cast<std::int64_t>(std::floor(static_cast<double>(value) / static_cast<double>(divisor)));
        REQUIRE(value_at(whole, values, {}) == rounded_down);
        REQUIRE(value_at(part, values, {}) == value - divisor * rounded_down);
      }
    }
  }
}

TEST_CASE("a range holds all values, and of a sum with each index once no others at its ends",
          "[window][law]") {
  for (int seed = 0; seed < cases; ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    const RandomWindow box = random_window(random, seed % 2 == 0);
    INFO("seed " << seed << ": " << describe(box));
    for (const Position& position : box.window) {
      const Range given = range(position, box.indices);
      Range found{given.most, given.least};
      for (const Values& values : combinations(box.indices)) {
        const std::int64_t value = value_at(position, values, {});
        REQUIRE(value >= given.least);
        REQUIRE(value <= given.most);
        found = {std::min(found.least, value), std::max(found.most, value)};
      }
      if (is_affine(position)) {
        REQUIRE(found.least == given.least);
        REQUIRE(found.most == given.most);
      }
    }
  }
}

TEST_CASE("the first place outside is the first that trying finds", "[window][law]") {
  int outside = 0;
  for (int seed = 0; seed < cases; ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    const RandomWindow box = random_window(random, true);
    INFO("seed " << seed << ": " << describe(box));
    std::optional<Values> expected;
    for (const Values& values : combinations(box.indices)) {
      if (is_inside(positions_at(box.window, values), box.tensor)) continue;
      expected = values;
      break;
    }
    const auto found = first_outside(box.window, box.indices, box.tensor);
    REQUIRE(found.has_value() == expected.has_value());
    if (!found) continue;
    ++outside;
    REQUIRE(found->indices == *expected);
    REQUIRE(positions_at(box.window, *expected)[found->subscript] == found->position);
    REQUIRE((found->position < 0 || found->position >= box.tensor[found->subscript]));
  }
  REQUIRE(outside > cases / 10);
  REQUIRE(outside < cases * 9 / 10);
}

TEST_CASE("nothing outside the reachable box is inside the tensor, and one subscript's box is the least",
          "[window][law]") {
  for (int seed = 0; seed < cases; ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    const RandomWindow box = random_window(random, seed % 2 == 0);
    INFO("seed " << seed << ": " << describe(box));
    const std::vector<IndexRange> given = reachable(box.window, box.indices, box.tensor);
    std::vector<IndexRange> least(box.indices.size(), IndexRange{9, 0});
    for (const Values& values : combinations(box.indices)) {
      if (!is_inside(positions_at(box.window, values), box.tensor)) continue;
      for (std::size_t i = 0; i < values.size(); ++i) {
        REQUIRE(values[i] >= given[i].first);
        REQUIRE(values[i] < given[i].last);
        least[i] = {std::min(least[i].first, values[i]), std::max(least[i].last, values[i] + 1)};
      }
    }
    const auto is_unit = [](const Term& term) { return term.coefficient == 1 || term.coefficient == -1; };
    if (box.window.size() > 1 || !is_affine(box.window)) continue;
    if (!std::all_of(box.window[0].terms.begin(), box.window[0].terms.end(), is_unit)) continue;
    for (std::size_t i = 0; i < least.size(); ++i) {
      if (least[i].last == 0) {
        REQUIRE(given[i].first == given[i].last);
      } else {
        REQUIRE(given[i].first == least[i].first);
        REQUIRE(given[i].last == least[i].last);
      }
    }
  }
}

TEST_CASE("the inner range has just the values for which nothing that names the index is outside",
          "[window][law]") {
  for (int seed = 0; seed < cases; ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    const RandomWindow box = random_window(random, false);
    INFO("seed " << seed << ": " << describe(box));
    for (std::size_t i = 0; i < box.indices.size(); ++i) {
      const auto index = static_cast<IndexId>(i);
      std::vector<bool> inside(static_cast<std::size_t>(box.indices[i].extent), true);
      for (const Values& values : combinations(box.indices)) {
        for (std::size_t d = 0; d < box.window.size(); ++d) {
          const std::int64_t at = value_at(box.window[d], values, {});
          if (depends_on(box.window[d], index) && (at < 0 || at >= box.tensor[d]))
            inside[static_cast<std::size_t>(values[i])] = false;
        }
      }
      const IndexRange inner = inner_range(box.window, index, box.indices, box.tensor);
      for (std::int64_t value = 0; value < box.indices[i].extent; ++value)
        REQUIRE((inner.first <= value && value < inner.last) == inside[static_cast<std::size_t>(value)]);
    }
  }
}

TEST_CASE("writes are apart exactly if no two combinations write to one position", "[window][law]") {
  int apart = 0;
  for (int seed = 0; seed < cases; ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    const RandomWindow box = random_window(random, true);
    INFO("seed " << seed << ": " << describe(box));
    std::set<Values> written;
    bool expected = true;
    for (const Values& values : combinations(box.indices)) {
      expected = written.insert(positions_at(box.window, values)).second && expected;
    }
    REQUIRE(writes_apart(box.window, box.indices) == expected);
    apart += expected ? 1 : 0;
  }
  REQUIRE(apart > cases / 20);
}

TEST_CASE("a window covers a tensor once exactly if each element is written once", "[window][law]") {
  int covering = 0;
  for (int seed = 0; seed < cases; ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    RandomWindow box = random_window(random, seed % 2 == 0);
    if (seed % 3 == 0) {  // what is written apart covers something
      for (std::size_t d = 0; d < box.tensor.size(); ++d) {
        box.tensor[d] = std::max<std::int64_t>(range(box.window[d], box.indices).most + 1, 1);
      }
    }
    INFO("seed " << seed << ": " << describe(box));
    std::map<Values, int> written;
    bool once = true;
    for (const Values& values : combinations(box.indices)) {
      const Values position = positions_at(box.window, values);
      if (is_inside(position, box.tensor)) once = ++written[position] == 1 && once;
    }
    std::size_t elements = 1;
    for (const std::int64_t extent : box.tensor) elements *= static_cast<std::size_t>(extent);
    const bool expected = once && written.size() == elements;
    REQUIRE(covers_once(box.window, box.indices, box.tensor) == expected);
    covering += expected ? 1 : 0;
  }
  REQUIRE(covering > cases / 50);
}

TEST_CASE("composition takes the values of the replacements", "[window][law]") {
  for (int seed = 0; seed < cases; ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    const RandomWindow outer = random_window(random, true);
    const RandomWindow inner = random_window(random, true);
    std::vector<Position> replacement;
    for (std::size_t i = 0; i < outer.indices.size(); ++i) {
      replacement.push_back(inner.window[random() % inner.window.size()]);
    }
    const Window composed = substitute(outer.window, replacement, inner.indices);
    INFO("seed " << seed << ": " << describe(outer) << " after " << describe(inner));
    for (const Values& values : combinations(inner.indices)) {
      REQUIRE(positions_at(composed, values) ==
              positions_at(outer.window, positions_at(replacement, values)));
    }
  }
}

TEST_CASE("a view that is undone disappears", "[window]") {
  const std::vector<Index> indices = {{"a", 4}, {"b", 5}, {"c", 6}};
  const Position a = position_of(IndexId{0});
  const Position b = position_of(IndexId{1});
  const Position c = position_of(IndexId{2});
  const Position linear = scaled(a, 30) + scaled(b, 6) + c;
  REQUIRE(quotient(linear, 30, indices) == a);
  REQUIRE(remainder(quotient(linear, 6, indices), 5, indices) == b);
  REQUIRE(remainder(linear, 6, indices) == c);

  const std::vector<Index> flat = {{"p", 120}};
  const Position p = position_of(IndexId{0});
  const std::vector<Position> parts = {quotient(p, 30, flat), remainder(quotient(p, 6, flat), 5, flat),
                                       remainder(p, 6, flat)};
  REQUIRE(substitute(linear, parts, flat) == p);
}
