// Lifetimes, and one arena for all that lives between the kernels.
//
// Storages are placed from the largest to the smallest, each at the lowest offset where it meets none that
// lives at the same time. That is close to the lower bound in practice (Pisarchyk & Lee 2020, "Efficient
// memory management for deep neural net inference").
#include "compiler/plan/memory.h"

#include <algorithm>
#include <numeric>

#include "compiler/plan/uses.h"

namespace dlc {

namespace {

constexpr std::size_t alignment = 64;

std::size_t rounded_up(std::size_t bytes) {
  return (bytes + alignment - 1) / alignment * alignment;
}

class Planner {
 public:
  Planner(const Graph& graph, const std::vector<Kernel>& kernels) : graph_(graph), kernels_(kernels) {
    plan_.of_value.resize(graph.size());
    plan_.scratch_of.resize(kernels.size());
    last_use_.assign(graph.size(), 0);
  }

  MemoryPlan run(const std::vector<std::size_t>& scratch) {
    find_last_uses();
    place_outside_values();
    const std::vector<bool> stored = stored_values(graph_, kernels_);
    for (std::size_t k = 0; k < kernels_.size(); ++k) {
      for (const ValueId id : kernels_[k].computes) {
        if (stored[number_of(id)] && !plan_.of_value[number_of(id)]) store(id, k);
      }
      if (scratch[k] > 0) plan_.scratch_of[k] = add(Storage{std::nullopt, rounded_up(scratch[k]), 0, k, k});
    }
    name_views();
    place_in_arena();
    return std::move(plan_);
  }

 private:
  StorageId add(Storage storage) {
    plan_.storages.push_back(storage);
    return StorageId(plan_.storages.size() - 1);
  }

  void find_last_uses() {
    for (std::size_t k = 0; k < kernels_.size(); ++k) {
      for (const ValueId id : kernels_[k].computes) {
        last_use_[number_of(id)] = std::max(last_use_[number_of(id)], k);
        for (const ValueId operand : operands(graph_[id].node))
          last_use_[number_of(source_of(graph_, operand))] = k;
      }
    }
    for (const Output& output : graph_.outputs)
      last_use_[number_of(source_of(graph_, output.value))] = kernels_.size();
  }

  void place_outside_values() {
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      const Node& node = graph_[ValueId(i)].node;
      if (std::holds_alternative<Input>(node) || std::holds_alternative<Parameter>(node) ||
          std::holds_alternative<State>(node)) {
        plan_.of_value[i] =
            add(Storage{ValueId(i), bytes_of(graph_[ValueId(i)].type), 0, 0, kernels_.size()});
      }
    }
    for (const Value& value : graph_.values()) {
      const Update* update = std::get_if<Update>(&value.node);
      if (update) plan_.of_value[number_of(update->value)] = plan_.of_value[number_of(update->target)];
    }
  }

  void store(ValueId id, std::size_t kernel) {
    const std::size_t last = last_use_[number_of(id)];
    const std::size_t bytes = rounded_up(bytes_of(graph_[id].type));
    if (kernels_[kernel].schedule == Schedule::sweep) {
      if (const std::optional<StorageId> dying = overwritable(id, kernel)) {
        plan_.storages[number_of(*dying)].last = std::max(last, kernel);
        plan_.of_value[number_of(id)] = dying;
        return;
      }
    }
    plan_.of_value[number_of(id)] = add(Storage{std::nullopt, bytes, 0, kernel, std::max(last, kernel)});
  }

  /// The storage of an operand that dies in this kernel, is as large, and is read by all of the kernel only
  /// element by element.
  std::optional<StorageId> overwritable(ValueId id, std::size_t kernel) const {
    for (const ValueId member : kernels_[kernel].computes) {
      for (const ValueId operand : operands(graph_[member].node)) {
        const ValueId source = source_of(graph_, operand);
        const std::optional<StorageId> storage = plan_.of_value[number_of(source)];
        if (!storage) continue;
        const Storage& old = plan_.storages[number_of(*storage)];
        const bool dies = !old.outside && old.first < kernel && old.last == kernel;
        if (!dies || bytes_of(graph_[source].type) != bytes_of(graph_[id].type)) continue;
        if (bytes_of(graph_[source].type.element) != bytes_of(graph_[id].type.element)) continue;
        if (std::all_of(kernels_[kernel].computes.begin(), kernels_[kernel].computes.end(),
                        [&](ValueId reader) {
                          return reads_in_place(graph_, std::get<Definition>(graph_[reader].node), source);
                        })) {
          return storage;
        }
      }
    }
    return std::nullopt;
  }

  void name_views() {
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      if (std::holds_alternative<View>(graph_[ValueId(i)].node)) {
        plan_.of_value[i] = plan_.of_value[number_of(source_of(graph_, ValueId(i)))];
      }
    }
  }

  void place_in_arena() {
    std::vector<std::size_t> by_size;
    for (std::size_t s = 0; s < plan_.storages.size(); ++s) {
      if (!plan_.storages[s].outside) by_size.push_back(s);
    }
    std::stable_sort(by_size.begin(), by_size.end(), [&](std::size_t a, std::size_t b) {
      return plan_.storages[a].bytes > plan_.storages[b].bytes;
    });
    std::vector<std::size_t> placed;  // by offset
    for (const std::size_t s : by_size) {
      Storage& storage = plan_.storages[s];
      for (const std::size_t p : placed) {
        const Storage& other = plan_.storages[p];
        if (other.last < storage.first || storage.last < other.first) continue;
        if (storage.offset + storage.bytes <= other.offset) break;
        storage.offset = std::max(storage.offset, other.offset + other.bytes);
      }
      placed.push_back(s);
      std::stable_sort(placed.begin(), placed.end(), [&](std::size_t a, std::size_t b) {
        return plan_.storages[a].offset < plan_.storages[b].offset;
      });
      plan_.arena_bytes = std::max(plan_.arena_bytes, storage.offset + storage.bytes);
    }
    for (std::size_t k = 0; k <= kernels_.size(); ++k) {
      std::size_t alive = 0;
      for (const std::size_t s : by_size) {
        const Storage& storage = plan_.storages[s];
        if (storage.first <= k && k <= storage.last) alive += storage.bytes;
      }
      plan_.lower_bound = std::max(plan_.lower_bound, alive);
    }
  }

  const Graph& graph_;
  const std::vector<Kernel>& kernels_;
  MemoryPlan plan_;
  std::vector<std::size_t> last_use_;
};

}  // namespace

std::size_t bytes_of(Element element) {
  return element == Element::u8 ? 1 : 4;
}

std::size_t bytes_of(const Type& type) {
  return static_cast<std::size_t>(count(type.shape)) * bytes_of(type.element);
}

MemoryPlan plan_memory(const Graph& graph, const std::vector<Kernel>& kernels,
                       const std::vector<std::size_t>& scratch) {
  return Planner(graph, kernels).run(scratch);
}

}  // namespace dlc
