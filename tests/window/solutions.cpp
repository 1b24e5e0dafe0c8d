// Solving a window names exactly the index combinations that reach each position, against trying all.

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <numeric>

#include "tests/window/random_window.h"

using namespace dlc;
using namespace dlc::tests;

namespace {

using Values = std::vector<std::int64_t>;
using Pairs = std::map<Values, std::vector<Values>>;  // position: the combinations that reach it, sorted

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

Pairs pairs_by_trying_all(const RandomWindow& box) {
  std::vector<Index> dimensions;
  for (const std::int64_t extent : box.tensor) dimensions.push_back({"", extent});
  Pairs pairs;
  for (const Values& position : combinations(dimensions)) pairs[position] = {};
  for (const Values& values : combinations(box.indices)) {
    const Values position = positions_at(box.window, values);
    if (is_inside(position, box.tensor)) pairs[position].push_back(values);
  }
  return pairs;
}

/// Outside, but by less than one step of what steps most in each subscript.
bool is_in_a_short_block(const Values& position, const Window& write, const Shape& tensor) {
  for (std::size_t d = 0; d < tensor.size(); ++d) {
    std::int64_t step = 1;
    for (const Term& term : write[d].terms) step = std::max(step, std::abs(term.coefficient));
    if (position[d] <= -step || position[d] >= tensor[d] + step) return false;
  }
  return true;
}

/// Fails if a position is named twice, or a replacement leaves its range and is not tested.
Pairs pairs_of(const Solution& solution, const RandomWindow& box) {
  const std::span<const Index> all(solution.indices);
  Pairs pairs;
  for (const Values& free : combinations(all.first(solution.free))) {
    const Values position = positions_at(solution.write, free);
    if (!is_inside(position, box.tensor)) {
      REQUIRE(is_in_a_short_block(position, solution.write, box.tensor));
      continue;
    }
    REQUIRE(!pairs.contains(position));
    std::vector<Values>& reach = pairs[position];
    for (const Values& rest : combinations(all.subspan(solution.free))) {
      Values values = free;
      values.insert(values.end(), rest.begin(), rest.end());
      const Values old = positions_at(solution.replacement, values);
      bool is_named = true;
      for (std::size_t i = 0; i < old.size(); ++i) {
        const bool is_within = old[i] >= 0 && old[i] < box.indices[i].extent;
        REQUIRE((is_within || solution.test[i]));
        is_named = is_named && is_within;
      }
      if (is_named) reach.push_back(old);
    }
    std::sort(reach.begin(), reach.end());
  }
  return pairs;
}

std::string describe(const Solution& solution) {
  std::string text = "free " + std::to_string(solution.free) + " of";
  for (const Index& index : solution.indices) text += " " + std::to_string(index.extent);
  for (const Position& position : solution.replacement) text += "; " + dlc::tests::describe(position);
  return text;
}

std::int64_t combinations_left(const Solution& solution) {
  std::int64_t product = 1;
  for (std::size_t i = solution.free; i < solution.indices.size(); ++i) product *= solution.indices[i].extent;
  return product;
}

bool shares_an_index(const RandomWindow& box) {
  for (std::size_t i = 0; i < box.indices.size(); ++i) {
    const auto uses = std::count_if(box.window.begin(), box.window.end(), [&](const Position& position) {
      return depends_on(position, static_cast<IndexId>(i));
    });
    if (uses > 1) return true;
  }
  return false;
}

RandomWindow box_of(std::vector<Index> indices, Window window, Shape tensor) {
  return {std::move(indices), std::move(window), std::move(tensor)};
}

Position index(std::uint32_t i) {
  return position_of(static_cast<IndexId>(i));
}

/// dx[stride * i + dilation * r − pad]
RandomWindow convolution(std::int64_t stride, std::int64_t dilation, std::int64_t pad, std::int64_t size) {
  const std::int64_t image = 14;
  const std::int64_t outputs = (image + 2 * pad - dilation * (size - 1) - 1) / stride + 1;
  return box_of({{"i", outputs}, {"r", size}},
                {scaled(index(0), stride) + scaled(index(1), dilation) - position_of(pad)}, {image});
}

}  // namespace

