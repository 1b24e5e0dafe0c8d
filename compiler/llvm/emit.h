#pragma once

#include <memory>

#include "compiler/loops/loops.h"
#include "compiler/target/target.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

namespace dlc {

/// The module of one kernel: one function, named "kernel", of the form of KernelFunction. The kernel has no
/// fault (first_fault).
std::unique_ptr<llvm::Module> emit(const Loops& kernel, const Target& target, llvm::LLVMContext& context);

}  // namespace dlc
