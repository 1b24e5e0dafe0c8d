// A program that makes the mistakes that dlc must not make, to see them reported: breaks-on-purpose KIND.

#include <cassert>
#include <csignal>
#include <cstdio>
#include <new>
#include <stdexcept>
#include <string_view>

#include "compiler/compile.h"
#include "compiler/target/target.h"
#include "tools/dlc/bug_report.h"

namespace dlc {
namespace {

Graph graph_of(std::string_view text) {
  std::variant<Graph, GraphError> graph = read_graph(text);
  if (const GraphError* error = std::get_if<GraphError>(&graph)) {
    std::fprintf(stderr, "line %d: %s\n", static_cast<int>(error->line), error->text.c_str());
    std::exit(2);
  }
  return std::get<Graph>(std::move(graph));
}

/// Reads x[8], which is not there; b and c are equal, so that a pass changes something and what it leaves is
/// looked at.
constexpr std::string_view reads_outside =
    "x = input [8]\n"
    "b[i < 8] = x[i + 1] * x[i]\n"
    "c[i < 8] = x[i + 1] * x[i]\n"
    "output b\n"
    "output c\n";

constexpr std::string_view sound =
    "x = input [8]\n"
    "b[i < 8] = x[i] * x[i]\n"
    "output b\n";

/// As deep as the stack, in a way that no compiler turns into a loop.
int deeper(const volatile int* above) {
  volatile int here[1000] = {};
  here[0] = *above + 1;
  return here[0] < 0 ? 0 : deeper(here) + here[0];
}

/// Asks for more than there can be, as a damaged file may make a reader do.
void refuse_memory() {
  volatile std::size_t bytes = std::size_t{1} << 62;
  ::operator delete(::operator new(bytes));
}

/// What is half made when memory is refused, and falls over that.
struct HalfMade {
  bool whole = false;
  ~HalfMade() { assert(whole); }
};

void break_by(std::string_view kind) {
  const Graph graph = graph_of(sound);
  now_at("share", &graph);
  if (kind == "assertion") assert(kind.empty());
  if (kind == "refused-then-assertion") {
    try {
      refuse_memory();
    } catch (const std::bad_alloc&) {  // It is told, and the work goes on.
    }
    assert(kind.empty());
  }
  if (kind == "half-made") {
    const HalfMade half;
    refuse_memory();
  }
  if (kind == "refused") refuse_memory();
  if (kind == "exception") throw std::out_of_range("map::at");
  if (kind == "crash") std::raise(SIGSEGV);
  if (kind == "depth") {
    volatile int start = 0;
    std::printf("%d\n", deeper(&start));
  }
  if (kind == "wild-graph") {  // Not even the graph can be printed.
    now_at("share", reinterpret_cast<const Graph*>(16));
    std::raise(SIGSEGV);
  }
  if (kind == "failure") {
    now_at("start");
    (void)compile(graph_of(reads_outside), *host_target(), reporting_mistakes({}));
  }
}

}  // namespace
}  // namespace dlc

int main(int count, char** words) {
  if (count != 2) return 2;
  dlc::report_our_mistakes("breaks-on-purpose", "model.net");
  dlc::break_by(words[1]);
  return 0;
}
