#include "compiler/plan/memory.h"

namespace dlc {

namespace {

std::string where(const MemoryPlan& plan, StorageId id, const Graph& graph) {
  const Storage& storage = plan.storages[number_of(id)];
  if (storage.outside) return graph[*storage.outside].name;
  return "arena+" + std::to_string(storage.offset);
}

}  // namespace

std::string print_plan(const Graph& graph, const std::vector<Kernel>& kernels, const MemoryPlan& plan,
                       const Remarks& remarks) {
  std::string text;
  for (std::size_t k = 0; k < kernels.size(); ++k) {
    text += "kernel " + std::to_string(k) + " " + std::string(name_of(kernels[k].schedule));
    for (const ValueId id : kernels[k].computes) {
      text += " " + graph[id].name;
      if (const auto storage = plan.of_value[number_of(id)]) text += " -> " + where(plan, *storage, graph);
    }
    if (const auto scratch = plan.scratch_of[k]) {
      text += " scratch " + std::to_string(plan.storages[number_of(*scratch)].bytes) + " at " +
              where(plan, *scratch, graph);
    }
    text += "\n";
  }
  for (const Storage& storage : plan.storages) {
    if (storage.outside) continue;
    text += "arena+" + std::to_string(storage.offset) + " " + std::to_string(storage.bytes) +
            " bytes, kernels " + std::to_string(storage.first) + " to " + std::to_string(storage.last) + "\n";
  }
  text += "arena " + std::to_string(plan.arena_bytes) + " bytes, lower bound " +
          std::to_string(plan.lower_bound) + "\n";
  for (const Remark& one : remarks.all()) {
    if (one.what == remark::not_joined) text += "# " + text_of(one) + "\n";
  }
  return text;
}

}  // namespace dlc
