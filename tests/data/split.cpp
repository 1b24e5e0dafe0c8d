#include "runtime/data/parts/split.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>

#include "runtime/data/parts/stratified_sizes.h"

using namespace dlc;

namespace {

using Rows = std::vector<std::int64_t>;

SplitRule rule_of(std::vector<PartAmount> parts) {
  SplitRule rule;
  rule.parts = std::move(parts);
  return rule;
}

std::vector<Rows> split(std::int64_t count, const SplitRule& rule) {
  auto parts = split_examples(count, rule);
  REQUIRE(parts);
  return *std::move(parts);
}

std::vector<std::size_t> sizes(const std::vector<Rows>& parts) {
  std::vector<std::size_t> result;
  for (const Rows& part : parts) result.push_back(part.size());
  return result;
}

std::string failure_of(std::int64_t count, const SplitRule& rule) {
  const auto parts = split_examples(count, rule);
  REQUIRE_FALSE(parts);
  return one_line(parts.failure());
}

// Shares that add up to 1, some of them 0.
std::vector<double> random_shares(std::mt19937_64& random) {
  std::vector<double> shares(1 + random() % 4);
  for (double& share : shares) share = static_cast<double>(random() % 20);
  shares.push_back(static_cast<double>(random() % 3));
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (sum == 0) return {0.5, 0.5};
  for (double& share : shares) share /= sum;
  return shares;
}

}  // namespace

TEST_CASE("parts have the sizes of largest remainder", "[data][split]") {
  CHECK(largest_remainders(std::vector<double>{7, 3}) == Rows{7, 3});
  CHECK(largest_remainders(std::vector<double>{0.7 * 10, 0.3 * 10}) == Rows{7, 3});
  CHECK(largest_remainders(std::vector<double>{2.5, 2.5}) == Rows{3, 2});
  CHECK(largest_remainders(std::vector<double>{1.2, 1.4, 1.4}) == Rows{1, 2, 1});
  CHECK(largest_remainders(std::vector<double>{0.1 * 178, 0.2 * 178, 0.7 * 178}) == Rows{18, 36, 124});
  CHECK(sizes(split(178, rule_of({{"train", 0.7}, {"valid", 0.3}}))) == std::vector<std::size_t>{125, 53});
  CHECK(sizes(split(10, rule_of({{"train", 0.5}, {"valid", 0.2}}))) == std::vector<std::size_t>{5, 2});
  SplitRule counts = rule_of({{"train", 6}, {"valid", 3}});
  counts.counts = true;
  CHECK(sizes(split(10, counts)) == std::vector<std::size_t>{6, 3});
}

TEST_CASE("in order the parts follow each other", "[data][split]") {
  SplitRule rule = rule_of({{"train", 0.6}, {"valid", 0.2}, {"test", 0.2}});
  rule.in_order = true;
  CHECK(split(5, rule) == std::vector<Rows>{{0, 1, 2}, {3}, {4}});
  const std::vector<std::int32_t> strata{0, 0, 1, 1, 1, 0, 0, 1, 1, 0};
  rule.strata = strata;
  CHECK(split(10, rule) == std::vector<Rows>{{0, 1, 2, 3, 4, 5}, {6, 7}, {8, 9}});
}

TEST_CASE("a split depends on its seed alone", "[data][split]") {
  SplitRule rule = rule_of({{"train", 0.5}, {"valid", 0.5}});
  CHECK(split(10, rule) == std::vector<Rows>{{0, 2, 4, 6, 9}, {1, 3, 5, 7, 8}});
  rule.seed = 2;
  CHECK(split(10, rule) == std::vector<Rows>{{1, 2, 3, 4, 9}, {0, 5, 6, 7, 8}});
}

TEST_CASE("what cannot be split is said", "[data][split]") {
  CHECK(failure_of(10, rule_of({{"train", 0.8}, {"valid", 0.3}})) ==
        "split: the shares add up to 1.1, which is more than 1");
  CHECK(failure_of(10, rule_of({{"train", -0.5}})) == "split: train cannot be negative");
  CHECK(failure_of(10, rule_of({{"train", 0.99}, {"valid", 0.01}})) ==
        "split: valid would have none of the 10 examples");
  CHECK(failure_of(0, rule_of({{"train", 1.0}})) == "split: train would have none of the 0 examples");
  SplitRule counts = rule_of({{"train", 8}, {"valid", 3}});
  counts.counts = true;
  CHECK(failure_of(10, counts) == "split: the parts need 11 examples, but there are 10");
}

TEST_CASE("every example is in one part at most, ascending", "[data][split][law]") {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    std::mt19937_64 random(seed);
    INFO("seed " << seed);
    const auto count = static_cast<std::int64_t>(5 + random() % 60);
    std::vector<std::int32_t> strata;
    for (std::int64_t i = 0; i < count; ++i) strata.push_back(static_cast<std::int32_t>(random() % 5));
    SplitRule rule = rule_of({{"train", 0.6}, {"valid", 0.25}});
    rule.seed = seed;
    const std::vector<std::size_t> plain = sizes(split(count, rule));
    if (random() % 2 == 0) rule.strata = strata;
    const std::vector<Rows> parts = split(count, rule);
    CHECK(sizes(parts) == plain);  // with `stratify` as without
    Rows all;
    for (const Rows& part : parts) {
      CHECK(std::is_sorted(part.begin(), part.end()));
      all.insert(all.end(), part.begin(), part.end());
    }
    std::sort(all.begin(), all.end());
    CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
    CHECK(all.front() >= 0);
    CHECK(all.back() < count);
    if (rule.strata.empty()) continue;
    for (std::int32_t label = 0; label < 5; ++label) {
      const auto members = static_cast<double>(std::count(strata.begin(), strata.end(), label));
      const auto in_train = std::count_if(parts[0].begin(), parts[0].end(), [&](std::int64_t i) {
        return strata[static_cast<std::size_t>(i)] == label;
      });
      CHECK(std::abs(static_cast<double>(in_train) - 0.6 * members) < 1 + 1e-9);
    }
  }
}

TEST_CASE("stratified sizes keep all sums and stay within one of the exact shares", "[data][split][law]") {
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    std::mt19937_64 random(seed);
    INFO("seed " << seed);
    const std::vector<double> shares = random_shares(random);
    Rows classes(1 + random() % 8);
    for (std::int64_t& size : classes) size = static_cast<std::int64_t>(random() % 30);
    const auto total = static_cast<double>(std::accumulate(classes.begin(), classes.end(), std::int64_t{0}));
    const auto table = stratified_sizes(classes, shares);
    Rows parts(shares.size(), 0);
    for (std::size_t label = 0; label < classes.size(); ++label) {
      CHECK(std::accumulate(table[label].begin(), table[label].end(), std::int64_t{0}) == classes[label]);
      for (std::size_t part = 0; part < shares.size(); ++part) {
        parts[part] += table[label][part];
        const double exact = shares[part] * static_cast<double>(classes[label]);
        CHECK(std::abs(static_cast<double>(table[label][part]) - exact) < 1 + 1e-9);
        CHECK(table[label][part] >= 0);
      }
    }
    std::vector<double> amounts;
    for (const double share : shares) amounts.push_back(share * total);
    CHECK(parts == largest_remainders(amounts));
  }
}
