#pragma once

#include <string>
#include <vector>

namespace dlc::test {

/// A function in a source file that clang-format has laid out.
struct FoundFunction {
  std::string head;       // its first line, without blanks in front
  std::size_t first = 0;  // its first line, counted from 1
  std::size_t lines = 0;  // from there to its closing brace, both counted
};

/// All functions with a body of more than one line: blocks at one indentation whose head has a parameter list
/// and no word of a statement or of a type before it. Lambdas belong to the function around them.
std::vector<FoundFunction> functions_of(const std::vector<std::string>& lines);

}  // namespace dlc::test
