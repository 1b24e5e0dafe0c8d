#pragma once

#include "tools/dlc/session.h"

namespace dlc {

/// --self-test: a training step of small nets, compiled for each set of instructions that this machine has,
/// held to the reference. No file is read or written. A line for each to standard output; the status says
/// whether all are right.
ExitStatus self_test(const Options& options);

}  // namespace dlc
