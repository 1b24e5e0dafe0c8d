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

constexpr std::string_view other_elements = "one reads what the other writes at other elements";
constexpr std::string_view between = "another kernel runs between them";

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
  Grouping(const Graph& graph, const Order& order, Remarks& remarks)
      : graph_(graph),
        order_(order),
        remarks_(remarks),
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
      if (const auto kernel = first_that_takes(id, candidates(id), &Grouping::why_not_member)) {
        kernels_[*kernel].computes.push_back(id);
        kernel_of_[number_of(id)] = *kernel;
        return;
      }
    }
    if (schedule == Schedule::reduction) {
      if (const auto kernel = first_that_takes(id, readers_of_the_same(id), &Grouping::why_not_root)) {
        std::vector<ValueId>& computes = kernels_[*kernel].computes;
        computes.insert(computes.begin() + static_cast<std::ptrdiff_t>(kernels_[*kernel].roots++), id);
        kernel_of_[number_of(id)] = *kernel;
        return;
      }
    }
    kernel_of_[number_of(id)] = kernels_.size();
    kernels_.push_back(Kernel{schedule, {id}});
  }

  /// Why a definition cannot be computed with a kernel's; none if it can.
  using WhyNot = std::optional<std::string_view> (Grouping::*)(ValueId, KernelNumber) const;

  std::optional<KernelNumber> first_that_takes(ValueId id, const std::vector<KernelNumber>& kernels,
                                               WhyNot why_not) {
    std::optional<Remark> first_refusal;
    for (const KernelNumber kernel : kernels) {
      const std::string& other = graph_[kernels_[kernel].computes.front()].name;
      const auto reason = (this->*why_not)(id, kernel);
      if (!reason) {
        remarks_.add(remark::joined, {graph_[id].name, other});
        return kernel;
      }
      if (!first_refusal)
        first_refusal = {remark::not_joined, {graph_[id].name, other, std::string(*reason)}};
    }
    if (first_refusal) remarks_.add(first_refusal->what, first_refusal->names);
    return std::nullopt;
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

  /// A reduction, in the same pass as those of the kernel.
  std::optional<std::string_view> why_not_root(ValueId id, KernelNumber candidate) const {
    const Kernel& kernel = kernels_[candidate];
    const Definition& root = definition(kernel.computes.front());
    if (kernel.schedule != Schedule::reduction) return "that is no reduction";
    if (kernel.roots >= most_roots) return "that has as many results as there is room for";
    const bool same_shape = graph_[id].type.shape == graph_[kernel.computes.front()].type.shape;
    if (!same_box(root, definition(id)) || !same_shape) return "the indices have other ranges";
    for (const ValueId member : kernel.computes) {
      if (reads(graph_, definition(id), member)) return "it reads the finished result";
      if (!meets_in_place(id, member) || !meets_in_place(member, id)) return other_elements;
    }
    if (third_between(id, candidate)) return between;
    return std::nullopt;
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

  /// An element-wise definition, after the roots of the kernel.
  std::optional<std::string_view> why_not_member(ValueId id, KernelNumber candidate) const {
    const Kernel& kernel = kernels_[candidate];
    const Definition& root = definition(kernel.computes.front());
    if (kernel.schedule == Schedule::scatter || !is_identity(root.write)) return "that writes at any place";
    if (result_extents(root) != graph_[id].type.shape) return "the shapes are not the same";
    if (kernel.schedule == Schedule::contraction && !fits_product(graph_, definition(id)))
      return "it does not fit behind a contraction";
    for (const ValueId member : kernel.computes) {
      if (!meets_in_place(id, member) || !meets_in_place(member, id)) return other_elements;
    }
    if (third_between(id, candidate)) return between;
    return std::nullopt;
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
  Remarks& remarks_;
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
  constexpr auto outside = static_cast<std::size_t>(-1);
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

std::vector<Kernel> group(const Graph& graph, const Order& order, Remarks& remarks) {
  return Grouping(graph, order, remarks).run();
}

}  // namespace dlc
