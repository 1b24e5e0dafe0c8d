#include "compiler/passes/dead.h"

#include <utility>

#include "compiler/passes/runner/rewriter.h"

namespace dlc {

using namespace passes;

namespace {

bool is_needed_by_itself(const Node& node) {
  return std::visit(match{
                        [](const Input&) { return true; },
                        [](const Parameter&) { return true; },
                        [](const State&) { return true; },
                        [](const Definition&) { return false; },
                        [](const View&) { return false; },
                        [](const Gradient&) { return false; },
                        [](const Update&) { return true; },
                    },
                    node);
}

}  // namespace

Graph dead(const Graph& before, Remarks& remarks) {
  std::vector<bool> is_needed(before.size(), false);
  for (const Output& output : before.outputs) is_needed[number_of(output.value)] = true;
  for (std::size_t i = before.size(); i-- > 0;) {
    const Node& node = before.values()[i].node;
    is_needed[i] = is_needed[i] || is_needed_by_itself(node);
    if (!is_needed[i]) continue;
    for (const ValueId read : operands(node)) is_needed[number_of(read)] = true;
  }
  Rewriter after(before);
  for (const ValueId id : after.in_order()) {
    if (is_needed[number_of(id)]) {
      after.keep(id, after.renamed(id));
    } else {
      remarks.add(remark::removed, {before[id].name});
    }
  }
  return std::move(after).finish();
}

}  // namespace dlc
