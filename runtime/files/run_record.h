#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runtime/files/result.h"
#include "runtime/files/run_folder.h"
#include "runtime/files/sha256.h"

namespace dlc {

/// How a run ended. `running` stays in the file of a run that was killed.
enum class RunEnd : std::uint8_t { running, finished, stopped_early, interrupted, not_finite, failed };

/// The best value of what `keep` names, and the epoch that had it.
struct KeptEpoch {
  std::string metric;
  double value = 0;
  std::int64_t epoch = 0;
  bool operator==(const KeptEpoch&) const = default;
};

/// What stands in run.json: enough to do the run again.
struct RunRecord {
  std::vector<std::string> command;
  Overrides overrides;
  std::uint64_t seed = 1;
  std::int64_t threads = 1;
  std::string dlc_version;
  std::string llvm_version;
  std::string processor;
  std::vector<FileDigest> data;
  std::string started;  // as now_as_text() gives it
  std::string ended;    // empty while it runs
  RunEnd end = RunEnd::running;
  std::string remark;  // of an end that needs one: the step, the first value that was not finite
  std::int64_t epoch = 0;
  std::int64_t step = 0;
  double seconds = 0;
  std::optional<KeptEpoch> kept;
  std::string folder{};  // of the file that was run, absolute: data lie beside it
  bool operator==(const RunRecord&) const = default;
};

/// At the start, and again at the end.
Result<void> write_run_record(const std::filesystem::path& folder, const RunRecord& record);
Result<RunRecord> read_run_record(const std::filesystem::path& folder);

/// The time as `2026-11-24T11:35:40Z`.
std::string now_as_text();

/// What the system calls the processor; "unknown" where it does not say.
std::string processor_name();

}  // namespace dlc
