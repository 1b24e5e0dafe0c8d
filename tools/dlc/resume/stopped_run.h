#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "runtime/files/run_record.h"
#include "tools/dlc/options.h"
#include "tools/dlc/run/used_texts.h"

namespace dlc {

/// A run that is to go on: its folder, and what it wrote of itself.
struct StoppedRun {
  std::filesystem::path folder;
  RunRecord record;

  /// Whether it came so far that its weights were saved; else it goes on from its beginning.
  bool has_saved() const {
    std::error_code error;
    return std::filesystem::exists(folder / "last.safetensors", error);
  }
  bool is_finished() const { return record.end == RunEnd::finished || record.end == RunEnd::stopped_early; }
};

/// The run that --resume names; without a name the newest unfinished one of the file, or the newest at all
/// where `epochs` or `steps` are given, since these may prolong it.
Result<StoppedRun> find_stopped_run(const Options& options);

/// The overrides that it goes on with: those it was begun with, and over them those given now.
Overrides overrides_of(const StoppedRun& run, const Overrides& given);

/// Line by line, what is not as it was when the run was stopped: overrides, lines of the file and of those
/// that it uses.
std::vector<std::string> differences(const StoppedRun& run, std::span<const RunText> texts,
                                     const Overrides& given);

/// Which columns of the history are new and which are gone, in one line; empty if it has the same ones.
std::string changed_columns(const std::vector<std::string>& then, const std::vector<std::string>& now);

Result<std::vector<FileDigest>> digests_of(const std::vector<std::string>& files);

/// The same for the files of the data.
std::vector<std::string> differences(const std::vector<FileDigest>& then, const std::vector<FileDigest>& now);

/// Takes the folder for this process; false if another one trains there. Given back when the process ends,
/// however it ends.
bool lock_run(const std::filesystem::path& folder);

}  // namespace dlc
