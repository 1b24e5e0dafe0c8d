#include <algorithm>

#include "dsl/diagnostics/habits.h"
#include "dsl/elaborate/blocks/field_reader.h"
#include "dsl/elaborate/elaborator.h"

namespace dlc {

namespace {

constexpr const char* step_names[] = {step_input::step, step_input::steps, step_input::epoch,
                                      step_input::epochs};

const char* role_word(Binding::Role role) {
  switch (role) {
    case Binding::Role::value: return "a value";
    case Binding::Role::fixed: return "a setting or extent of this declaration";
    case Binding::Role::index: return "an index here";
    case Binding::Role::kept: return "a param or state of this declaration";
    case Binding::Role::pack: return "a pack";
  }
  __builtin_unreachable();
}

}  // namespace

const Binding* Elaborator::find_binding(const std::string& name) const {
  if (activations_.empty()) return nullptr;
  const auto& scopes = now().scopes;
  for (std::size_t i = scopes.size(); i-- > 0;) {
    for (std::size_t k = scopes[i].size(); k-- > 0;) {
      if (scopes[i][k].name == name) return &scopes[i][k];
    }
  }
  return nullptr;
}

/// A binding must not take the name of a setting or an extent of its own declaration, nor that of an index
/// around it.
bool Elaborator::may_bind(const tree::Name& name, Binding::Role role) {
  const Binding* before = find_binding(name.text);
  if (!before) return true;
  const bool taken = before->role == Binding::Role::fixed || before->role == Binding::Role::index ||
                     (role == Binding::Role::kept && before->role == Binding::Role::kept);
  if (!taken) return true;
  report(message::name_taken, name.range, name.text, role_word(before->role))
      .note(message::bound_here, before->place, name.text);
  return false;
}

void Elaborator::bind(const tree::Name& name, Meaning meaning, Binding::Role role) {
  auto& scope = now().scopes.back();
  // A later binding hides the earlier one; a scope keeps only the latest.
  std::erase_if(scope, [&](const Binding& other) { return other.name == name.text; });
  scope.push_back({name.text, std::move(meaning), role, name.range, false, {}});
}

std::vector<std::string> Elaborator::value_names() const {
  std::vector<std::string> names;
  for (const auto& scope : now().scopes) {
    for (const Binding& binding : scope) {
      if (binding.role != Binding::Role::pack) names.push_back(binding.name);
    }
  }
  if (!now().in_library()) {
    for (const auto& [name, constant] : setup_.program.constants) names.push_back(name);
  }
  names.insert(names.end(), std::begin(step_names), std::end(step_names));
  names.emplace_back("pi");
  return names;
}

/// step, epoch, … and gradient_norm: looked up last.
std::optional<Meaning> Elaborator::late_name(const std::string& name) {
  if (name == "pi") return Setting{3.141592653589793};
  const bool in_train = !now().declared && now().site.empty();
  const Activation& activation = now();
  if (!in_train && !activation.optimizer) return std::nullopt;
  for (const char* known : step_names) {
    if (name == known) return builder.input(name, {Kind::number, Element::f32, {}, 0, 0}, {});
  }
  if (name == "gradient_norm" && activation.optimizer && gradient_norm_) return *gradient_norm_;
  return std::nullopt;
}

Meaning Elaborator::name_use(const std::string& name, const SourceRange& range) {
  if (const Binding* binding = find_binding(name)) return binding->meaning;
  if (field_reader_ && now().site.starts_with("data.") && !now().declared) {
    if (std::optional<Meaning> column = field_reader_->column(name, range)) return *column;
  }
  if (!now().in_library() && setup_.program.constants.contains(name)) return constant(name, range);
  if (std::optional<Meaning> late = late_name(name)) return *late;
  if (field_reader_ && now().site.starts_with("data.") && !now().declared)
    return field_reader_->no_column(name, range);
  if (setup_.program.find(name, now().in_library()) || is_builtin(name)) {
    report(message::function_as_value, range, name);
    return Poison{};
  }
  // Without its data block no name of the train block is known to be wrong.
  if (fields_are_unknown_ && !now().declared) return Poison{};
  const auto added = report(message::unknown_name, range, name);
  suggest(added, name, value_names());
  const std::string_view before = setup_.sources->text(range.file).substr(0, range.begin);
  const std::size_t last = before.find_last_not_of(' ');
  if (last != std::string_view::npos && last > 0 && before.substr(last - 1, 2) == "//")
    added.note(message::habit, std::string(comment_habit));
  return Poison{};
}

std::string Elaborator::value_name(const std::string& suffix) const {
  const std::string& site = now().site;
  if (site.empty()) return suffix;
  return suffix.empty() ? site : site + "." + suffix;
}

}  // namespace dlc
