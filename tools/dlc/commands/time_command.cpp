#include <ctime>

#include <chrono>
#include <cstdio>
#include <future>
#include <map>

#include "compiler/passes/runner/run_passes.h"
#include "tools/dlc/commands/commands.h"
#include "tools/dlc/compilation.h"
#include "tools/dlc/run/training_plan.h"

namespace dlc {

namespace {

double milliseconds_of_processor() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

/// The milliseconds of each phase, in the order in which they are printed.
class Phases {
 public:
  template <class Work>
  auto timed(const std::string& phase, Work work) {
    const auto start = std::chrono::steady_clock::now();
    auto result = work();
    add(phase, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    return result;
  }

  void add(const std::string& phase, double milliseconds) {
    for (auto& [name, total] : phases_) {
      if (name == phase) {
        total += milliseconds;
        return;
      }
    }
    phases_.emplace_back(phase, milliseconds);
  }

  void print() const {
    double sum = 0;
    for (const auto& [name, milliseconds] : phases_) {
      std::printf("  %-16s %8.1f ms\n", name.c_str(), milliseconds);
      sum += milliseconds;
    }
    std::printf("first step %.1f ms\n", sum);
  }

 private:
  std::vector<std::pair<std::string, double>> phases_;
};

/// The phase that a piece of the compiler's work belongs to.
std::string phase_of(std::string_view work) {
  if (work == "differentiate") return "differentiate";
  if (find_pass(work) != nullptr) return "passes";
  return work == "emit" ? "LLVM" : "schedule";
}

}  // namespace

ExitStatus time_command(Session& session) {
  Phases phases;
  phases.add("process start", milliseconds_of_processor());
  if (!phases.timed("read the file", [&] { return session.parse(); })) return session.status();
  if (!phases.timed("elaborate", [&] { return session.elaborate(); }) || !can_train(session))
    return session.status();
  const Model& model = session.model();
  std::optional<Compilation> compilation = Compilation::make(session);
  if (!compilation) return session.status();
  Observer observer;
  observer.took = [&](std::string_view work, std::chrono::nanoseconds took) {
    phases.add(phase_of(work), static_cast<double>(took.count()) / 1e6);
  };
  for (const char* phase : {"differentiate", "passes", "schedule", "LLVM"}) phases.add(phase, 0);
  // As --train does it: the data are read while the step is compiled, so what is counted is only what is left
  // to wait for.
  std::future<Result<LoadedData>> loading = std::async(
      std::launch::async,
      [&, elements = inputs_of_training(model)] { return session.data().load(model.data, elements); });
  const auto compile_for = [&](std::int64_t batch) {
    Graph graph = phases.timed("elaborate", [&] { return model.step(batch, Mode::training); });
    return compilation->compile(std::move(graph), observer);
  };
  std::optional<Step> made;
  if (!model.train.batch_is_all) made = compile_for(model.train.batch);
  Weights weights = phases.timed("first weights", [&] { return initial_weights(model, 0); });
  const Result<LoadedData> data = phases.timed("read the data", [&] { return loading.get(); });
  if (!data) return session.fail(data.failure()), session.status();
  phases.timed("standardize", [&] {
    standardize(model, *data, *compilation, weights);
    return true;
  });
  const TrainingPlan plan = training_plan(model, *data, 0);
  const std::int64_t batch = std::min(plan.batch, plan.train.count);
  if (!made || batch != model.train.batch) made = compile_for(batch);
  phases.timed("step", [&] {
    BoundStep step(*std::move(made), batch, weights, plan.train);
    step.run(next_step(plan, {}).examples, {}, compilation->parallel());
    return true;
  });
  phases.print();
  return ExitStatus::done;
}

}  // namespace dlc
