#pragma once

#include <filesystem>

#include "runtime/files/result.h"

namespace dlc {

/// Whether files can be written in this folder, which need not be there yet. Nothing is left of the trial,
/// even if the process is killed meanwhile, where the file system has files without a name.
Result<void> can_write_in(const std::filesystem::path& folder);

}  // namespace dlc
