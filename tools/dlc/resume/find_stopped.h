#pragma once

#include "tools/dlc/resume/stopped_run.h"
#include "tools/dlc/session.h"

namespace dlc {

/// The run that is to go on, if one is, and the seed; the session then has its overrides. False after a
/// mistake, which has been said.
bool find_stopped(Session& session, std::optional<StoppedRun>& stopped, std::uint64_t& seed);

}  // namespace dlc
