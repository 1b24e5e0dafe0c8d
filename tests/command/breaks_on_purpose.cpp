// A program that makes the mistakes that dlc must not make, to see them reported: breaks-on-purpose KIND.

#include <cassert>
#include <csignal>
#include <cstdio>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "compiler/compile.h"
#include "compiler/target/target.h"
#include "tools/dlc/bug_report.h"
#include "tools/dlc/self_test/self_test.h"

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

/// The step of another graph, in which a part of its text is replaced; as it should be where the graph
/// has none such.
CompileStep with_text(const std::string& part, const std::string& replacement) {
  return [=](const Graph& graph, const Target& target) {
    std::string text = print(graph);
    const std::size_t place = text.find(part);
    if (place != std::string::npos) text.replace(place, part.size(), replacement);
    return compiled_step(graph_of(text), target);
  };
}

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
  const std::string_view kind = words[1];
  const auto with_momentum = [](const std::string& momentum) {
    const std::string kept = " * `classifier.dense_1.w:v`";
    return dlc::with_text("0.9" + kept, momentum + kept);
  };
  if (kind == "wrong-step") return static_cast<int>(dlc::self_test({}, with_momentum("0.8")));
  if (kind == "step-without-numbers") return static_cast<int>(dlc::self_test({}, with_momentum("log(-1)")));
  dlc::break_by(kind);
  return 0;
}
