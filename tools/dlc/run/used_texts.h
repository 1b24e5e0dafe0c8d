#pragma once

#include <filesystem>

#include "runtime/files/run_folder.h"
#include "tools/dlc/session.h"

namespace dlc {

/// model.net and, beside it, the files that it uses, all in one folder: a `use` line of a file from elsewhere
/// names the copy.
Result<void> write_texts(const std::filesystem::path& folder, const Session& session,
                         const Overrides& overrides);

}  // namespace dlc
