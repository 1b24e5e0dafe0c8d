#pragma once

#include <string>

namespace dlc {

/// To be called first. A pipe that nobody reads and a file that may not grow are then failures of writing, no
/// signals; and no file that is opened later takes the place of a standard stream that is closed.
void prepare_streams();

/// Writes out what is left of standard output. Why that failed, or anything before; empty if all is written,
/// or if it goes to a pipe whose reader wants no more of it.
std::string finish_standard_output();

}  // namespace dlc
