#include "tests/window/random_window.h"

#include <algorithm>

namespace dlc::tests {

int random_between(std::mt19937_64& random, int least, int most) {
  return least + static_cast<int>(random() % static_cast<std::uint64_t>(most - least + 1));
}

namespace {

Position random_sum(std::mt19937_64& random, std::size_t indices, int most_terms) {
  Position position = position_of(random_between(random, 0, 3) == 0 ? random_between(random, -3, 3) : 0);
  const int terms = random_between(random, 0, most_terms);
  for (int t = 0; t < terms; ++t) {
    const auto index = static_cast<IndexId>(random() % indices);
    const bool is_plain = random_between(random, 0, 2) != 0;
    position = position + scaled(position_of(index), is_plain ? 1 : random_between(random, -3, 3));
  }
  return position;
}

Position random_position(std::mt19937_64& random, std::size_t indices, bool with_divisions, int depth) {
  Position position = random_sum(random, indices, 3);
  if (!with_divisions) return position;
  const int kind = random_between(random, 0, 4);
  if (kind > 1) return position;
  const Position of =
      depth == 0 ? random_sum(random, indices, 2) : random_position(random, indices, true, depth - 1);
  const std::int64_t divisor = random_between(random, 1, 4);
  const std::int64_t factor = random_between(random, 0, 1) == 0 ? 1 : random_between(random, -3, 3);
  if (random_between(random, 0, 1) == 0) position = {};
  if (kind == 0) {
    position.terms.push_back({factor, Quotient{{of}, divisor}});
  } else {
    position.terms.push_back({factor, Remainder{{of}, divisor}});
  }
  return position;
}

}  // namespace

RandomWindow random_window(std::mt19937_64& random, bool with_divisions) {
  RandomWindow result;
  const int indices = random_between(random, 1, 4);
  for (int i = 0; i < indices; ++i) {
    result.indices.push_back(
        {std::string(1, static_cast<char>('i' + i)), random_between(random, 1, indices > 3 ? 4 : 6)});
  }
  const int dimensions = random_between(random, 1, 3);
  for (int d = 0; d < dimensions; ++d) {
    result.window.push_back(random_position(random, result.indices.size(), with_divisions, 1));
    const std::int64_t reached = range(result.window.back(), result.indices).most + 1;
    result.tensor.push_back(std::clamp<std::int64_t>(reached + random_between(random, -2, 2), 1, 9));
  }
  return result;
}

std::vector<std::vector<std::int64_t>> combinations(std::span<const Index> indices) {
  std::vector<std::vector<std::int64_t>> all;
  for_each_combination(
      indices, [&](std::span<const std::int64_t> values) { all.emplace_back(values.begin(), values.end()); });
  return all;
}

std::string describe(const Position& position) {
  std::string text = std::to_string(position.constant);
  for (const Term& term : position.terms) {
    text += " + " + std::to_string(term.coefficient) + "*";
    if (const auto* index = std::get_if<IndexId>(&term.what)) {
      text += "#" + std::to_string(number_of(*index));
    } else if (const auto* whole = std::get_if<Quotient>(&term.what)) {
      text += "((" + describe(whole->of.front()) + ") // " + std::to_string(whole->divisor) + ")";
    } else if (const auto* part = std::get_if<Remainder>(&term.what)) {
      text += "((" + describe(part->of.front()) + ") % " + std::to_string(part->divisor) + ")";
    } else {
      text += "lookup";
    }
  }
  return text;
}

std::string describe(const RandomWindow& box) {
  std::string text = "indices";
  for (const Index& index : box.indices) text += " " + std::to_string(index.extent);
  text += "; window";
  for (std::size_t d = 0; d < box.window.size(); ++d) {
    text += " [" + describe(box.window[d]) + "] of " + std::to_string(box.tensor[d]);
  }
  return text;
}

}  // namespace dlc::tests
