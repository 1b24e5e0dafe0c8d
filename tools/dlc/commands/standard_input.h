#pragma once

#include <string>

namespace dlc {

/// All of standard input.
std::string standard_input();

}  // namespace dlc