TEST_CASE("solving a sum names exactly the combinations that reach a position", "[window][law]") {
  int unsolved = 0;
  for (int seed = 0; seed < 4000; ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    const RandomWindow box = random_window(random, false);
    INFO("seed " << seed << ": " << describe(box));
    const auto solution = solve(box.window, box.indices, box.tensor);
    if (!solution) {
      // Offered for all windows in which each index has one subscript.
      REQUIRE(shares_an_index(box));
      ++unsolved;
      continue;
    }
    INFO(describe(*solution));
    REQUIRE(pairs_of(*solution, box) == pairs_by_trying_all(box));
  }
  REQUIRE(unsolved < 20);
}

TEST_CASE("solving quotients and remainders, where it is offered, is as exact", "[window][law]") {
  int solved = 0;
  for (int seed = 0; seed < 4000; ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    const RandomWindow box = random_window(random, true);
    INFO("seed " << seed << ": " << describe(box));
    const auto solution = solve(box.window, box.indices, box.tensor);
    if (!solution) continue;
    ++solved;
    INFO(describe(*solution));
    REQUIRE(pairs_of(*solution, box) == pairs_by_trying_all(box));
  }
  REQUIRE(solved > 3000);
}

TEST_CASE("a strided, dilated, padded window runs over what fits its phase only", "[window]") {
  for (const std::int64_t stride : {1, 2, 3, 4}) {
    for (const std::int64_t dilation : {1, 2, 3, 4}) {
      for (const std::int64_t pad : {0, 1, 2}) {
        for (const std::int64_t size : {1, 2, 3, 4}) {
          const RandomWindow box = convolution(stride, dilation, pad, size);
          INFO("stride " << stride << " dilation " << dilation << " pad " << pad << " size " << size);
          const auto solution = solve(box.window, box.indices, box.tensor);
          REQUIRE(solution);
          INFO(describe(*solution));
          REQUIRE(pairs_of(*solution, box) == pairs_by_trying_all(box));
          const std::int64_t step = stride / std::gcd(stride, dilation);
          REQUIRE(combinations_left(*solution) <= std::max<std::int64_t>((size + step - 1) / step, 1));
          // Of two phases what is left is affine in the end: (phase + 1) // 2 is phase.
          if (dilation == 1 && stride != 2) REQUIRE(is_affine(solution->replacement));
        }
      }
    }
  }
}

TEST_CASE("plain subscripts are read back plainly", "[window]") {
  const std::vector<Index> indices = {{"n", 5}, {"c", 3}, {"k", 4}};
  const auto solution = solve({index(1), index(0)}, indices, {3, 5});
  REQUIRE(solution);
  REQUIRE(solution->free == 2);
  REQUIRE(solution->indices.size() == 3);
  REQUIRE(solution->indices[2].extent == 4);
  REQUIRE(is_identity(solution->write));
  REQUIRE(solution->replacement == Window{index(1), index(0), index(2)});
  REQUIRE(solution->test == std::vector<bool>{false, false, false});
}

TEST_CASE("windows that do not overlap leave nothing to run over", "[window]") {
  // Pooling by 2, and its counterpart, each element twice.
  const auto pooling = solve({scaled(index(0), 2) + index(1)}, std::vector<Index>{{"i", 6}, {"r", 2}}, {12});
  REQUIRE(pooling);
  REQUIRE(combinations_left(*pooling) == 1);
  REQUIRE(pooling->test == std::vector<bool>{false, false});

  const std::vector<Index> fine = {{"i", 12}};
  const auto upsampling = solve({quotient(index(0), 2, fine)}, fine, {6});
  REQUIRE(upsampling);
  REQUIRE(combinations_left(*upsampling) == 2);
  REQUIRE(upsampling->test == std::vector<bool>{false});
}

TEST_CASE("lookups are not solved", "[window]") {
  const std::vector<Index> indices = {{"n", 5}};
  const Position looked_up{0, {{1, Lookup{ValueId{0}, {index(0)}, 9}}}};
  REQUIRE(!solve({looked_up}, indices, {9}));
}
