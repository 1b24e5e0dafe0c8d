#include "dsl/elaborate/elaborator.h"

namespace dlc {

namespace {

const char* kind_word(tree::FunctionKind kind) {
  switch (kind) {
    case tree::FunctionKind::fn: return "fn";
    case tree::FunctionKind::layer: return "layer";
    case tree::FunctionKind::net: return "net";
    case tree::FunctionKind::optimizer: return "optimizer";
  }
  __builtin_unreachable();
}

bool has_kind(const tree::Parameter& parameter, const char* kind) {
  for (const tree::Name& name : parameter.kinds) {
    if (name.text == kind) return true;
  }
  return false;
}

std::vector<std::string> parameter_names(const tree::Function& function) {
  std::vector<std::string> names;
  for (const tree::Parameter& parameter : function.parameters) names.push_back(parameter.name.text);
  return names;
}

std::string path_text(const tree::Expression& expression) {
  if (const auto* use = std::get_if<tree::NameUse>(&expression.what)) return use->name;
  if (const auto* member = std::get_if<tree::Member>(&expression.what)) {
    const std::string of = path_text(*member->of);
    return of.empty() ? "" : of + "." + member->name.text;
  }
  return "";
}

}  // namespace

Meaning Elaborator::call(const tree::Name& function, const std::vector<tree::Argument>& arguments,
                         const SourceRange& range, const Piped& piped, const tree::Name* as) {
  std::string name = function.text;
  bool from_library = now().in_library();
  if (const Binding* bound = find_binding(name)) {
    const auto* setting = std::get_if<Setting>(&bound->meaning);
    const auto* chosen = setting ? std::get_if<FunctionSetting>(&setting->value) : nullptr;
    if (chosen) {
      name = chosen->name;
      from_library = bound->from_library;
    }
  }
  const DeclaredFunction* declared = setup_.program.find(name, from_library);
  if (piped.value && is_poison(*piped.value) && (declared || is_builtin(name))) {
    look_into(arguments);
    return Poison{};
  }
  if (declared) {
    return call_declared(*declared, arguments, range, piped, as);
  }
  if (is_builtin(name)) {
    result_name_.clear();
    return call_builtin(function, arguments, range, piped);
  }
  const auto added = report(message::unknown_function, function.range, name);
  std::vector<std::string> names = setup_.program.function_names();
  names.insert(names.end(), builtin_names().begin(), builtin_names().end());
  suggest(added, name, names);
  look_into(arguments);
  return Poison{};
}

void Elaborator::look_into(const std::vector<tree::Argument>& arguments) {
  for (const tree::Argument& argument : arguments) {
    // A name alone may have been meant as a function or a net.
    if (!std::holds_alternative<tree::NameUse>(argument.value->what)) evaluate(*argument.value);
  }
}

/// fn calls fn; layers are called in layers and nets; nets in the train block and in nets; nothing calls
/// itself.
bool Elaborator::may_call(const DeclaredFunction& declared, const SourceRange& range) {
  constexpr std::size_t deepest = 200;  // The stack ends some time.
  const tree::Function& callee = *declared.function;
  if (activations_.size() > deepest) {
    report(message::calls_too_deep, range, static_cast<std::int64_t>(deepest));
    return false;
  }
  for (const auto& activation : activations_) {
    if (activation->declared && activation->declared->function == &callee) {
      report(message::calls_itself, range, callee.name.text);
      return false;
    }
  }
  if (callee.kind == tree::FunctionKind::optimizer) {
    report(message::optimizer_called, range, callee.name.text);
    return false;
  }
  if (callee.kind == tree::FunctionKind::fn) return true;
  if (is_of_measured_) {
    report(message::metric_mixture, range, callee.name.text);
    return false;
  }
  const bool in_data = !now().declared && now().site.starts_with("data.");
  const bool in_train = !now().declared && !in_data;
  const tree::FunctionKind caller = in_data    ? tree::FunctionKind::fn
                                    : in_train ? tree::FunctionKind::net
                                               : now().declared->function->kind;
  const bool caller_keeps = caller == tree::FunctionKind::layer || caller == tree::FunctionKind::net;
  if (callee.kind == tree::FunctionKind::layer && !in_train && caller_keeps) return true;
  if (callee.kind == tree::FunctionKind::net && caller == tree::FunctionKind::net) return true;
  report(message::wrong_caller, range, kind_word(callee.kind), callee.name.text,
         in_data    ? "a data block"
         : in_train ? "the train block"
                    : std::string("a ") + kind_word(caller),
         callee.kind == tree::FunctionKind::net ? "in the train block and in nets" : "in layers and nets");
  return false;
}

Elaborator::Given Elaborator::evaluate_argument(const tree::Parameter& parameter,
                                                const tree::Argument& argument) {
  Given given{&argument, Poison{}, argument.value->range, false, argument.value->range};
  const std::string path = path_text(*argument.value);
  const Binding* bound = path.empty() ? nullptr : find_binding(path);
  if (bound && (has_kind(parameter, "function") || has_kind(parameter, "net"))) {
    given.meaning = bound->meaning;
    given.from_library = bound->from_library;
    return given;
  }
  if (has_kind(parameter, "function") && !path.empty()) {
    if (setup_.program.find(path, now().in_library())) {
      given.meaning = Setting{FunctionSetting{path}};
      given.from_library = now().in_library();
    } else if (is_builtin(path)) {
      const bool is_draw = path == "uniform" || path == "normal" || path == "integer_uniform";
      report(message::builtin_as_function, given.range, path,
             is_draw ? "fn small(fan_in: int, fan_out: int) = normal(0, 0.02)"
                     : "fn my_" + path + "(x) = " + path + "(x)");
    } else {
      const auto added = report(message::unknown_function, given.range, path);
      suggest(added, path, setup_.program.function_names());
    }
    return given;
  }
  if (has_kind(parameter, "net") && !path.empty()) {
    const DeclaredFunction* net = setup_.program.find(path.substr(0, path.find('.')), now().in_library());
    if (net && net->function->kind == tree::FunctionKind::net) {
      given.meaning = Setting{PathSetting{path}};
    } else {
      const auto added = report(message::unknown_net, given.range, path);
      suggest(added, path, net_names());
    }
    return given;
  }
  given.meaning = evaluate(*argument.value);
  return given;
}

/// What each parameter is given, by position or by name; the arguments are elaborated in the order of the
/// text.
std::optional<std::vector<std::optional<Elaborator::Given>>> Elaborator::match_arguments(
    const DeclaredFunction& declared, const std::vector<tree::Argument>& arguments, const Piped& piped,
    const SourceRange& range) {
  const tree::Function& function = *declared.function;
  std::vector<std::optional<Given>> given(function.parameters.size());
  std::size_t next = 0;
  bool is_sound = true;
  // What the optimizer's own w and g are is not the user's to give.
  if (function.kind == tree::FunctionKind::optimizer) next = 2;
  if (piped.value && next < given.size()) {
    given[next++] = Given{nullptr, *piped.value, piped.range, false, piped.last};
  } else if (piped.value) {
    report(message::too_many_arguments, range, function.name.text, message::counted(0, "argument"),
           message::there_are(1));
    return std::nullopt;
  }
  for (const tree::Argument& argument : arguments) {
    std::size_t place = next;
    if (argument.name) {
      for (place = 0; place < function.parameters.size(); ++place) {
        if (function.parameters[place].name.text == argument.name->text) break;
      }
      if (place == function.parameters.size()) {
        const auto added =
            report(message::unknown_argument, argument.name->range, function.name.text, argument.name->text);
        suggest(added, argument.name->text, parameter_names(function));
        note_declaration(added, declared);
        is_sound = false;
        continue;
      }
    } else {
      ++next;
    }
    if (place >= function.parameters.size()) {
      const auto added = report(message::too_many_arguments, argument.range, function.name.text,
                                message::counted(function.parameters.size(), "argument"),
                                message::there_are(arguments.size() + (piped.value ? 1 : 0)));
      note_declaration(added, declared);
      return std::nullopt;
    }
    if (given[place]) {
      report(message::argument_twice, argument.range, function.parameters[place].name.text);
      is_sound = false;
      continue;
    }
    given[place] = evaluate_argument(function.parameters[place], argument);
    is_sound = is_sound && !is_poison(given[place]->meaning);
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    const tree::Parameter& parameter = function.parameters[i];
    if (given[i] || parameter.default_value || (function.kind == tree::FunctionKind::optimizer && i < 2))
      continue;
    if (!is_sound) continue;
    const auto added = report(message::missing_argument, range, function.name.text, parameter.name.text);
    note_declaration(added, declared);
    is_sound = false;
  }
  return is_sound ? std::optional(std::move(given)) : std::nullopt;
}

void Elaborator::note_declaration(const Diagnostics::Added& added, const DeclaredFunction& declared) const {
  if (declared.in_library) {
    added.note(message::in_library, declared.function->name.text);
  } else {
    added.note(message::declared_here, declared.function->name.range, declared.function->name.text);
  }
}

Meaning Elaborator::call_declared(const DeclaredFunction& declared,
                                  const std::vector<tree::Argument>& arguments, const SourceRange& range,
                                  const Piped& piped, const tree::Name* as) {
  const std::string result_name = std::exchange(result_name_, {});
  if (!may_call(declared, range)) return Poison{};
  const std::string outer_hint = std::exchange(hint_, {});
  const tree::Expression* outer_node = std::exchange(hint_node_, nullptr);
  std::optional<std::vector<std::optional<Given>>> given = match_arguments(declared, arguments, piped, range);
  auto activation = std::make_unique<Activation>();
  activation->declared = &declared;
  activation->call = range;
  activation->user_place = now().in_library() ? now().user_place : range;
  activation->places = now().places;
  activation->places.push_back(place_of(range));
  activation->ambient = now().ambient;
  activation->scopes.emplace_back();
  const std::string local = instance_name(declared, as);
  const bool is_net = declared.function->kind == tree::FunctionKind::net;
  const auto joined = [](const std::string& a, const std::string& b) { return a.empty() ? b : a + "." + b; };
  activation->instance = is_net ? declared.function->name.text : joined(now().instance, local);
  activation->site = joined(now().site, local);
  Meaning result = Poison{};
  if (given) result = run_function(declared, std::move(*given), std::move(activation), range, result_name);
  hint_ = outer_hint;
  hint_node_ = outer_node;
  return result;
}

/// An argument that the body reads more than once, or by subscripts, is held by a node.
void Elaborator::hold_arguments(const DeclaredFunction& declared, std::vector<std::optional<Given>>& given,
                                const std::string& site) {
  if (in_choice_ > 0) return;
  for (std::size_t i = 0; i < given.size(); ++i) {
    auto* tensor = given[i] ? std::get_if<Quantity>(&given[i]->meaning) : nullptr;
    if (!tensor || builder.is_cheap(*tensor)) continue;
    const std::string& name = declared.function->parameters[i].name.text;
    const auto [uses, is_new] = setup_.uses.try_emplace(&declared.function->parameters[i], 0);
    if (is_new) uses->second = uses_of(declared.function->body, name);
    if (uses->second < 2) continue;
    came_from(given[i]->last);
    *tensor = builder.materialized(*tensor, site + "." + name);
  }
}

Meaning Elaborator::run_function(const DeclaredFunction& declared, std::vector<std::optional<Given>> given,
                                 std::unique_ptr<Activation> activation, const SourceRange& range,
                                 const std::string& result_name) {
  const std::size_t first_value = builder.graph.size();
  const auto record = static_cast<CallId>(calls_.size());
  calls_.push_back({declared.function->name.text, range, activation->user_place, {}});
  hold_arguments(declared, given, activation->site);
  std::vector<Dimension> leads;
  if (!take_leads(declared, given, leads, record, range)) return Poison{};
  Shapes inputs;
  for (const std::optional<Given>& each : given) {
    const auto* tensor = each ? std::get_if<Quantity>(&each->meaning) : nullptr;
    if (tensor) inputs.push_back(builder.shape_of(*tensor));
  }
  for (const Dimension& lead : leads) activation->ambient.push_back(lead.axis);
  activation->first_inner_axis = static_cast<std::uint32_t>(builder.axes.indices.size());
  const std::string name = result_name.empty() ? activation->site : result_name;
  activations_.push_back(std::move(activation));
  Meaning result = Poison{};
  if (bind_parameters(declared, given, range)) result = run(declared.function->body, true);
  take_over_writes();
  const std::unique_ptr<Activation> done = std::move(activations_.back());
  activations_.pop_back();
  came_from(range);
  result = leave_call(std::move(result), leads, record, name);
  note_summary(declared, *done, result, inputs, first_value);
  return result;
}

/// The lead comes back to the left of the result's shape.
Meaning Elaborator::leave_call(Meaning result, const std::vector<Dimension>& leads, CallId record,
                               const std::string& name) {
  if (auto* tuple = std::get_if<Tuple>(&result)) {
    for (Meaning& element : tuple->elements) element = leave_call(std::move(element), leads, record, name);
    return result;
  }
  const auto* setting = std::get_if<Setting>(&result);
  if (setting && !leads.empty() && (as_number(*setting) || as_boolean(*setting))) {
    result = *tensor_of(result, calls_[static_cast<std::size_t>(record)].place);
  }
  auto* tensor = std::get_if<Quantity>(&result);
  if (!tensor) return result;
  tensor->dimensions.insert(tensor->dimensions.begin(), leads.begin(), leads.end());
  if (!tensor->dimensions.empty() && in_choice_ == 0) *tensor = builder.materialized(*tensor, name);
  if (tensor->dimensions.empty()) tensor->is_draw = tensor->is_draw && leads.empty();
  tensor->returned_by.push_back(record);
  return result;
}

}  // namespace dlc
