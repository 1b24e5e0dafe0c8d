// Laws of the order of kernels and of the arena, over random programs.
#include "compiler/plan/memory.h"

#include <catch2/catch.hpp>
#include <set>

#include "compiler/differentiate/differentiate.h"
#include "compiler/plan/order.h"
#include "compiler/plan/uses.h"
#include "tests/programs/random_graph.h"

namespace {

using namespace dlc;

struct Planned {
  Settled settled;
  std::vector<Kernel> kernels;
  MemoryPlan plan;
};

Planned planned(unsigned seed) {
  Planned result{settle_updates(differentiate(dlc::tests::random_program(seed))), {}, {}};
  Remarks remarks;
  result.kernels = group(result.settled.graph, result.settled.order, remarks);
  std::vector<std::size_t> scratch;
  for (std::size_t k = 0; k < result.kernels.size(); ++k) scratch.push_back(k % 3 * 100);
  result.plan = plan_memory(result.settled.graph, result.kernels, scratch);
  return result;
}

}  // namespace

TEST_CASE("storages that live at one time do not overlap", "[plan][law]") {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    const MemoryPlan plan = planned(seed).plan;
    for (const Storage& a : plan.storages) {
      if (a.outside) continue;
      REQUIRE(a.offset % 64 == 0);
      REQUIRE(a.offset + a.bytes <= plan.arena_bytes);
      for (const Storage& b : plan.storages) {
        if (&a == &b || b.outside || a.last < b.first || b.last < a.first) continue;
        REQUIRE((a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset));
      }
    }
    REQUIRE(plan.lower_bound <= plan.arena_bytes);
  }
}

TEST_CASE("kernels run after what they read, and before what they read is overwritten", "[plan][law]") {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    const Planned one = planned(seed);
    const Graph& graph = one.settled.graph;
    std::vector<std::size_t> kernel_of(graph.size(), one.kernels.size());
    for (std::size_t k = 0; k < one.kernels.size(); ++k) {
      for (const ValueId id : one.kernels[k].computes) {
        REQUIRE(kernel_of[number_of(id)] == one.kernels.size());
        kernel_of[number_of(id)] = k;
      }
    }
    for (std::size_t i = 0; i < graph.size(); ++i) {
      const Definition* reader = definition_of(graph, ValueId(i));
      if (!reader) continue;
      REQUIRE(kernel_of[i] < one.kernels.size());
      for (const Value& value : graph.values()) {
        const Update* update = std::get_if<Update>(&value.node);
        if (update && reads(graph, *reader, update->target))
          REQUIRE(kernel_of[i] <= kernel_of[number_of(update->value)]);
      }
      for (const ValueId operand : operands(graph[ValueId(i)].node)) {
        const ValueId source = source_of(graph, operand);
        if (definition_of(graph, source)) REQUIRE(kernel_of[number_of(source)] <= kernel_of[i]);
      }
    }
  }
}

TEST_CASE("a storage lives as long as its values are read", "[plan][law]") {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    const Planned one = planned(seed);
    const Graph& graph = one.settled.graph;
    const std::vector<bool> stored = stored_values(graph, one.kernels);
    for (std::size_t k = 0; k < one.kernels.size(); ++k) {
      for (const ValueId id : one.kernels[k].computes) {
        for (const ValueId operand : operands(graph[id].node)) {
          const std::optional<StorageId> storage = one.plan.of_value[number_of(source_of(graph, operand))];
          if (!stored[number_of(source_of(graph, operand))]) continue;
          REQUIRE(storage);
          REQUIRE(one.plan.storages[number_of(*storage)].first <= k);
          REQUIRE(k <= one.plan.storages[number_of(*storage)].last);
        }
      }
    }
    for (const Output& output : graph.outputs) {
      const StorageId storage = one.plan.of_value[number_of(output.value)].value();
      REQUIRE(one.plan.storages[number_of(storage)].last == one.kernels.size());
    }
  }
}
