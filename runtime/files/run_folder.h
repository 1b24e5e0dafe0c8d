#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/files/result.h"

namespace dlc {

/// The overrides of a command, `NAME=VALUE` each, in the order given.
using Overrides = std::vector<std::pair<std::string, std::string>>;

/// Makes `runs/NAME-001` in the folder `beside`, or the next number that no run has; two processes never get
/// the same.
Result<std::filesystem::path> make_run_folder(const std::filesystem::path& beside, std::string_view name);

/// Makes the folder that `--out` names, or takes it as it is if no run is in it. Else the command line is
/// wrong.
Result<std::filesystem::path> take_run_folder(const std::filesystem::path& folder);

/// Whether any file of a run lies there.
bool holds_run(const std::filesystem::path& folder);

/// The runs of this name in `runs/` beside it, oldest number first.
std::vector<std::filesystem::path> runs_of(const std::filesystem::path& beside, std::string_view name);

/// `model.net`: the text as it was run, with the overrides in a comment at its head.
Result<void> write_model(const std::filesystem::path& folder, std::string_view text,
                         const Overrides& overrides);

}  // namespace dlc
