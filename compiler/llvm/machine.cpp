#include "compiler/llvm/machine.h"

#include <mutex>

#include "compiler/llvm/emit.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

namespace dlc {

namespace {

void write_code(const Loops& kernel, const Target& target, llvm::TargetMachine& machine,
                llvm::CodeGenFileType form, llvm::SmallVectorImpl<char>& out) {
  llvm::LLVMContext context;
  const std::unique_ptr<llvm::Module> module = emit(kernel, target, context);
  module->setDataLayout(machine.createDataLayout());
  module->setTargetTriple(machine.getTargetTriple().str());
  llvm::raw_svector_ostream stream(out);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, form)) return;
  passes.run(*module);
}

}  // namespace

void start_llvm() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    // The loops come with their pointers stepped and their statements in the order in which registers
    // suffice: what LLVM would do again costs half of the time and more moves than it saves.
    const char* arguments[] = {"dlc", "-disable-lsr", "-enable-misched=false"};
    llvm::cl::ParseCommandLineOptions(3, arguments);
  });
}

std::unique_ptr<llvm::TargetMachine> target_machine(const Target& target) {
  const std::string triple = llvm::sys::getProcessTriple();
  std::string error;
  const llvm::Target* machine = llvm::TargetRegistry::lookupTarget(triple, error);
  const char* processor = target.name == "avx512" ? "x86-64-v4"
                          : target.name == "avx2" ? "x86-64-v3"
                                                  : "x86-64";
  const char* features = target.name == "avx512" ? "-prefer-256-bit" : "";
  return std::unique_ptr<llvm::TargetMachine>(
      machine->createTargetMachine(triple, processor, features, llvm::TargetOptions(), llvm::Reloc::PIC_,
                                   llvm::CodeModel::Small, llvm::CodeGenOptLevel::Less));
}

std::unique_ptr<llvm::MemoryBuffer> object_of(const Loops& kernel, const Target& target,
                                              llvm::TargetMachine& machine) {
  llvm::SmallVector<char, 0> bytes;
  write_code(kernel, target, machine, llvm::CodeGenFileType::ObjectFile, bytes);
  if (bytes.empty()) return nullptr;
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(bytes), kernel.name, false);
}

std::string module_text(const Loops& kernel, const Target& target) {
  llvm::LLVMContext context;
  std::string text;
  llvm::raw_string_ostream stream(text);
  emit(kernel, target, context)->print(stream, nullptr);
  return text;
}

std::string machine_text(const Loops& kernel, const Target& target, llvm::TargetMachine& machine) {
  llvm::SmallVector<char, 0> text;
  write_code(kernel, target, machine, llvm::CodeGenFileType::AssemblyFile, text);
  return std::string(text.begin(), text.end());
}

}  // namespace dlc
