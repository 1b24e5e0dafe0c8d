#include "dsl/elaborate/elaborator.h"

namespace dlc {

Meaning Elaborator::run(const tree::Body& body, bool wants_result) {
  Meaning result = Poison{};
  if (body.statements.empty() && wants_result) report(message::no_result, body.range);
  for (std::size_t i = 0; i < body.statements.size(); ++i) {
    const bool is_last = i + 1 == body.statements.size();
    const int errors = errors_;
    result = run(body.statements[i], is_last, wants_result);
    if (now().is_given_up) return Poison{};
    // What is wrong with the use of a library entry is wrong with it once.
    if (now().in_library() && errors_ > errors) return Poison{};
  }
  return result;
}

Meaning Elaborator::run(const tree::Statement& statement, bool is_last, bool wants_result) {
  came_from(statement.range);
  const bool gives = is_last && wants_result;
  const auto no_value = [&]() -> Meaning {
    if (gives) report(message::no_result, statement.range);
    return Poison{};
  };
  return std::visit(tree::match{
                        [&](const tree::KeptStatement& kept_line) {
                          if (now().optimizer) {
                            keep_of_optimizer(kept_line);
                          } else {
                            keep(kept_line);
                          }
                          return no_value();
                        },
                        [&](const tree::UpdateStatement& line) {
                          update(line);
                          return no_value();
                        },
                        [&](const tree::YieldStatement&) { return not_yet(statement.range, "`scan`"); },
                        [&](const tree::CheckStatement& check) {
                          run_check(check);
                          return no_value();
                        },
                        [&](const tree::RepeatStatement& repeat) {
                          run_repeat(repeat);
                          return no_value();
                        },
                        [&](const tree::DefinitionStatement& definition) { return define(definition); },
                        [&](const tree::BindingStatement& binding) { return run_binding(binding); },
                        [&](const tree::ExpressionStatement& line) -> Meaning {
                          if (const auto* choice = std::get_if<tree::Choice>(&line.value.what)) {
                            return evaluate_choice(*choice, line.value.range, true, gives);
                          }
                          return evaluate(line.value);
                        },
                    },
                    statement.what);
}

/// A value that is bound to a name is held by a node of that name, unless it is written in a side of a
/// choice.
Meaning Elaborator::held(Meaning meaning, const std::string& name) {
  if (auto* tensor = std::get_if<Quantity>(&meaning)) {
    tensor->is_draw = false;
    if (in_choice_ > 0 && tensor->dimensions.empty()) return meaning;
    if (in_choice_ > 0 && !builder.is_direct_read(*tensor)) return meaning;
    if (tensor->dimensions.empty() && builder.is_cheap(*tensor)) return meaning;
    return builder.materialized(*tensor, name);
  }
  return meaning;
}

Meaning Elaborator::run_binding(const tree::BindingStatement& binding) {
  for (const tree::Name& name : binding.names) {
    if (!may_bind(name, Binding::Role::value)) return Poison{};
  }
  const bool is_one = binding.names.size() == 1;
  const std::string outer_hint = std::exchange(hint_, is_one ? value_name(binding.names[0].text) : "");
  const tree::Expression* outer_node = std::exchange(hint_node_, is_one ? &binding.value : nullptr);
  Meaning value = evaluate(binding.value);
  hint_ = outer_hint;
  hint_node_ = outer_node;
  if (is_one) {
    value = held(std::move(value), value_name(binding.names[0].text));
    bind(binding.names[0], value);
    return value;
  }
  auto* tuple = std::get_if<Tuple>(&value);
  if (!tuple || tuple->elements.size() != binding.names.size()) {
    if (!is_poison(value)) {
      report(message::results_count, binding.value.range, message::counted(binding.names.size(), "name"),
             message::counted(tuple ? tuple->elements.size() : 1, "value"));
    }
    for (const tree::Name& name : binding.names) bind(name, Poison{});
    return Poison{};
  }
  for (std::size_t i = 0; i < binding.names.size(); ++i) {
    tuple->elements[i] = held(std::move(tuple->elements[i]), value_name(binding.names[i].text));
    bind(binding.names[i], tuple->elements[i]);
  }
  return value;
}

Meaning Elaborator::run_repeat(const tree::RepeatStatement& repeat) {
  const std::optional<std::int64_t> count = integer_setting(repeat.count, "the count of a repeat");
  if (!count) return Poison{};
  if (*count < 0 || *count > 100000) {
    report(message::repeat_count, repeat.count.range, *count);
    return Poison{};
  }
  if (repeat.index && !may_bind(*repeat.index, Binding::Role::index)) return Poison{};
  ++now().repeats;
  const int errors = errors_;
  for (std::int64_t i = 0; i < *count && errors_ == errors; ++i) {
    if (repeat.index) bind(*repeat.index, Setting{i}, Binding::Role::index);
    run(repeat.body, false);
  }
  --now().repeats;
  if (repeat.index) {
    std::erase_if(now().scopes.back(), [&](const Binding& b) { return b.name == repeat.index->text; });
  }
  return Poison{};
}

/// {name} in a message shows a setting.
std::string Elaborator::filled_message(const tree::String& message) {
  const std::string& text = message.value;
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '{') {
      result += text[i];
      continue;
    }
    const std::size_t end = text.find('}', i);
    if (end == std::string::npos) {
      report(message::message_open, message.range);
      return result;
    }
    const std::string name = text.substr(i + 1, end - i - 1);
    const Binding* bound = find_binding(name);
    const Meaning* meaning = bound ? &bound->meaning : nullptr;
    const Meaning constant_meaning = !bound && !now().in_library() && setup_.program.constants.contains(name)
                                         ? constant(name, message.range)
                                         : Poison{};
    if (!bound && !is_poison(constant_meaning)) meaning = &constant_meaning;
    const auto* setting = meaning ? std::get_if<Setting>(meaning) : nullptr;
    if (!setting && !(meaning && is_poison(*meaning))) {
      const auto added = report(message::message_name, message.range, text.substr(i, end + 1 - i),
                                meaning ? "a value, not known when the file is read" : "no name here");
      if (!meaning) suggest(added, name, value_names());
    }
    result += setting ? to_text(*setting) : text.substr(i, end + 1 - i);
    i = end;
  }
  return result;
}

void Elaborator::run_check(const tree::CheckStatement& check) {
  ++in_check_;
  const Meaning meaning = evaluate(check.condition);
  --in_check_;
  if (is_poison(meaning)) return;
  const auto* setting = std::get_if<Setting>(&meaning);
  const std::optional<bool> truth = setting ? as_boolean(*setting) : std::nullopt;
  if (!truth) {
    report(message::check_kind, check.condition.range, check.is_expect ? "expect" : "require");
    return;
  }
  if (muted_ > 0) return;
  // What is wrong with the text is told whether it is needed or not.
  const std::string text = filled_message(check.message);
  if (*truth) return;
  // The position is the call in the user's files that led here.
  const SourceRange where = now().declared ? now().user_place : check.condition.range;
  if (check.is_expect) {
    sink().add(message::expectation, where, text);
  } else {
    ++errors_;
    now().is_given_up = true;
    sink()
        .add(message::requirement, where, text)
        .note(message::required_by, check.condition.range, text_of(check.condition.range));
  }
}

}  // namespace dlc
