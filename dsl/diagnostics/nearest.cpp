#include <algorithm>
#include <vector>

#include "dsl/diagnostics/diagnostics.h"

namespace dlc {

namespace {

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
}

/// Letters put in, left out, replaced, or two neighbours exchanged (optimal string alignment); case and `_`
/// count half.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = 2 * (i + j);
        continue;
      }
      const std::size_t replace = a[i - 1] == b[j - 1] ? 0 : lower(a[i - 1]) == lower(b[j - 1]) ? 1 : 2;
      const std::size_t drop_a = a[i - 1] == '_' ? 1 : 2;
      const std::size_t drop_b = b[j - 1] == '_' ? 1 : 2;
      cost[i][j] = std::min({cost[i - 1][j - 1] + replace, cost[i - 1][j] + drop_a, cost[i][j - 1] + drop_b});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 2);
      }
    }
  }
  return cost[a.size()][b.size()];
}

bool holds(std::string_view whole, std::string_view part) {
  return part.size() >= 3 && whole.find(part) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view written,
                                        const std::vector<std::string>& candidates) {
  std::optional<std::string> best;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    if (candidate == written || written.size() < 2) continue;
    const std::size_t letters = std::max(written.size(), candidate.size());
    const std::size_t found = distance(written, candidate);
    const bool is_near = found * 3 <= letters * 2;
    const bool is_part = holds(written, candidate) || holds(candidate, written);
    if (!is_near && !is_part) continue;
    // One that is held is worse than any that is near.
    const std::size_t order = is_near ? found : 1000 + found;
    if (!best || order < best_distance) {
      best = candidate;
      best_distance = order;
    }
  }
  return best;
}

}  // namespace dlc
