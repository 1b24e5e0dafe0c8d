#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/graph/graph.h"

namespace dlc {

struct Target;

/// Sees each stage as it is reached; any of the functions may be empty. Stages are known by the words of
/// --emit: "graph", "backward", "after:PASS", "plan", "loops", "llvm", "asm"; the pieces of work by
/// "differentiate", the passes' names, "group", "schedule", "plan", "emit".
struct Observer {
  std::function<bool(std::string_view stage)> wants;  // is the text of this stage asked for?
  std::function<void(std::string_view stage, std::string_view text)>
      reached;  // called only for stages that are
  std::function<void(std::string_view work, std::chrono::nanoseconds took)> took;
  /// A piece of work begins (its word lives for ever) on a graph that stays as it is until the next begins or
  /// compile returns: what a report of our own mistake needs to know.
  std::function<void(std::string_view work, const Graph& graph)> begins;
  /// compile will return this failure, a mistake of our own. The graph is the one that the work began on.
  std::function<void(std::string_view work, const std::string& text, const Graph& graph)> failed;
};

struct CompileOptions {
  std::vector<std::string> skipped;  // passes left out, by name
  bool verify = false;               // check the graph after each pass, not only after the last
  unsigned threads = 1;              // for the making of machine code
  std::string cache;                 // folder of compiled kernels; empty: none
};

/// Runs body(first, last) over ranges that together cover 0 … chunks − 1, perhaps on several threads, and
/// returns when all is done.
using ParallelChunks = std::function<void(
    std::int64_t chunks, const std::function<void(std::int64_t first, std::int64_t last)>& body)>;

enum class SlotId : std::uint32_t {};
enum class ResultId : std::uint32_t {};

/// A buffer that the caller owns: an input, a parameter or a state that the step needs, `count(type.shape)`
/// elements of type.element without gaps, the last dimension fastest. Parameters and states are changed in
/// place by a run.
struct Slot {
  std::string name;
  Type type;
  enum class Role : std::uint8_t { input, parameter, state } role = Role::input;
};

/// One of the graph's outputs.
struct StepResult {
  std::string name;
  Type type;
};

/// What a kernel is and what it took, for --profile.
struct KernelReport {
  std::string name;             // the values it computes
  std::string schedule;         // "sweep", "reduction", "contraction", "scatter"
  std::int64_t operations = 0;  // multiplications and additions of a contraction, 0 otherwise
  std::int64_t runs = 0;
  std::chrono::nanoseconds time{0};
  bool from_cache = false;  // its code was kept from an earlier run
};

/// A compiled step: kernels, their order and the memory between them. It owns its arena. Bind every slot once
/// (again when a buffer moves), then run; a run neither allocates nor looks anything up. Results are the same
/// bits for any number of threads. Not to be run by two callers at once.
class Step {
 public:
  Step(Step&&) noexcept;
  Step& operator=(Step&&) noexcept;
  ~Step();

  const std::vector<Slot>& slots() const;
  std::optional<SlotId> slot(std::string_view name) const;
  void bind(SlotId slot, void* buffer);  // aligned to its element; 64 bytes are best

  const std::vector<StepResult>& results() const;
  std::optional<ResultId> result(std::string_view name) const;
  /// The result of the last run; valid until the next one. Elements as in Slot.
  const void* data(ResultId result) const;

  void run(const ParallelChunks& parallel);

  std::size_t arena_bytes() const;
  std::size_t arena_lower_bound() const;  // the largest sum of values that live at one time
  void measure(bool on);                  // from now on take the time of each kernel
  const std::vector<KernelReport>& kernels() const;

 private:
  struct Parts;
  explicit Step(std::unique_ptr<Parts> parts);
  friend std::variant<Step, std::string> compile(Graph graph, const Target& target, const Observer& observer,
                                                 const CompileOptions& options);
  std::unique_ptr<Parts> parts_;
};

/// From the graph of a step as the program states it (with Gradients) to code. Of a graph that breaks no rule
/// this can be made; a failure is a mistake of our own, a sentence that says what went wrong.
std::variant<Step, std::string> compile(Graph graph, const Target& target, const Observer& observer = {},
                                        const CompileOptions& options = {});

}  // namespace dlc
