#pragma once

#include <string>

#include "dsl/tree/tree.h"

namespace dlc {

/// The file in its canonical form: two blanks a level, one blank around operators (none where the file has
/// none around * / // %), the line breaks, blank lines, comments and columns that the file has, where the
/// form leaves a choice. What is printed reads back to the same tree and prints as itself.
std::string format(const Tree& tree);

/// An expression by itself, in one line as far as its bodies allow.
std::string format(const tree::Expression& expression);

/// The tree as nested lists, without places, brackets and comments: two files mean the same to the compiler
/// if they are dumped alike.
std::string dump(const Tree& tree);
std::string dump(const tree::Expression& expression);

}  // namespace dlc
