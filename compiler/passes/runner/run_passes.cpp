#include "compiler/passes/runner/run_passes.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <numeric>
#include <utility>

#include "compiler/passes/constants.h"
#include "compiler/passes/contraction_operands.h"
#include "compiler/passes/dead.h"
#include "compiler/passes/fold_factors.h"
#include "compiler/passes/gather.h"
#include "compiler/passes/inline_definitions.h"
#include "compiler/passes/invariants.h"
#include "compiler/passes/narrow.h"
#include "compiler/passes/reuse.h"
#include "compiler/passes/share.h"
#include "compiler/passes/simplify.h"
#include "compiler/passes/split.h"
#include "compiler/passes/views.h"

namespace dlc {

namespace {

constexpr auto rows = std::to_array<Pass>({
#define PASS(name, keeps_bits, help) {#name, keeps_bits, help, &name},
#include "compiler/passes/pipeline.def"
});

/// How many letters must be changed, added or left out (Levenshtein 1966).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::optional<PassFailure> unknown_pass(const PassOptions& options) {
  std::vector<std::string> names = options.skip;
  if (!options.only.empty()) names.push_back(options.only);
  for (const std::string& name : names) {
    if (find_pass(name) != nullptr) continue;
    const std::string text =
        "there is no pass \"" + name + "\"; did you mean " + std::string(nearest_pass(name)) + "?";
    return PassFailure{PassFailure::What::unknown_pass, name, text, {}, {}};
  }
  return std::nullopt;
}

/// The rows that run, in order.
std::vector<const Pass*> chosen(const PassOptions& options) {
  if (!options.only.empty()) return {find_pass(options.only)};
  std::vector<const Pass*> result;
  for (const Pass& pass : rows) {
    const bool is_skipped =
        std::find(options.skip.begin(), options.skip.end(), pass.name) != options.skip.end();
    if (!is_skipped) result.push_back(&pass);
  }
  return result;
}

}  // namespace

std::span<const Pass> pipeline() {
  return rows;
}

const Pass* find_pass(std::string_view name) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Pass& pass) { return pass.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

std::string_view nearest_pass(std::string_view name) {
  for (const Pass& pass : rows) {
    if (!name.empty() && pass.name.starts_with(name)) return pass.name;
  }
  return std::min_element(
             rows.begin(), rows.end(),
             [&](const Pass& a, const Pass& b) { return distance(a.name, name) < distance(b.name, name); })
      ->name;
}

std::variant<Graph, PassFailure> run_passes(Graph graph, const PassOptions& options,
                                            const PassObserver& observer) {
  if (auto failure = unknown_pass(options)) return std::move(*failure);
  const std::vector<const Pass*> passes = chosen(options);
  bool unverified = false;
  for (const Pass* const row : passes) {
    const Pass& pass = *row;
    if (options.begins) options.begins(pass, graph);
    const auto start = std::chrono::steady_clock::now();
    Remarks remarks;
    Graph next = pass.run(graph, remarks);
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    const bool changed = !same(graph, next);
    unverified = unverified || changed;
    if (unverified && (options.verify || row == passes.back())) {
      unverified = false;
      if (auto broken = broken_rule(next)) {
        return PassFailure{PassFailure::What::broken, std::string(pass.name), *broken, std::move(next),
                           std::move(graph)};
      }
    }
    if (observer) observer({pass, next, changed, time.count(), remarks.all()});
    graph = std::move(next);
  }
  return graph;
}

}  // namespace dlc
