#pragma once

#include <filesystem>

#include "tools/dlc/session.h"

namespace dlc {

/// The file that --weights names, or that of the newest run of this net: its best.safetensors, or, where no
/// epoch of it was finished, its last.safetensors.
Result<std::filesystem::path> find_weights(const Session& session);

/// Says on standard error which weights are taken, and how to go on with a run that has no better ones.
void say_weights(const Session& session, const std::filesystem::path& file);

}  // namespace dlc
