#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "runtime/files/run_folder.h"
#include "runtime/report/format.h"
#include "runtime/report/progress.h"
#include "runtime/report/text_table.h"
#include "tools/dlc/commands/commands.h"
#include "tools/dlc/compilation.h"
#include "tools/dlc/run/can_write.h"
#include "tools/dlc/run/start_weights.h"
#include "tools/dlc/run/training_plan.h"

namespace dlc {

namespace {

constexpr std::int64_t most_timed_steps = 20;
constexpr double longest_timing = 1.0;  // seconds; but three steps at least
constexpr std::int64_t least_timed_steps = 3;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string short_time(double seconds) {
  return seconds < 1e-3 ? as_figure(seconds * 1e6, 1) + " µs" : as_figure(seconds * 1e3, 1) + " ms";
}

/// Of an estimate: as a clock shows it where that is easier to read.
std::string long_time(double seconds) {
  if (seconds < 0.01) return short_time(seconds);
  return seconds < 120 ? as_seconds(seconds) : as_clock(seconds);
}

/// Where --train would write: a failure if it could not, or would refuse to.
Result<std::string> writable_folder(const Options& options) {
  if (options.has("out")) {
    const std::string out = options.value("out");
    if (Result<void> can = can_write_in(out); !can) return can.failure();
    if (holds_run(out)) {
      return Failure{.what = "this folder holds a run, and a run is never written over; choose another --out",
                     .file = out,
                     .command_line = true};
    }
    return out;
  }
  if (Result<void> can = can_write_in("runs"); !can) return can.failure();
  return std::string("runs/");
}

std::int64_t peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

/// The phases of a training, each once, on weights that are thrown away.
class DryRun {
 public:
  DryRun(Session& session, Compilation& compilation, const TrainingPlan& plan, Weights& weights)
      : session_(session),
        compilation_(compilation),
        plan_(plan),
        steps_(step_maker(session.model(), compilation), weights) {}

  ExitStatus run(double reading, const LoadedData& data, const std::string& folder) {
    std::string parts;
    for (const LoadedPart& part : data.parts)
      parts += (parts.empty() ? "" : " + ") + with_thousands(part.count) + " " + part.name;
    if (plan_.has_data) row("data", parts, as_seconds(reading));
    compile();
    if (!train()) return ExitStatus::not_finite;
    if (plan_.valid) validate();
    row("write", "a run can be written to " + folder, "");
    print();
    return ExitStatus::done;
  }

 private:
  void row(const char* phase, std::string what, std::string took) {
    table_.rows.push_back({phase, std::move(what), std::move(took)});
  }

  void compile() {
    const std::int64_t batch = std::min(plan_.batch, plan_.train.count);
    const Step& step = steps_.get(plan_.train, batch, true).step();
    arena_ = static_cast<std::int64_t>(step.arena_bytes());
    row("compile", counted(static_cast<std::int64_t>(step.kernels().size()), "kernel", "kernels"),
        as_seconds(compilation_.seconds()));
  }

  /// The next step of the training, as it would be. The loss.
  double step() {
    if (is_epoch_over(plan_, at_)) {
      at_.epoch += 1;
      at_.next = 0;
    }
    const StepCall call = next_step(plan_, at_);
    const auto size = static_cast<std::int64_t>(call.examples.size());
    BoundStep& step = steps_.get(plan_.train, size, true);
    const auto start = Clock::now();
    step.run(call.examples, call.numbers, compilation_.parallel());
    seconds_ += seconds_since(start);
    examples_ += size;
    at_.step += 1;
    at_.next += size;
    return step.result("loss").front();
  }

  bool train() {
    const double loss = step();  // Slower than the others: what it reads and writes is touched first.
    if (!std::isfinite(loss)) {
      std::fprintf(stderr,
                   "dlc: the loss of the first step is not finite; --train tells where that begins\n");
      return false;
    }
    seconds_ = 0;
    examples_ = 0;
    std::int64_t timed = 0;
    while (timed < least_timed_steps || (timed < most_timed_steps && seconds_ < longest_timing)) {
      step();
      ++timed;
    }
    const double each = seconds_ / static_cast<double>(examples_);
    training_seconds_ = each * static_cast<double>(plan_.train.count);
    row("train", counted(timed + 1, "step", "steps") + ", loss " + as_figure(loss) + " in the first",
        short_time(seconds_ / static_cast<double>(timed)) + " a step");
    return true;
  }

