#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/files/run_folder.h"
#include "tools/dlc/session.h"

namespace dlc {

/// A text as it lies in a run's folder.
struct RunText {
  std::string path;  // of the original, as the user's own file is named
  std::string name;  // in the folder: model.net for the file itself
  std::string text;  // its `use` lines name the copies
};

/// The file, first, and those that it uses.
std::vector<RunText> run_texts(const Session& session);

/// model.net and, beside it, the files that it uses, all in one folder: a `use` line of a file from elsewhere
/// names the copy.
Result<void> write_texts(const std::filesystem::path& folder, const Session& session,
                         const Overrides& overrides);

}  // namespace dlc
