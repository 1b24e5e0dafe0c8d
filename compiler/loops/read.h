#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "compiler/loops/loops.h"

namespace dlc {

/// The kernel of a text in the form of print(); what print() makes of it is the same text. On failure a
/// sentence with the number of the line. The result may still have a fault (first_fault).
std::variant<Loops, std::string> read_loops(std::string_view text);

}  // namespace dlc
