#pragma once

#include <vector>

#include "compiler/graph/graph.h"

namespace dlc {

/// Which definitions must be done before which: those that are read, and the readers of a parameter's or
/// state's present value before the definition that overwrites it.
class Order {
 public:
  explicit Order(const Graph& graph);

  /// The definitions that stand directly before and after one, by value; empty for other nodes.
  const std::vector<ValueId>& before(ValueId value) const { return before_[number_of(value)]; }
  const std::vector<ValueId>& after(ValueId value) const { return after_[number_of(value)]; }

  /// Is `last` directly or indirectly after `first`?
  bool follows(ValueId last, ValueId first) const;

  void add(ValueId first, ValueId last);
  void make_room(std::size_t values);  // for values that the graph got since

 private:
  std::vector<std::vector<ValueId>> before_;
  std::vector<std::vector<ValueId>> after_;
};

/// A graph in which each update's value is a definition that may be written straight over the target, and the
/// order that this asks for. Where an update's value is no definition, belongs to two updates, or is needed
/// before the last reader of the present value, it is copied by a definition of its own at the end. Outputs
/// that want the present value of what is updated get a copy too.
struct Settled {
  Graph graph;
  Order order;
};
Settled settle_updates(const Graph& before);

}  // namespace dlc
