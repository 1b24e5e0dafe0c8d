#pragma once

#include <memory>
#include <string>

#include "compiler/loops/loops.h"
#include "compiler/target/target.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Target/TargetMachine.h"

namespace dlc {

/// Once a process, before anything else here; may be called again.
void start_llvm();

/// A code maker for that processor; to be used by one thread at a time.
std::unique_ptr<llvm::TargetMachine> target_machine(const Target& target);

/// The object file of a kernel; null if LLVM cannot make it.
std::unique_ptr<llvm::MemoryBuffer> object_of(const Loops& kernel, const Target& target,
                                              llvm::TargetMachine& machine);

std::string module_text(const Loops& kernel, const Target& target);
std::string machine_text(const Loops& kernel, const Target& target, llvm::TargetMachine& machine);

}  // namespace dlc
