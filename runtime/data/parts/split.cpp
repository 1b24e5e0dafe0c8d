#include "runtime/data/parts/split.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <numeric>

#include "runtime/data/parts/random_order.h"
#include "runtime/data/parts/stratified_sizes.h"

// What no part takes is a last part of its own here, so that amounts add up to the number of examples.

namespace dlc {
namespace {

constexpr double rounding = 1e-9;

std::string text_of(double number) {
  std::string text = std::to_string(number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

// Shares of 1, the unused one last.
Result<std::vector<double>> shares_of(std::int64_t count, const SplitRule& rule) {
  std::vector<double> shares;
  double sum = 0;
  for (const PartAmount& part : rule.parts) {
    if (part.amount < 0) return Failure{.what = "split: " + part.part + " cannot be negative", .file = {}};
    shares.push_back(rule.counts ? part.amount / static_cast<double>(count) : part.amount);
    sum += part.amount;
  }
  if (rule.counts && sum > static_cast<double>(count)) {
    return Failure{
        .what = "split: the parts need " + text_of(sum) + " examples, but there are " + std::to_string(count),
        .file = {}};
  }
  if (!rule.counts && sum > 1 + rounding) {
    return Failure{.what = "split: the shares add up to " + text_of(sum) + ", which is more than 1",
                   .file = {}};
  }
  const double used = std::accumulate(shares.begin(), shares.end(), 0.0);
  shares.push_back(used > 1 - rounding ? 0 : 1 - used);
  return shares;
}

// The examples of each class; all of them as one class without `stratify`.
std::vector<std::vector<std::int64_t>> by_class(std::int64_t count, const SplitRule& rule) {
  if (rule.strata.empty()) return {file_order(count)};
  assert(static_cast<std::int64_t>(rule.strata.size()) == count);
  std::map<std::int32_t, std::vector<std::int64_t>> classes;
  for (std::int64_t example = 0; example < count; ++example) {
    classes[rule.strata[static_cast<std::size_t>(example)]].push_back(example);
  }
  std::vector<std::vector<std::int64_t>> in_order;
  for (auto& [label, members] : classes) in_order.push_back(std::move(members));
  return in_order;
}

}  // namespace

std::vector<std::int64_t> largest_remainders(std::span<const double> amounts) {
  std::vector<std::int64_t> sizes;
  std::vector<double> remainders;
  double sum = 0;
  for (const double amount : amounts) {
    const double floor = std::floor(amount + rounding);  // 0.7 * 10 is a little less than 7 for the machine
    sizes.push_back(static_cast<std::int64_t>(floor));
    remainders.push_back(std::max(0.0, amount - floor));
    sum += amount;
  }
  std::vector<std::size_t> order(amounts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b] + rounding; });
  auto left = static_cast<std::int64_t>(std::llround(sum)) -
              std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  for (std::size_t i = 0; i < order.size() && left > 0; ++i, --left) ++sizes[order[i]];
  return sizes;
}

Result<std::vector<std::vector<std::int64_t>>> split_examples(std::int64_t count, const SplitRule& rule) {
  const Result<std::vector<double>> shares = shares_of(count, rule);
  if (!shares) return shares.failure();
  std::vector<std::vector<std::int64_t>> classes = by_class(count, rule);
  std::vector<std::int64_t> class_sizes;
  for (const auto& members : classes) class_sizes.push_back(static_cast<std::int64_t>(members.size()));
  const std::vector<std::vector<std::int64_t>> sizes = stratified_sizes(class_sizes, *shares);

  std::vector<std::vector<std::int64_t>> parts(shares->size());
  RandomBits random(rule.seed);
  for (std::size_t label = 0; label < classes.size(); ++label) {
    if (!rule.in_order) shuffle(classes[label], random);
    auto first = classes[label].begin();
    for (std::size_t part = 0; part < parts.size(); ++part) {
      parts[part].insert(parts[part].end(), first, first + sizes[label][part]);
      first += sizes[label][part];
    }
  }
  parts.pop_back();
  for (std::size_t part = 0; part < parts.size(); ++part) {
    std::sort(parts[part].begin(), parts[part].end());
    if (parts[part].empty()) {
      return Failure{.what = "split: " + rule.parts[part].part + " would have none of the " +
                             std::to_string(count) + " examples",
                     .file = {}};
    }
  }
  return parts;
}

}  // namespace dlc
