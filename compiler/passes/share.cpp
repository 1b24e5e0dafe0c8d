#include "compiler/passes/share.h"

#include <map>
#include <utility>

#include "compiler/passes/runner/rewriter.h"

namespace dlc {

using namespace passes;

namespace {

/// Equal nodes have equal keys; the comparison itself is `same`.
using Key = std::pair<std::vector<ValueId>, Shape>;

bool may_be_shared(const Node& node) {
  return std::holds_alternative<Definition>(node) || std::holds_alternative<View>(node) ||
         std::holds_alternative<Gradient>(node);
}

}  // namespace

Graph share(const Graph& before, Remarks& remarks) {
  Rewriter after(before);
  std::map<Key, std::vector<ValueId>> seen;
  for (const ValueId id : after.in_order()) {
    Value value = after.renamed(id);  // Its reads point into the new graph already, so equal means equal.
    if (!may_be_shared(value.node)) {
      after.keep(id, std::move(value));
      continue;
    }
    std::vector<ValueId>& candidates = seen[{operands(value.node), value.type.shape}];
    const auto is_twin = [&](ValueId other) {
      const Value& kept = after.after()[other];
      return kept.type == value.type && same(kept.node, value.node);
    };
    std::optional<ValueId> twin;
    for (const ValueId other : candidates) {
      if (!twin && is_twin(other)) twin = other;
    }
    if (twin) {
      remarks.add(remark::shared, {value.name, after.after()[*twin].name});
      after.replace(id, *twin);
    } else {
      candidates.push_back(after.keep(id, std::move(value)));
    }
  }
  return std::move(after).finish();
}

}  // namespace dlc
