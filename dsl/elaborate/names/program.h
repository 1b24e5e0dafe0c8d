#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dsl/diagnostics/diagnostics.h"
#include "dsl/tree/tree.h"

namespace dlc {

struct DeclaredFunction {
  const tree::Function* function = nullptr;
  bool in_library = false;
  std::string doc;
};

/// The declarations of a file and of the library, by name.
struct Program {
  const Tree* file = nullptr;
  std::map<std::string, DeclaredFunction, std::less<>> own;
  std::map<std::string, DeclaredFunction, std::less<>> library;
  std::map<std::string, const tree::Const*, std::less<>> constants;
  std::map<std::string, const tree::Data*, std::less<>> data;
  std::vector<std::string> functions_in_order;  // own ones
  const tree::Train* train = nullptr;
  SourceRange train_place;  // the word

  /// Library entries see the library alone.
  const DeclaredFunction* find(const std::string& name, bool from_library) const;
  std::vector<std::string> function_names() const;
};

/// Of used files all but their train blocks. Two of one name, names of built-in functions, declarations that
/// come later: told here.
Program collect(const Tree& file, const std::vector<const Tree*>& used, const std::vector<Tree>& library,
                Diagnostics& diagnostics);

/// The functions that are part of the language; not those of the library.
bool is_builtin(const std::string& name);
const std::vector<std::string>& builtin_names();

/// Calls `visit` for each expression directly inside, in the order of the text; those in the lines of a body
/// too.
using VisitExpression = std::function<void(const tree::Expression&)>;
void for_each_inside(const tree::Expression& expression, const VisitExpression& visit);
void for_each_inside(const tree::Statement& statement, const VisitExpression& visit);
void for_each_inside(const tree::Body& body, const VisitExpression& visit);

/// Is an expression of the file so deep, or a chain of operators so long, that walking it would need too much
/// memory? Told here.
bool is_too_deep(const Tree& file, Diagnostics& diagnostics);

/// How often a body names a value, counting each read by subscripts twice.
int uses_of(const tree::Body& body, const std::string& name);

}  // namespace dlc
