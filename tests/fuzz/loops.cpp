// Any bytes as the text of a kernel: what is read and breaks no rule prints, and reads back to the same text.

#include <cstdint>
#include <string_view>

#include "compiler/loops/loops.h"
#include "compiler/loops/read.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace dlc;
  const auto read = read_loops({reinterpret_cast<const char*>(bytes), size});
  const Loops* const loops = std::get_if<Loops>(&read);
  if (loops == nullptr || first_fault(*loops)) return 0;
  const std::string text = print(*loops);
  const auto again = read_loops(text);
  const Loops* const same = std::get_if<Loops>(&again);
  if (same == nullptr || print(*same) != text) __builtin_trap();
  return 0;
}
