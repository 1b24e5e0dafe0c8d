#include "tools/dlc/resume/find_stopped.h"

namespace dlc {

bool find_stopped(Session& session, std::optional<StoppedRun>& stopped, std::uint64_t& seed) {
  const Options& options = session.options();
  seed = std::stoull(options.value("seed", "0"));
  if (!options.has("resume")) return true;
  Result<StoppedRun> run = find_stopped_run(options);
  if (!run) return session.fail(run.failure());
  if (options.has("seed") && seed != run->record.seed) {
    return session.fail(ExitStatus::command_is_wrong, run->folder.string() + " goes on with its own seed, " +
                                                          std::to_string(run->record.seed) +
                                                          ": leave out --seed");
  }
  seed = run->record.seed;
  session.take_overrides(overrides_of(*run, options.overrides));
  stopped = *std::move(run);
  return true;
}

}  // namespace dlc
