#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "runtime/files/atomic_write.h"
#include "runtime/files/history.h"
#include "runtime/files/run_folder.h"
#include "runtime/files/run_record.h"
#include "runtime/report/curve.h"
#include "tools/dlc/commands/commands.h"

namespace dlc {

namespace {

ExitStatus failed(ExitStatus status, const std::string& line) {
  std::fprintf(stderr, "dlc: %s\n", line.c_str());
  return status;
}

/// The step of the row whose weights are kept.
std::optional<std::int64_t> kept_step(const RunRecord& record, const History& history) {
  if (!record.kept) return std::nullopt;
  const auto column = std::find(history.columns.begin(), history.columns.end(), record.kept->metric);
  if (column == history.columns.end()) return std::nullopt;
  const auto place = static_cast<std::size_t>(column - history.columns.begin());
  for (const HistoryRow& row : history.rows) {
    if (row.epoch == record.kept->epoch && row.values[place] == record.kept->value) return row.step;
  }
  return std::nullopt;
}

/// Its folder, and what the command set in it.
std::string name_of(const std::filesystem::path& folder, const RunRecord& record) {
  const std::filesystem::path plain = folder.lexically_normal();
  std::string name = (plain.has_filename() ? plain : plain.parent_path()).filename().string();
  for (const auto& [constant, value] : record.overrides) name += " " + constant + "=" + value;
  return name;
}

Result<PlottedRun> read_run(const std::filesystem::path& folder) {
  const Result<RunRecord> record = read_run_record(folder);
  if (!record) return record.failure();
  Result<History> history = read_history(folder);
  if (!history) return history.failure();
  const std::optional<std::int64_t> kept = kept_step(*record, *history);
  return PlottedRun{name_of(folder, *record), *std::move(history), kept};
}

}  // namespace

ExitStatus plot_command(const Options& options) {
  std::vector<std::filesystem::path> folders(options.sources.begin(), options.sources.end());
  if (folders.empty()) {
    folders = runs_of("", std::filesystem::path(options.file).stem().string());
    if (folders.empty())
      return failed(ExitStatus::model_is_wrong, "there are no runs of " + options.file + " in runs/");
  }
  std::vector<PlottedRun> runs;
  for (const std::filesystem::path& folder : folders) {
    Result<PlottedRun> run = read_run(folder);
    if (!run) return failed(ExitStatus::model_is_wrong, one_line(run.failure()));
    runs.push_back(*std::move(run));
  }
  const std::string title = options.file.empty() ? std::to_string(runs.size()) + " runs" : options.file;
  const std::string picture = curve_svg(curve_of_runs(runs, title));

  const std::string file = options.value("out");
  if (file.empty()) {
    if (isatty(STDOUT_FILENO) != 0)
      return failed(ExitStatus::command_is_wrong,
                    "a picture is nothing for a terminal: say --out curves.svg, or > curves.svg");
    std::fputs(picture.c_str(), stdout);
    return ExitStatus::done;
  }
  std::error_code error;
  if (std::filesystem::exists(file, error))
    return failed(ExitStatus::command_is_wrong,
                  file + " is there already: name another file, or write over it with > " + as_word(file));
  if (const Result<void> written = write_atomically(file, picture); !written)
    return failed(ExitStatus::model_is_wrong, one_line(written.failure()));
  std::fprintf(stderr, "%s: the curves of %zu %s\n", file.c_str(), runs.size(),
               runs.size() == 1 ? "run" : "runs");
  return ExitStatus::done;
}

}  // namespace dlc
