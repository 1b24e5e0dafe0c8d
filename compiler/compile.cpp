#include "compiler/compile.h"

#include <utility>

#include "compiler/differentiate/differentiate.h"
#include "compiler/passes/runner/run_passes.h"
#include "compiler/plan/choose_schedule.h"
#include "compiler/plan/group.h"
#include "compiler/plan/order.h"
#include "compiler/step.h"
#include "compiler/target/target.h"

namespace dlc {

namespace {

/// Tells the observer: a text only if it is asked for, a time always.
class Telling {
 public:
  explicit Telling(const Observer& observer) : observer_(observer) {}

  template <class MakeText>
  void reached(std::string_view stage, const MakeText& text) const {
    if (observer_.reached && (!observer_.wants || observer_.wants(stage))) observer_.reached(stage, text());
  }

  void begins(std::string_view work, const Graph& graph) const {
    if (observer_.begins) observer_.begins(work, graph);
  }

  std::string failed(std::string_view work, const std::string& text, const Graph& graph) const {
    if (observer_.failed) observer_.failed(work, text, graph);
    return std::string(work) + ": " + text;
  }

  void took(std::string_view work) {
    const auto now = std::chrono::steady_clock::now();
    if (observer_.took) observer_.took(work, now - since_);
    since_ = now;
  }

  void took(std::string_view work, double milliseconds) {
    if (observer_.took)
      observer_.took(work, std::chrono::nanoseconds(static_cast<std::int64_t>(milliseconds * 1e6)));
    since_ = std::chrono::steady_clock::now();
  }

 private:
  const Observer& observer_;
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

std::variant<Graph, PassFailure> passed(Graph graph, const CompileOptions& options, Telling& telling) {
  PassOptions pass_options;
  pass_options.skip = options.skipped;
  pass_options.verify = options.verify;
  pass_options.begins = [&](const Pass& pass, const Graph& before) { telling.begins(pass.name, before); };
  return run_passes(std::move(graph), pass_options, [&](const PassReport& report) {
    telling.reached("after:" + std::string(report.pass.name), [&] { return print(report.graph); });
    telling.took(report.pass.name, report.milliseconds);
  });
}

std::string joined(const std::vector<Loops>& functions,
                   const std::function<std::string(const Loops&)>& text) {
  std::string all;
  for (const Loops& function : functions) all += text(function) + "\n";
  return all;
}

}  // namespace

std::variant<Step, std::string> compile(Graph graph, const Target& target, const Observer& observer,
                                        const CompileOptions& options) {
  Telling telling(observer);
  telling.reached("graph", [&] { return print(graph); });
  telling.begins("differentiate", graph);
  graph = differentiate(graph);  // From here on gradients are definitions like any other.
  telling.took("differentiate");
  telling.reached("backward", [&] { return print(graph); });

  std::variant<Graph, PassFailure> after = passed(std::move(graph), options, telling);
  if (const PassFailure* failure = std::get_if<PassFailure>(&after))
    return telling.failed(failure->pass, failure->text, failure->before);
  telling.begins("group", std::get<Graph>(after));
  Settled settled =
      settle_updates(std::get<Graph>(after));  // From here on an update's value is written over its target.
  auto parts = std::make_unique<Step::Parts>();
  parts->graph = std::move(settled.graph);
  Remarks remarks;
  parts->kernels = group(parts->graph, settled.order, remarks);
  const std::vector<bool> stored = stored_values(parts->graph, parts->kernels);
  telling.took("group");

  telling.begins("schedule", parts->graph);
  std::vector<Loops> functions;
  std::vector<std::size_t> scratch;
  for (const Kernel& kernel : parts->kernels) {
    ScheduledKernel scheduled = schedule(parts->graph, kernel, stored, target);
    scratch.push_back(scheduled.scratch_bytes);
    parts->add(kernel, std::move(scheduled), functions);
  }
  telling.took("schedule");
  telling.reached("loops", [&] { return joined(functions, [](const Loops& one) { return print(one); }); });

  telling.begins("plan", parts->graph);
  parts->plan = plan_memory(parts->graph, parts->kernels,
                            scratch);  // From here on no buffer is added and none changes its size.
  telling.took("plan");
  telling.reached("plan", [&] { return print_plan(parts->graph, parts->kernels, parts->plan, remarks); });
  telling.begins("emit", parts->graph);
  telling.reached(
      "llvm", [&] { return joined(functions, [&](const Loops& one) { return llvm_text(one, target); }); });
  telling.reached(
      "asm", [&] { return joined(functions, [&](const Loops& one) { return assembly_text(one, target); }); });

  std::variant<Code, std::string> code =
      Code::make(functions, target, CodeOptions{options.threads, options.cache});
  if (const std::string* failure = std::get_if<std::string>(&code))
    return telling.failed("emit", *failure, parts->graph);
  parts->code.emplace(std::get<Code>(std::move(code)));
  for (KernelReport& report : parts->reports) report.from_cache = true;
  for (const Step::Parts::Function& function : parts->functions) {
    if (!parts->code->is_from_cache(function.code)) parts->reports[function.kernel].from_cache = false;
  }
  telling.took("emit");
  parts->make_ready();
  return Step(std::move(parts));
}

}  // namespace dlc
