// Any bytes as the text of a graph: what is read prints, and what is printed reads back to the same text.

#include <cstdint>
#include <string_view>

#include "compiler/graph/graph.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace dlc;
  const auto read = read_graph({reinterpret_cast<const char*>(bytes), size});
  const Graph* const graph = std::get_if<Graph>(&read);
  if (graph == nullptr || broken_rule(*graph)) return 0;
  const std::string text = print(*graph);
  const auto again = read_graph(text);
  const Graph* const same = std::get_if<Graph>(&again);
  if (same == nullptr || print(*same) != text) __builtin_trap();
  return 0;
}