  void validate() {
    const std::int64_t batch = evaluation_batch(plan_.batch, plan_.valid->count);
    BoundStep& step = steps_.get(*plan_.valid, batch, false);
    std::vector<std::int64_t> examples(static_cast<std::size_t>(batch));
    for (std::int64_t i = 0; i < batch; ++i) examples[static_cast<std::size_t>(i)] = i;
    double seconds = 0;
    for (int times = 0; times < 2; ++times) {  // The second time counts.
      const auto start = Clock::now();
      step.run(examples, next_step(plan_, {}).numbers, compilation_.parallel());
      seconds = seconds_since(start);
    }
    validation_seconds_ = seconds * static_cast<double>(plan_.valid->count) / static_cast<double>(batch);
    row("validate", "1 batch of " + with_thousands(batch), short_time(seconds));
  }

  void print() const {
    std::fputs(table_text(table_).c_str(), stdout);
    const double epoch = training_seconds_ + validation_seconds_;
    const auto of_data = static_cast<double>(plan_.train.count);
    const double epochs = plan_.steps
                              ? static_cast<double>(*plan_.steps) *
                                    static_cast<double>(std::min(plan_.batch, plan_.train.count)) / of_data
                              : static_cast<double>(*plan_.epochs);
    const std::string length =
        plan_.steps ? counted(*plan_.steps, "step", "steps") : counted(*plan_.epochs, "epoch", "epochs");
    const std::string an_epoch = plan_.has_data ? "an epoch takes about " + long_time(epoch) + ", " : "";
    std::printf("\n%s%s%s %s%s, besides the writing of the run's files\n", an_epoch.c_str(), length.c_str(),
                plan_.stop ? " at most" : "", plan_.has_data ? "" : "take about ",
                long_time(epoch * epochs).c_str());
    std::printf("memory: arena %s, the whole process %s at its highest\n", as_bytes_text(arena_).c_str(),
                as_bytes_text(peak_bytes()).c_str());
    if (!session_.options().has("quiet"))
      std::fprintf(stderr, "nothing was kept\n%s\n",
                   next_line({"dlc " + as_word(session_.options().file) + " --train"}).c_str());
  }

  Session& session_;
  Compilation& compilation_;
  const TrainingPlan& plan_;
  Steps steps_;
  TrainingPosition at_;
  TextTable table_{{Align::left, Align::left, Align::right}, {}};
  std::int64_t arena_ = 0;
  std::int64_t examples_ = 0;  // of the timed steps
  double seconds_ = 0;         // that they took
  double training_seconds_ = 0;
  double validation_seconds_ = 0;
};

}  // namespace

ExitStatus dry_run_command(Session& session) {
  if (!session.elaborate() || !can_train(session)) return session.status();
  const Model& model = session.model();
  const std::uint64_t seed = std::stoull(session.options().value("seed", "0"));
  std::optional<Compilation> compilation = Compilation::make(session);
  if (!compilation) return session.status();
  const Result<std::string> folder = writable_folder(session.options());
  if (!folder) return session.fail(folder.failure()), session.status();
  const auto start = Clock::now();
  const Result<LoadedData> data = session.data().load(model.data, inputs_of_training(model));
  const double reading = seconds_since(start);
  if (!data) return session.fail(data.failure()), session.status();
  Weights weights = initial_weights(model, seed);
  if (Result<void> started = start_weights(session, weights); !started)
    return session.fail(started.failure()), session.status();
  standardize(model, *data, *compilation, weights);
  const TrainingPlan plan = training_plan(model, *data, seed);
  return DryRun(session, *compilation, plan, weights).run(reading, *data, *folder);
}

}  // namespace dlc
