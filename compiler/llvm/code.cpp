#include "compiler/llvm/code.h"

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "compiler/llvm/evict.h"
#include "compiler/llvm/machine.h"
#include "compiler/llvm/object_cache.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"

namespace dlc {

struct Code::Machine {
  std::unique_ptr<llvm::orc::LLJIT> jit;
  std::vector<KernelFunction*> functions;
  std::vector<bool> from_cache;
};

namespace {

struct Object {
  std::unique_ptr<llvm::MemoryBuffer> code;
  bool from_cache = false;
};

using Objects = std::vector<Object>;

/// For each kernel the first one that does the same: a net of like blocks has many like kernels.
std::vector<std::size_t> first_alike(std::span<const Loops> kernels) {
  std::map<std::string, std::size_t> firsts;
  std::vector<std::size_t> first_of;
  for (const Loops& kernel : kernels)
    first_of.push_back(firsts.try_emplace(print(without_names(kernel)), first_of.size()).first->second);
  return first_of;
}

/// One object a kernel (none for those that are like an earlier one), made by as many threads, each with its
/// own context and target machine. Which thread makes which changes nothing.
std::optional<std::string> make_objects(std::span<const Loops> kernels, const Target& target,
                                        std::span<const std::size_t> first_of, const CodeOptions& options,
                                        Objects& objects) {
  const ObjectCache cache(options.cache, target);
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> made = 0;
  std::mutex mutex;
  std::optional<std::string> fault;
  const auto work = [&] {
    std::unique_ptr<llvm::TargetMachine> machine;  // made when the cache first has nothing
    for (std::size_t kernel = next++; kernel < kernels.size(); kernel = next++) {
      if (first_of[kernel] != kernel) continue;
      std::optional<std::string> wrong = first_fault(kernels[kernel]);
      Object& object = objects[kernel];
      if (!wrong) object.code = cache.find(kernels[kernel]);
      object.from_cache = object.code != nullptr;
      if (!wrong && !object.code) {
        if (!machine) machine = target_machine(target);
        object.code = object_of(kernels[kernel], target, *machine);
        if (object.code) cache.keep(kernels[kernel], *object.code);
        ++made;
      }
      if (!wrong && !object.code) wrong = "no machine code came of it";
      if (!wrong) continue;
      const std::lock_guard lock(mutex);
      fault = "kernel " + kernels[kernel].name + ": " + *wrong;
    }
  };
  std::vector<std::thread> helpers;
  for (unsigned i = 1; i < options.threads && i < kernels.size(); ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
  if (made > 0) evict(options.cache, most_cached_bytes);
  return fault;
}

std::string text_of(llvm::Error error) {
  return llvm::toString(std::move(error));
}

/// Links an object into a library of its own, for all kernels have the same name in theirs.
std::variant<KernelFunction*, std::string> link(llvm::orc::LLJIT& jit, std::size_t number,
                                                std::unique_ptr<llvm::MemoryBuffer> object) {
  auto library = jit.createJITDylib("kernel" + std::to_string(number));
  if (!library) return text_of(library.takeError());
  auto process =
      llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(jit.getDataLayout().getGlobalPrefix());
  if (!process) return text_of(process.takeError());
  library->addGenerator(std::move(*process));
  if (auto error = jit.addObjectFile(*library, std::move(object))) return text_of(std::move(error));
  auto address = jit.lookup(*library, "kernel");
  if (!address) return text_of(address.takeError());
  return address->toPtr<KernelFunction*>();
}

}  // namespace

std::variant<Code, std::string> Code::make(std::span<const Loops> kernels, const Target& target,
                                           const CodeOptions& options) {
  start_llvm();
  Objects objects(kernels.size());
  const std::vector<std::size_t> first_of = first_alike(kernels);
  if (auto fault = make_objects(kernels, target, first_of, options, objects)) return *fault;
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit) return text_of(jit.takeError());
  auto machine = std::make_unique<Machine>();
  machine->jit = std::move(*jit);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    machine->from_cache.push_back(objects[first_of[i]].from_cache);
    if (first_of[i] != i) {
      machine->functions.push_back(machine->functions[first_of[i]]);
      continue;
    }
    auto linked = link(*machine->jit, i, std::move(objects[i].code));
    if (auto* fault = std::get_if<std::string>(&linked)) return "kernel " + kernels[i].name + ": " + *fault;
    machine->functions.push_back(std::get<KernelFunction*>(linked));
  }
  return Code(std::move(machine));
}

KernelFunction* Code::operator[](std::size_t kernel) const {
  return machine_->functions[kernel];
}

bool Code::is_from_cache(std::size_t kernel) const {
  return machine_->from_cache[kernel];
}

Code::Code(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}
Code::Code(Code&&) noexcept = default;
Code& Code::operator=(Code&&) noexcept = default;
Code::~Code() = default;

std::string llvm_text(const Loops& kernel, const Target& target) {
  start_llvm();
  return module_text(kernel, target);
}

std::string assembly_text(const Loops& kernel, const Target& target) {
  start_llvm();
  return machine_text(kernel, target, *target_machine(target));
}

}  // namespace dlc
