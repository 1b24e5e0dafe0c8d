#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlc {

/// One width of vector registers and what the processor does with it in a cycle.
struct VectorWidth {
  std::uint32_t bits = 128;
  std::uint32_t registers = 16;
  double multiply_adds = 2;  // instructions a cycle; without the instruction, pairs of multiply and add
  double loads = 2;          // instructions a cycle
  std::uint32_t lanes() const { return bits / 32; }
};

struct CacheSizes {
  std::int64_t first = 32 << 10;  // bytes of data, of one core
  std::int64_t second = 512 << 10;
  std::int64_t third = 8 << 20;  // shared
  std::int64_t line = 64;
  std::int64_t first_sets = 64;
};

/// What is known of a processor. Detected once, or given for another machine.
struct Target {
  std::string name;                 // "avx512", "avx2" or "sse2"
  std::vector<VectorWidth> widths;  // those worth using, the widest first
  bool multiply_add = false;        // has the instruction
  CacheSizes caches;
  unsigned cores = 1;  // that this process may use: affinity and control group honoured

  const VectorWidth& widest() const { return widths.front(); }
};

/// This machine, or what it would be with no more than these instructions: "avx512", "avx2", "sse2". None if
/// it has not got them.
std::optional<Target> host_target(std::string_view instructions = "");

/// The names that host_target takes on this machine, best first.
std::vector<std::string> host_instructions();

}  // namespace dlc
