#include "dsl/elaborate/names/program.h"

#include <set>

namespace dlc {

namespace {

void add_function(std::map<std::string, DeclaredFunction, std::less<>>& functions,
                  const tree::Declaration& declaration, bool in_library, Diagnostics& diagnostics) {
  const auto& function = std::get<tree::Function>(declaration.what);
  const std::string& name = function.name.text;
  if (!in_library && is_builtin(name)) {
    diagnostics.add(message::builtin_name, function.name.range, name);
    return;
  }
  const auto [entry, is_new] =
      functions.try_emplace(name, DeclaredFunction{&function, in_library, declaration.doc});
  if (!is_new) {
    diagnostics.add(message::declared_twice, function.name.range, name)
        .note(message::declared_here, entry->second.function->name.range, name);
  }
}

template <class Map, class Item>
void add_named(Map& map, const Item& item, Diagnostics& diagnostics) {
  const auto [entry, is_new] = map.try_emplace(item.name.text, &item);
  if (!is_new) {
    diagnostics.add(message::declared_twice, item.name.range, item.name.text)
        .note(message::declared_here, entry->second->name.range, item.name.text);
  }
}

}  // namespace

const DeclaredFunction* Program::find(const std::string& name, bool from_library) const {
  if (!from_library) {
    if (const auto found = own.find(name); found != own.end()) return &found->second;
  }
  const auto found = library.find(name);
  return found == library.end() ? nullptr : &found->second;
}

std::vector<std::string> Program::function_names() const {
  std::vector<std::string> names;
  for (const auto& [name, function] : own) names.push_back(name);
  for (const auto& [name, function] : library) names.push_back(name);
  return names;
}

namespace {

/// What is read but cannot be compiled yet, in bodies that nothing calls too.
void tell_not_yet(const tree::Expression& expression, Diagnostics& diagnostics) {
  const auto tell = [&](const SourceRange& range, const char* what) {
    diagnostics.add(message::not_yet, range, what);
  };
  if (std::holds_alternative<tree::Scan>(expression.what)) return tell(expression.range, "`scan`");
  if (const auto* call = std::get_if<tree::Call>(&expression.what); call && call->function.text == "grad")
    return tell(expression.range, "`grad`");
  for_each_inside(expression, [&](const tree::Expression& inside) { tell_not_yet(inside, diagnostics); });
}

void add_declaration(Program& program, const tree::Declaration& declaration, bool is_used,
                     Diagnostics& diagnostics) {
  std::visit(tree::match{
                 [&](const tree::Const& constant) { add_named(program.constants, constant, diagnostics); },
                 [&](const tree::Data& data) { add_named(program.data, data, diagnostics); },
                 [&](const tree::Function& function) {
                   add_function(program.own, declaration, false, diagnostics);
                   program.functions_in_order.push_back(function.name.text);
                   for_each_inside(function.body, [&](const tree::Expression& inside) {
                     tell_not_yet(inside, diagnostics);
                   });
                   if (program.library.contains(function.name.text)) {
                     diagnostics.add(message::replaces_library, function.name.range, function.name.text);
                   }
                 },
                 [&](const tree::Train& train) {
                   if (is_used) return;
                   if (program.train) {
                     diagnostics.add(message::two_train_blocks, declaration.range);
                     return;
                   }
                   program.train = &train;
                   program.train_place = declaration.range;
                   program.train_place.end = program.train_place.begin + 5;
                 },
                 [](const tree::Use&) {},  // Followed before: used_files.h.
                 [&](const tree::Rule&) { diagnostics.add(message::not_yet, declaration.range, "`rule`"); },
             },
             declaration.what);
}

/// x[n] binds n, though there may be a constant n: unless a parameter or dimension before it has the name.
void tell_hidden_constants(const Program& program, const tree::Function& function, Diagnostics& diagnostics) {
  std::set<std::string, std::less<>> bound;
  for (const tree::Parameter& parameter : function.parameters) {
    const std::size_t rank = parameter.dimensions ? parameter.dimensions->size() : 0;
    for (std::size_t i = 0; i < rank; ++i) {
      const auto* size = std::get_if<Box<tree::Expression>>(&(*parameter.dimensions)[i]);
      const auto* use = size ? std::get_if<tree::NameUse>(&(*size)->what) : nullptr;
      if (use == nullptr || !bound.insert(use->name).second) continue;
      const auto constant = program.constants.find(use->name);
      if (constant == program.constants.end()) continue;
      diagnostics.add(message::dimension_hides_constant, (*size)->range, use->name)
          .note(message::declared_here, constant->second->name.range, use->name);
    }
    bound.insert(parameter.name.text);
  }
}

}  // namespace

Program collect(const Tree& file, const std::vector<const Tree*>& used, const std::vector<Tree>& library,
                Diagnostics& diagnostics) {
  Program program;
  program.file = &file;
  for (const Tree& part : library) {
    for (const tree::Declaration& declaration : part.declarations) {
      if (std::holds_alternative<tree::Function>(declaration.what)) {
        add_function(program.library, declaration, true, diagnostics);
      }
    }
  }
  for (const Tree* other : used) {
    for (const tree::Declaration& declaration : other->declarations)
      add_declaration(program, declaration, true, diagnostics);
  }
  for (const tree::Declaration& declaration : file.declarations)
    add_declaration(program, declaration, false, diagnostics);
  for (const auto& [name, declared] : program.own)
    tell_hidden_constants(program, *declared.function, diagnostics);
  return program;
}

}  // namespace dlc
