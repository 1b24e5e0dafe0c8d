// Which definitions are computed by one kernel.
//
// Definitions are taken in the graph's order; an element-wise one joins the kernel of something it reads, or
// of something that reads what it reads, if that kernel runs over the same elements. Two things forbid it: a
// read of a member at another element (that element may not be there yet), and a third kernel that must run
// between them.
#include "compiler/plan/group.h"

#include <algorithm>
#include <cassert>
#include <set>

#include "compiler/plan/choose_schedule.h"
#include "compiler/plan/product.h"
#include "compiler/plan/uses.h"

namespace dlc {

namespace {

using KernelNumber = std::size_t;
constexpr KernelNumber no_kernel = static_cast<KernelNumber>(-1);
constexpr std::size_t most_roots = 6;  // each has accumulators of its own, and there are 16 registers or more

constexpr std::size_t most_updates = 8;

bool same_box(const Definition& a, const Definition& b) {
  return a.write == b.write &&
         std::equal(a.indices.begin(), a.indices.end(), b.indices.begin(), b.indices.end(),
                    [](const Index& x, const Index& y) { return x.extent == y.extent; });
}

/// Do both read the same elements of a tensor in the same turns?
bool share_a_read(const Definition& a, const Definition& b) {
  for (const Expression& expression : a.body.expressions) {
    const Read* read = std::get_if<Read>(&expression);
    const auto is_the_same = [&](const Expression& other) {
      const Read* its = std::get_if<Read>(&other);
      return its != nullptr && its->tensor == read->tensor && its->window == read->window;
    };
    if (read != nullptr && std::any_of(b.body.expressions.begin(), b.body.expressions.end(), is_the_same))
      return true;
  }
  return false;
}

class Grouping {
 public:
  Grouping(const Graph& graph, const Order& order)
      : graph_(graph),
        order_(order),
        readers_(graph.size()),
        is_update_(graph.size()),
        kernel_of_(graph.size(), no_kernel) {
    for (std::size_t i = 0; i < graph.size(); ++i) {
      if (const Update* update = std::get_if<Update>(&graph[ValueId(i)].node))
        is_update_[number_of(update->value)] = true;
      if (!definition_of(graph, ValueId(i))) continue;
      for (const ValueId operand : operands(graph[ValueId(i)].node))
        readers_[number_of(source_of(graph, operand))].push_back(ValueId(i));
    }
  }

  std::vector<Kernel> run() {
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      if (definition_of(graph_, ValueId(i))) place(ValueId(i));
    }
    return in_order();
  }

 private:
  const Definition& definition(ValueId id) const { return std::get<Definition>(graph_[id].node); }

  void place(ValueId id) {
    const Schedule schedule = schedule_of(graph_, id);
    if (is_elementwise(definition(id))) {
      for (const KernelNumber candidate : candidates(id)) {
        if (!may_join(id, candidate)) continue;
        kernels_[candidate].computes.push_back(id);
        kernel_of_[number_of(id)] = candidate;
        return;
      }
    }
    if (schedule == Schedule::reduction) {
      for (const KernelNumber candidate : readers_of_the_same(id)) {
        if (!may_be_root_of(id, candidate)) continue;
        Kernel& kernel = kernels_[candidate];
        kernel.computes.insert(kernel.computes.begin() + static_cast<std::ptrdiff_t>(kernel.roots++), id);
        kernel_of_[number_of(id)] = candidate;
        return;
      }
    }
    kernel_of_[number_of(id)] = kernels_.size();
    kernels_.push_back(Kernel{schedule, {id}});
  }

  /// The kernels whose roots read a tensor through the same window, the latest first.
  std::vector<KernelNumber> readers_of_the_same(ValueId id) const {
    std::vector<KernelNumber> kernels;
    for (const ValueId operand : operands(graph_[id].node)) {
      for (const ValueId reader : readers_[number_of(source_of(graph_, operand))]) {
        const KernelNumber kernel = kernel_of_[number_of(reader)];
        if (kernel != no_kernel && share_a_read(definition(id), definition(reader)))
          kernels.push_back(kernel);
      }
    }
    std::sort(kernels.rbegin(), kernels.rend());
    return kernels;
  }

  /// Can the reduction be computed in the same pass as those of the kernel?
  bool may_be_root_of(ValueId id, KernelNumber candidate) const {
    const Kernel& kernel = kernels_[candidate];
    const Definition& root = definition(kernel.computes.front());
    if (kernel.schedule != Schedule::reduction || kernel.roots >= most_roots) return false;
    if (!same_box(root, definition(id)) ||
        graph_[id].type.shape != graph_[kernel.computes.front()].type.shape)
      return false;
    for (std::size_t m = 0; m < kernel.computes.size(); ++m) {
      const ValueId member = kernel.computes[m];
      if (reads(graph_, definition(id), member)) return false;
      if (!meets_in_place(id, member) || !meets_in_place(member, id)) return false;
    }
    return !third_between(id, candidate);
  }

  /// The kernels that compute what this one reads, the latest first, then those that read the same tensors;
  /// for an update, those of other updates too: they are many, small, and often of one shape.
  std::vector<KernelNumber> candidates(ValueId id) const {
    std::vector<KernelNumber> makers;
    std::vector<KernelNumber> companions;
    for (const ValueId operand : operands(graph_[id].node)) {
      const KernelNumber maker = kernel_of_[number_of(source_of(graph_, operand))];
      if (maker != no_kernel) makers.push_back(maker);
      for (const ValueId reader : readers_[number_of(source_of(graph_, operand))]) {
        const KernelNumber companion = kernel_of_[number_of(reader)];
        if (companion != no_kernel && reads_in_place(graph_, definition(id), operand))
          companions.push_back(companion);
      }
    }
    std::sort(makers.rbegin(), makers.rend());
    std::sort(companions.rbegin(), companions.rend());
    makers.insert(makers.end(), companions.begin(), companions.end());
    if (!is_update_[number_of(id)]) return makers;
    for (KernelNumber k = kernels_.size(); k-- > 0;) {
      if (is_update_[number_of(kernels_[k].computes.front())] && kernels_[k].computes.size() < most_updates)
        makers.push_back(k);
    }
    return makers;
  }

