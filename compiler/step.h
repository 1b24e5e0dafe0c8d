#pragma once

#include "compiler/compile.h"
#include "compiler/kernels/lower/nest.h"
#include "compiler/llvm/code.h"
#include "compiler/plan/group.h"
#include "compiler/plan/memory.h"

namespace dlc {

/// What a Step is made of.
struct Step::Parts {
  struct Function {
    std::size_t kernel = 0;
    std::size_t code = 0;  // its place among all functions
    std::int64_t chunks = 1;
    std::vector<BufferUse> uses;
    std::size_t first_pointer = 0;  // its buffers' pointers in `pointers`
  };
  struct Bound {
    std::vector<std::size_t> pointers;  // which pointers of functions are this slot's
    std::byte* buffer = nullptr;
  };

  Graph graph;
  std::vector<Kernel> kernels;
  MemoryPlan plan;
  std::optional<Code> code;
  std::vector<Function> functions;

  std::vector<Slot> slots;
  std::vector<ValueId> value_of_slot;
  std::vector<Bound> bound;
  std::vector<StepResult> results;
  std::vector<KernelReport> reports;
  std::vector<std::byte*> pointers;
  std::byte* arena = nullptr;  // in arena_memory, at a multiple of 64
  std::unique_ptr<std::byte[]> arena_memory;
  bool measures = false;

  /// Takes over the functions of a kernel; their loops go to the end of `loops`.
  void add(const Kernel& kernel, ScheduledKernel scheduled, std::vector<Loops>& loops);

  /// After the plan and the code: the slots, the results and all pointers into the arena.
  void make_ready();

  std::byte* place(StorageId storage) const;
};

}  // namespace dlc
