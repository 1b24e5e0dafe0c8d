#include <algorithm>
#include <cstdio>

#include "dsl/elaborate/names/habits.h"
#include "dsl/elaborate/names/program.h"
#include "tools/dlc/commands/commands.h"

namespace dlc {

namespace {

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// As it was typed, to the bracket that closes its parameters.
std::string head(std::string_view declaration) {
  std::size_t end = 0;
  for (int open = 0; end < declaration.size(); ++end) {
    if (declaration[end] == '(') ++open;
    if (declaration[end] == ')' && --open == 0) break;
  }
  return std::string(declaration.substr(0, end + 1));
}

/// The doc comment and the declaration, as they stand in the library's file; empty if it has none of this
/// name.
std::string entry(const Tree& tree, const Sources& sources, const std::string& name) {
  for (const tree::Declaration& declaration : tree.declarations) {
    const tree::Function* function = std::get_if<tree::Function>(&declaration.what);
    if (function == nullptr || function->name.text != name) continue;
    std::string text;
    for (std::size_t begin = 0; begin < declaration.doc.size();) {
      const std::size_t end = std::min(declaration.doc.find('\n', begin), declaration.doc.size());
      text += "## " + declaration.doc.substr(begin, end - begin) + "\n";
      begin = end + 1;
    }
    return text + std::string(sources.text(declaration.range)) + "\n";
  }
  return "";
}

/// What is only parsed so far, and told as "not yet" where it is called.
bool is_compiled(std::string_view declaration) {
  return declaration.find(" scan ") == std::string_view::npos;
}

/// Every entry's head and the first line of what it says of itself, in Markdown: docs/library.md is this
/// text.
std::string list(const std::vector<Tree>& library, const Sources& sources) {
  std::string text = "# The standard library\n\nWhat a name means in full: `dlc --help-std NAME`.\n";
  for (const Tree& tree : library) {
    text += "\n## " + std::string(sources.name(tree.file)) + "\n\n" + first_line(tree.doc) + "\n\n";
    for (const tree::Declaration& declaration : tree.declarations) {
      const std::string_view whole = sources.text(declaration.range);
      text += "- `" + head(whole) + "`: " + first_line(declaration.doc) +
              (is_compiled(whole) ? "" : " Not compiled yet: it holds a `scan`.") + "\n";
    }
  }
  return text;
}

}  // namespace

ExitStatus help_std_command(Session& session) {
  const std::string name = session.options().value("help-std");
  if (name.empty()) {
    std::fputs(list(session.library(), session.sources()).c_str(), stdout);
    return ExitStatus::done;
  }
  std::vector<std::string> names;
  for (const Tree& tree : session.library()) {
    const std::string text = entry(tree, session.sources(), name);
    if (!text.empty()) {
      std::fputs(text.c_str(), stdout);
      return ExitStatus::done;
    }
    for (const tree::Declaration& declaration : tree.declarations) {
      if (const tree::Function* function = std::get_if<tree::Function>(&declaration.what))
        names.push_back(function->name.text);
    }
  }
  if (is_builtin(name)) {
    std::printf(
        "%s is a function of the language itself, not of its library: docs/language.md, sections 6 and 8\n",
        name.c_str());
    return ExitStatus::done;
  }
  names.insert(names.end(), builtin_names().begin(), builtin_names().end());
  const std::optional<std::string> habit = habit_of(name, names);
  session.fail(ExitStatus::command_is_wrong,
               "the library has no " + name + (habit ? ": " + *habit : did_you_mean(name, names)));
  return session.status();
}

}  // namespace dlc
