#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dlc::tests {

/// An innermost loop of a kernel's machine code as text (AT&T syntax).
struct InnerLoop {
  std::size_t kernel = 0;  // which of the text's kernels, counted from 0
  int multiply_adds = 0;   // vector instructions that multiply; one lane or many
  int accesses_of_the_stack =
      0;  // vector instructions with an operand on the stack: registers that did not suffice
};

std::vector<InnerLoop> inner_loops(std::string_view assembly);

}  // namespace dlc::tests