  bool may_join(ValueId id, KernelNumber candidate) const {
    const Kernel& kernel = kernels_[candidate];
    const Definition& root = definition(kernel.computes.front());
    if (kernel.schedule == Schedule::scatter || !is_identity(root.write)) return false;
    if (result_extents(root) != graph_[id].type.shape) return false;
    if (kernel.schedule == Schedule::contraction && !fits_product(graph_, definition(id))) return false;
    for (const ValueId member : kernel.computes) {
      if (!meets_in_place(id, member) || !meets_in_place(member, id)) return false;
    }
    return !third_between(id, candidate);
  }

  /// Does `reader` read what `writer` writes, and what it overwrites, only element by element?
  bool meets_in_place(ValueId reader, ValueId writer) const {
    if (!reads_in_place(graph_, definition(reader), writer)) return false;
    for (const Value& value : graph_.values()) {
      const Update* update = std::get_if<Update>(&value.node);
      if (update && update->value == writer && !reads_in_place(graph_, definition(reader), update->target))
        return false;
    }
    return true;
  }

  /// Would a kernel have to run after one and before the other?
  bool third_between(ValueId id, KernelNumber candidate) const {
    const auto outside = [&](ValueId at) { return at != id && kernel_of_[number_of(at)] != candidate; };
    std::set<ValueId> seen;
    std::vector<ValueId> open;
    const auto leave = [&](ValueId from) {
      for (const ValueId next : companions_of(from)) {
        for (const ValueId after : order_.after(next)) {
          if (outside(after) && seen.insert(after).second) open.push_back(after);
        }
      }
    };
    leave(id);
    for (const ValueId member : kernels_[candidate].computes) leave(member);
    while (!open.empty()) {
      const ValueId at = open.back();
      open.pop_back();
      for (const ValueId companion : companions_of(at)) {
        for (const ValueId after : order_.after(companion)) {
          if (!outside(after)) return true;
          if (seen.insert(after).second) open.push_back(after);
        }
      }
    }
    return false;
  }

  /// All that is computed together with it, itself too.
  std::vector<ValueId> companions_of(ValueId id) const {
    const KernelNumber kernel = kernel_of_[number_of(id)];
    return kernel == no_kernel ? std::vector{id} : kernels_[kernel].computes;
  }

  /// The kernels in an order that has each after those before it; of several the one that the graph has
  /// first.
  std::vector<Kernel> in_order() const {
    std::vector<std::set<KernelNumber>> waits_for(kernels_.size());
    for (KernelNumber k = 0; k < kernels_.size(); ++k) {
      for (const ValueId id : kernels_[k].computes) {
        for (const ValueId before : order_.before(id)) {
          if (kernel_of_[number_of(before)] != k) waits_for[k].insert(kernel_of_[number_of(before)]);
        }
      }
    }
    std::vector<Kernel> ordered;
    std::vector<bool> done(kernels_.size());
    while (ordered.size() < kernels_.size()) {
      [[maybe_unused]] const std::size_t so_far = ordered.size();
      for (KernelNumber k = 0; k < kernels_.size(); ++k) {
        const bool ready =
            std::all_of(waits_for[k].begin(), waits_for[k].end(), [&](KernelNumber b) { return done[b]; });
        if (done[k] || !ready) continue;
        done[k] = true;
        ordered.push_back(kernels_[k]);
        break;
      }
      assert(ordered.size() > so_far && "the order has no cycle");
    }
    return ordered;
  }

  const Graph& graph_;
  const Order& order_;
  std::vector<std::vector<ValueId>> readers_;  // by value that is no view: the definitions that read it
  std::vector<bool> is_update_;                // by value: it is what a parameter or state will be
  std::vector<KernelNumber> kernel_of_;
  std::vector<Kernel> kernels_;
};

}  // namespace

std::string_view name_of(Schedule schedule) {
  switch (schedule) {
    case Schedule::sweep: return "sweep";
    case Schedule::reduction: return "reduction";
    case Schedule::contraction: return "contraction";
    case Schedule::scatter: return "scatter";
  }
  __builtin_unreachable();
}

std::vector<bool> stored_values(const Graph& graph, const std::vector<Kernel>& kernels) {
  constexpr std::size_t outside = static_cast<std::size_t>(-1);
  std::vector<std::size_t> kernel_of(graph.size(), outside);
  for (std::size_t k = 0; k < kernels.size(); ++k) {
    for (const ValueId id : kernels[k].computes) kernel_of[number_of(id)] = k;
  }
  std::vector<bool> stored(graph.size());
  for (const Output& output : graph.outputs) stored[number_of(source_of(graph, output.value))] = true;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (std::holds_alternative<View>(graph[ValueId(i)].node)) continue;
    for (const ValueId operand : operands(graph[ValueId(i)].node)) {
      const std::size_t source = number_of(source_of(graph, operand));
      if (kernel_of[i] == outside || kernel_of[i] != kernel_of[source]) stored[source] = true;
    }
  }
  return stored;
}

std::vector<Kernel> group(const Graph& graph, const Order& order) {
  return Grouping(graph, order).run();
}

}  // namespace dlc
