#include "compiler/step.h"

#include <cassert>
#include <cstdint>

#include "compiler/plan/uses.h"

namespace dlc {

namespace {

constexpr std::uintptr_t alignment = 64;

std::string names_of(const Graph& graph, const Kernel& kernel) {
  std::string names;
  for (const ValueId id : kernel.computes) names += (names.empty() ? "" : ", ") + graph[id].name;
  return names;
}

std::optional<Slot::Role> role_of(const Node& node) {
  if (std::holds_alternative<Input>(node)) return Slot::Role::input;
  if (std::holds_alternative<Parameter>(node)) return Slot::Role::parameter;
  if (std::holds_alternative<State>(node)) return Slot::Role::state;
  return std::nullopt;
}

template <class Id, class List>
std::optional<Id> find_named(const List& list, std::string_view name) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].name == name) return Id(i);
  }
  return std::nullopt;
}

}  // namespace

void Step::Parts::add(const Kernel& kernel, ScheduledKernel scheduled, std::vector<Loops>& loops) {
  const Definition& root = std::get<Definition>(graph[kernel.computes.front()].node);
  std::int64_t operations = 0;
  if (kernel.schedule == Schedule::contraction) {
    operations = 2;
    for (const Index& index : root.indices) operations *= index.extent;
  }
  for (Launch& launch : scheduled.launches) {
    functions.push_back(
        Function{reports.size(), loops.size(), launch.loops.chunks, std::move(launch.buffers), 0});
    loops.push_back(std::move(launch.loops));
  }
  reports.push_back(KernelReport{names_of(graph, kernel), std::string(name_of(kernel.schedule)), operations});
}

std::byte* Step::Parts::place(StorageId storage) const {
  const Storage& where = plan.storages[number_of(storage)];
  return where.outside ? nullptr : arena + where.offset;
}

void Step::Parts::make_ready() {
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const Value& value = graph[ValueId(i)];
    if (const auto role = role_of(value.node)) {
      slots.push_back(Slot{value.name, value.type, *role});
      value_of_slot.push_back(ValueId(i));
    }
  }
  for (const Output& output : graph.outputs)
    results.push_back(StepResult{output.name, graph[output.value].type});
  bound.resize(slots.size());

  arena_memory.reset(new std::byte[plan.arena_bytes + alignment]);
  const auto address = reinterpret_cast<std::uintptr_t>(arena_memory.get());
  arena = arena_memory.get() + (alignment - address % alignment) % alignment;
  for (Function& function : functions) {
    function.first_pointer = pointers.size();
    for (const BufferUse& use : function.uses) {
      if (const std::size_t* offset = std::get_if<std::size_t>(&use)) {
        const std::optional<StorageId> scratch =
            plan.scratch_of[function.kernel];  // none: named, never touched
        pointers.push_back(scratch ? place(*scratch) + *offset : arena);
        continue;
      }
      const StorageId storage = plan.of_value[number_of(std::get<ValueId>(use))].value();
      const std::optional<ValueId> outside = plan.storages[number_of(storage)].outside;
      for (std::size_t s = 0; s < slots.size(); ++s) {
        if (outside == value_of_slot[s]) bound[s].pointers.push_back(pointers.size());
      }
      pointers.push_back(place(storage));
    }
  }
}

Step::Step(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Step::Step(Step&&) noexcept = default;
Step& Step::operator=(Step&&) noexcept = default;
Step::~Step() = default;

const std::vector<Slot>& Step::slots() const {
  return parts_->slots;
}
const std::vector<StepResult>& Step::results() const {
  return parts_->results;
}
const std::vector<KernelReport>& Step::kernels() const {
  return parts_->reports;
}
std::optional<SlotId> Step::slot(std::string_view name) const {
  return find_named<SlotId>(parts_->slots, name);
}
std::optional<ResultId> Step::result(std::string_view name) const {
  return find_named<ResultId>(parts_->results, name);
}
std::size_t Step::arena_bytes() const {
  return parts_->plan.arena_bytes;
}
std::size_t Step::arena_lower_bound() const {
  return parts_->plan.lower_bound;
}
void Step::measure(bool on) {
  parts_->measures = on;
}

void Step::bind(SlotId slot, void* buffer) {
  Parts::Bound& bound = parts_->bound[static_cast<std::size_t>(slot)];
  bound.buffer = static_cast<std::byte*>(buffer);
  for (const std::size_t pointer : bound.pointers) parts_->pointers[pointer] = bound.buffer;
}

const void* Step::data(ResultId result) const {
  const ValueId value = parts_->graph.outputs[static_cast<std::size_t>(result)].value;
  const StorageId storage = parts_->plan.of_value[number_of(value)].value();
  const std::optional<ValueId> outside = parts_->plan.storages[number_of(storage)].outside;
  if (!outside) return parts_->place(storage);
  for (std::size_t s = 0; s < parts_->slots.size(); ++s) {
    if (parts_->value_of_slot[s] == *outside) return parts_->bound[s].buffer;
  }
  return nullptr;
}

void Step::run(const ParallelChunks& parallel) {
  Parts& parts = *parts_;
  for (const Parts::Function& function : parts.functions) {
    KernelFunction* const code = (*parts.code)[function.code];
    std::byte* const* const buffers = parts.pointers.data() + function.first_pointer;
    const auto start =
        parts.measures ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point();
    if (function.chunks == 1) {
      code(buffers, 0, 1);
    } else {
      parallel(function.chunks, [&](std::int64_t first, std::int64_t last) { code(buffers, first, last); });
    }
    if (!parts.measures) continue;
    KernelReport& report = parts.reports[function.kernel];
    report.time += std::chrono::steady_clock::now() - start;
    if (&function == &parts.functions.back() || (&function)[1].kernel != function.kernel) ++report.runs;
  }
}

}  // namespace dlc
