#include <algorithm>

#include "compiler/window/window.h"

namespace dlc {

namespace {

constexpr std::int64_t most_tries = 4'000'000;

/// Does the sum take each whole number of its range exactly once? 6*i + 2*j + k does for k < 2 and j < 3.
/// Marks the indices as used; each may be used once.
bool is_dense(const Position& sum, std::span<const Index> indices, std::vector<bool>& used) {
  if (!is_affine(sum)) return false;
  std::vector<std::pair<std::int64_t, std::size_t>> digits;
  for (const Term& term : sum.terms) {
    const std::size_t index = number_of(std::get<IndexId>(term.what));
    if (indices[index].extent == 1) continue;
    if (used[index]) return false;
    used[index] = true;
    digits.emplace_back(std::abs(term.coefficient), index);
  }
  std::sort(digits.begin(), digits.end());
  std::int64_t next = 1;
  for (const auto& [size, index] : digits) {
    if (size != next) return false;
    next *= indices[index].extent;
  }
  return true;
}

bool covers_in_mixed_radix(const Window& window, std::span<const Index> indices, const Shape& tensor) {
  std::vector<bool> used;
  for (const Index& index : indices) used.push_back(index.extent == 1);
  for (std::size_t k = 0; k < window.size(); ++k) {
    if (!is_dense(window[k], indices, used)) return false;
    const Range values = range(window[k], indices);
    if (values.least > 0 || values.most < tensor[k] - 1) return false;
  }
  return std::all_of(used.begin(), used.end(), [](bool is_used) { return is_used; });
}

bool covers_by_trying(const Window& window, std::span<const Index> indices, const Shape& tensor) {
  std::int64_t combinations = 1;
  for (const Index& index : indices) {
    combinations *= index.extent;
    if (combinations > most_tries) return false;
  }
  std::int64_t elements = 1;
  for (const std::int64_t extent : tensor) {
    elements *= extent;
    if (elements > combinations) return false;
  }
  if (std::any_of(window.begin(), window.end(), holds_lookup)) return false;
  std::vector<bool> written(static_cast<std::size_t>(elements), false);
  std::int64_t count = 0;
  bool once = true;
  for_each_combination(indices, [&](std::span<const std::int64_t> values) {
    std::int64_t linear = 0;
    for (std::size_t k = 0; k < window.size(); ++k) {
      const std::int64_t position = value_at(window[k], values, {});
      if (position < 0 || position >= tensor[k]) return;
      linear = linear * tensor[k] + position;
    }
    once = once && !written[static_cast<std::size_t>(linear)];
    written[static_cast<std::size_t>(linear)] = true;
    ++count;
  });
  return once && count == elements;
}

}  // namespace

bool covers_once(const Window& window, std::span<const Index> indices, const Shape& tensor) {
  return covers_in_mixed_radix(window, indices, tensor) || covers_by_trying(window, indices, tensor);
}

}  // namespace dlc
