#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>

#include "compiler/loops/loops.h"
#include "compiler/target/target.h"

namespace dlc {

// The one door to LLVM: no header of it is needed to go through.

/// Runs the chunks first_chunk … last_chunk - 1 of a kernel. `buffers` are the pointers in the order of
/// Loops::buffers, aligned to their elements.
using KernelFunction = void(std::byte* const* buffers, std::int64_t first_chunk, std::int64_t last_chunk);

struct CodeOptions {
  unsigned threads = 1;    // that make code at the same time
  std::string cache = {};  // folder in which code is kept from run to run; empty: none
};

/// Machine code of all kernels of a step. Functions live as long as this object; calling them from several
/// threads is safe.
class Code {
 public:
  /// On failure a sentence that says why; that is a fault of the maker of the loops, not of the user.
  static std::variant<Code, std::string> make(std::span<const Loops> kernels, const Target& target,
                                              const CodeOptions& options = {});

  /// The kernel at that place of the list that was given.
  KernelFunction* operator[](std::size_t kernel) const;

  /// Whether its code, or that of one that does the same, was kept from an earlier run.
  bool is_from_cache(std::size_t kernel) const;

  Code(Code&&) noexcept;
  Code& operator=(Code&&) noexcept;
  ~Code();

 private:
  struct Machine;
  explicit Code(std::unique_ptr<Machine> machine);
  std::unique_ptr<Machine> machine_;
};

/// A kernel as LLVM's text, and as the assembly of the target.
std::string llvm_text(const Loops& kernel, const Target& target);
std::string assembly_text(const Loops& kernel, const Target& target);

}  // namespace dlc
