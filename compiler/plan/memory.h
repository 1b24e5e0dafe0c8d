#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "compiler/graph/graph.h"
#include "compiler/plan/group.h"

namespace dlc {

enum class StorageId : std::uint32_t {};
inline std::size_t number_of(StorageId storage) {
  return static_cast<std::size_t>(storage);
}

/// A stretch of memory: a buffer of the caller's, or a part of the arena for as long as it lives.
struct Storage {
  std::optional<ValueId> outside;  // the input, parameter or state that it is
  std::size_t bytes = 0;
  std::size_t offset = 0;  // in the arena, a multiple of 64
  std::size_t first = 0;   // the kernels between which it lives, both included
  std::size_t last = 0;
};

/// Where every value lies. Values that live at the same time overlap only where one kernel overwrites its
/// dying operand element by element.
struct MemoryPlan {
  std::vector<Storage> storages;
  std::vector<std::optional<StorageId>> of_value;  // none: the value stays in registers, or nothing needs it
  std::vector<std::optional<StorageId>> scratch_of;  // by kernel
  std::size_t arena_bytes = 0;
  std::size_t lower_bound = 0;  // the largest sum of storages of the arena that live during one kernel
};

/// `scratch`: bytes that each kernel wants while it runs.
MemoryPlan plan_memory(const Graph& graph, const std::vector<Kernel>& kernels,
                       const std::vector<std::size_t>& scratch);

std::size_t bytes_of(const Type& type);
std::size_t bytes_of(Element element);

/// The text of --emit=plan: a line for each kernel, the storages and the size of the arena, then as comments
/// what grouping did not join, and why.
std::string print_plan(const Graph& graph, const std::vector<Kernel>& kernels, const MemoryPlan& plan,
                       const Remarks& remarks);

}  // namespace dlc
