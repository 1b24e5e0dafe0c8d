#include "dsl/elaborate/elaborator.h"

namespace dlc {

/// As lines, the lines of the side taken stand in the choice's place. As a value, its sides have their own
/// bindings; where the condition is a tensor both sides are values, and what is written in them stays in one
/// body, so that the gradient of the side not chosen is a select.
Meaning Elaborator::evaluate_choice(const tree::Choice& choice, const SourceRange& range, bool as_lines,
                                    bool wants_result) {
  const Meaning condition = evaluate(*choice.condition);
  if (is_poison(condition)) return Poison{};
  if (const auto* setting = std::get_if<Setting>(&condition)) {
    const std::optional<bool> truth = as_boolean(*setting);
    if (!truth) {
      report(message::condition_kind, choice.condition->range, described(*setting));
      return Poison{};
    }
    if (!*truth && !choice.otherwise && wants_result) {
      report(message::choice_without_else, range);
      return Poison{};
    }
    if (!as_lines) open_scope();
    Meaning result = Poison{};
    if (*truth) {
      result = run(choice.then, wants_result);
      if (choice.otherwise) skip(*choice.otherwise);
    } else {
      skip(choice.then);
      if (choice.otherwise) result = run(*choice.otherwise, wants_result);
    }
    if (!as_lines) close_scope();
    return result;
  }
  const std::optional<Quantity> test = tensor_of(condition, choice.condition->range);
  if (!test) return Poison{};
  if (as_lines && !wants_result) {
    report(message::lines_by_tensor, choice.condition->range);
    return Poison{};
  }
  if (!choice.otherwise) {
    report(message::choice_without_else, range);
    return Poison{};
  }
  if (test->kind != Kind::boolean) {
    report(message::condition_is_number, choice.condition->range);
    return Poison{};
  }
  ++in_choice_;
  const auto side = [&](const tree::Body& body) {
    open_scope();
    Meaning result = run(body, true);
    close_scope();
    return result;
  };
  const Meaning then = side(choice.then);
  const Meaning otherwise = side(*choice.otherwise);
  --in_choice_;
  if (is_poison(then) || is_poison(otherwise)) return Poison{};
  std::optional<Quantity> a = tensor_of(then, choice.then.range);
  std::optional<Quantity> b = tensor_of(otherwise, choice.otherwise->range);
  if (!a || !b) return Poison{};
  return finished(selected(builder, *test, std::move(*a), std::move(*b)), then, otherwise, range);
}

/// Calls in branches not taken count where instances are numbered.
void Elaborator::skip(const tree::Body& body) {
  for (const tree::Statement& statement : body.statements) {
    if (const auto* repeat = std::get_if<tree::RepeatStatement>(&statement.what)) {
      const std::optional<Setting> count = quiet_setting(repeat->count);
      const std::int64_t times = count ? as_integer(*count).value_or(1) : 1;
      for (std::int64_t i = 0; i < times && i < 10000; ++i) skip(repeat->body);
    } else {
      for_each_inside(statement, [&](const tree::Expression& expression) { skip(expression); });
    }
  }
}

void Elaborator::skip(const tree::Expression& expression) {
  const auto count = [&](const std::string& name, bool is_named) {
    const DeclaredFunction* declared = setup_.program.find(name, now().in_library());
    if (declared && !is_named) ++now().counts[name];
  };
  if (const auto* pipe = std::get_if<tree::Pipe>(&expression.what)) {
    skip(*pipe->value);
    for (const tree::PipeStep& step : pipe->steps) {
      for (const tree::Argument& argument : step.arguments) skip(*argument.value);
      count(step.function.text, step.as.has_value());
    }
    return;
  }
  if (const auto* choice = std::get_if<tree::Choice>(&expression.what)) {
    skip(*choice->condition);
    skip(choice->then);
    if (choice->otherwise) skip(*choice->otherwise);
    return;
  }
  for_each_inside(expression, [&](const tree::Expression& inside) { skip(inside); });
  if (const auto* called = std::get_if<tree::Call>(&expression.what)) count(called->function.text, false);
}

}  // namespace dlc
