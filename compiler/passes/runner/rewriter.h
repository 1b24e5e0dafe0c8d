#pragma once

#include <string>
#include <vector>

#include "compiler/graph/graph.h"

namespace dlc::passes {

/// Rebuilds a graph value by value, in order. A pass decides for each value of the graph before: keep it
/// (changed or not), or replace it by one that stands in the new graph already. New values may be added at
/// any moment; what is neither kept nor replaced is left out.
class Rewriter {
 public:
  explicit Rewriter(const Graph& before) : before_(before), now_(before.size()) {}

  /// The ids of the graph before, operands first.
  std::vector<ValueId> in_order() const;

  /// The value as it was, but reading the values of the new graph.
  Value renamed(ValueId old) const;

  ValueId keep(ValueId old, Value value);

  /// Readers of `old` read `by`, a value of the new graph, which keeps the places of both.
  void replace(ValueId old, ValueId by);

  /// A value that was not there before; its name gets a suffix where either graph has it.
  ValueId add(Value value);

  /// What stands for a value of the graph before; it was kept or replaced.
  ValueId now(ValueId old) const { return now_[number_of(old)].value(); }
  bool has(ValueId old) const { return now_[number_of(old)].has_value(); }

  const Graph& before() const { return before_; }
  const Graph& after() const { return after_; }

  Graph finish() &&;

 private:
  const Graph& before_;
  Graph after_;
  std::vector<std::optional<ValueId>> now_;
};

/// How many values read each value, and whether it is wanted whole: by an output, an update, a view or a
/// gradient.
struct Readers {
  std::vector<std::vector<ValueId>> of;
  std::vector<bool> kept_whole;
};
Readers readers(const Graph& graph);

}  // namespace dlc::passes
