#include <cstdio>
#include <future>

#include "tools/dlc/commands/commands.h"
#include "tools/dlc/compilation.h"
#include "tools/dlc/resume/find_stopped.h"
#include "tools/dlc/run/start_weights.h"
#include "tools/dlc/run/stop_signals.h"
#include "tools/dlc/run/training_plan.h"
#include "tools/dlc/run/training_run.h"

namespace dlc {

ExitStatus train_command(Session& session) {
  stop_when_asked();  // Who asks while all is made ready is answered before the first step.
  std::optional<StoppedRun> stopped;
  std::uint64_t seed = 0;
  if (!find_stopped(session, stopped, seed)) return session.status();
  if (!session.elaborate()) return session.status();
  const Model& model = session.model();
  if (!can_train(session)) return session.status();
  std::optional<Compilation> compilation = Compilation::make(session);
  if (!compilation) return session.status();
  const MakeStep make_step = step_maker(model, *compilation);
  std::future<Result<LoadedData>> loading = std::async(
      std::launch::async,
      [&, elements = inputs_of_training(model)] { return session.data().load(model.data, elements); });
  // While the data are read: the step that will be wanted first, unless its size is that of the data.
  std::optional<Step> ready;
  if (!model.train.batch_is_all) ready = make_training_step(model, *compilation, model.train.batch);
  Weights weights = initial_weights(model, seed);
  const Result<LoadedData> data = loading.get();
  if (!stopped || !stopped->has_saved()) {
    if (Result<void> started = start_weights(session, weights); !started)
      return session.fail(started.failure()), session.status();
  }
  if (!data) return session.fail(data.failure()), session.status();
  if (const int signal = asked_to_stop(); signal != 0) {
    std::fprintf(stderr, "stopped before the first step: nothing was trained\n");
    return static_cast<ExitStatus>(128 + signal);
  }
  standardize(model, *data, *compilation, weights);
  const TrainingPlan plan = training_plan(model, *data, seed);
  const MakeStep ready_or_made = [&](std::int64_t batch, bool training) {
    if (ready && training && batch == model.train.batch) return *std::exchange(ready, std::nullopt);
    return make_step(batch, training);
  };
  return train_in_folder({session, *compilation, *data, plan, ready_or_made, weights}, std::move(stopped));
}

}  // namespace dlc
