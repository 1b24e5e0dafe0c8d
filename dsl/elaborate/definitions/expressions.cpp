#include "dsl/elaborate/elaborator.h"

namespace dlc {

namespace {

Scalar scalar_of(tree::BinaryOperator operation) {
  switch (operation) {
    case tree::BinaryOperator::or_: return Scalar::logical_or;
    case tree::BinaryOperator::and_: return Scalar::logical_and;
    case tree::BinaryOperator::equal: return Scalar::equal;
    case tree::BinaryOperator::not_equal: return Scalar::not_equal;
    case tree::BinaryOperator::less: return Scalar::less;
    case tree::BinaryOperator::less_equal: return Scalar::less_equal;
    case tree::BinaryOperator::greater: return Scalar::greater;
    case tree::BinaryOperator::greater_equal: return Scalar::greater_equal;
    case tree::BinaryOperator::add: return Scalar::add;
    case tree::BinaryOperator::subtract: return Scalar::subtract;
    case tree::BinaryOperator::multiply: return Scalar::multiply;
    case tree::BinaryOperator::divide: return Scalar::divide;
    case tree::BinaryOperator::divide_down: return Scalar::quotient;
    case tree::BinaryOperator::remainder: return Scalar::remainder;
    case tree::BinaryOperator::power: return Scalar::power;
  }
  __builtin_unreachable();
}

std::string kind_word(const Meaning& meaning) {
  if (const auto* setting = std::get_if<Setting>(&meaning)) return described(*setting);
  if (const auto* tensor = std::get_if<Quantity>(&meaning)) {
    switch (tensor->kind) {
      case Kind::number: return "a value of numbers";
      case Kind::integer: return "a value of integers";
      case Kind::boolean: return "a value of booleans";
    }
  }
  return "several values";
}

}  // namespace

Meaning Elaborator::evaluate(const tree::Expression& expression) {
  const SourceRange& range = expression.range;
  return std::visit(
      tree::match{
          [&](const tree::IntegerLiteral& literal) -> Meaning { return Setting{literal.value}; },
          [&](const tree::NumberLiteral& literal) -> Meaning { return Setting{literal.value}; },
          [&](const tree::BooleanLiteral& literal) -> Meaning { return Setting{literal.value}; },
          [&](const tree::NoneLiteral&) -> Meaning { return Setting{NoneSetting{}}; },
          [&](const tree::StringLiteral& literal) -> Meaning { return Setting{literal.value}; },
          [&](const tree::ListLiteral& list) { return evaluate_list(list, range); },
          [&](const tree::TupleLiteral& tuple) -> Meaning {
            Tuple result;
            for (const tree::Expression& element : tuple.elements)
              result.elements.push_back(evaluate(element));
            return result;
          },
          [&](const tree::Training&) -> Meaning { return Setting{mode_ == Mode::training}; },
          [&](const tree::NameUse& use) { return name_use(use.name, range); },
          [&](const tree::Member& member) { return evaluate_member(member, range); },
          [&](const tree::Call& called) {
            result_name_ = hint_node_ == &expression ? hint_ : "";
            return call(called.function, called.arguments, range, {}, nullptr);
          },
          [&](const tree::Read& read) { return evaluate_read(read, range); },
          [&](const tree::Pipe& pipe) { return evaluate_pipe(pipe, hint_node_ == &expression); },
          [&](const tree::Unary& unary) { return evaluate_unary(unary, range); },
          [&](const tree::Binary& binary) { return evaluate_binary(binary, range); },
          [&](const tree::Reduction& reduction) { return evaluate_reduction(reduction, expression); },
          [&](const tree::PathReduction& reduction) { return evaluate_path_reduction(reduction, range); },
          [&](const tree::Choice& choice) { return evaluate_choice(choice, range, false, true); },
          [&](const tree::Scan&) { return not_yet(range, "`scan`"); },
      },
      expression.what);
}

/// A list of settings is a setting; one of values of equal shape is a value, stacked in front.
Meaning Elaborator::evaluate_list(const tree::ListLiteral& list, const SourceRange& range) {
  std::vector<Meaning> elements;
  bool all_settings = true;
  for (const tree::Expression& element : list.elements) {
    elements.push_back(evaluate(element));
    if (is_poison(elements.back())) return Poison{};
    all_settings = all_settings && std::holds_alternative<Setting>(elements.back());
  }
  if (all_settings) {
    ListSetting settings;
    for (Meaning& element : elements) settings.elements.push_back(std::get<Setting>(std::move(element)));
    return Setting{std::move(settings)};
  }
  std::optional<Quantity> stacked;
  const IndexId place = builder.axes.add("e", static_cast<std::int64_t>(elements.size()));
  for (std::size_t i = elements.size(); i-- > 0;) {
    std::optional<Quantity> element = tensor_of(elements[i], list.elements[i].range);
    if (!element) return Poison{};
    if (!stacked) {
      stacked = std::move(element);
      continue;
    }
    Quantity condition;
    condition.kind = Kind::boolean;
    condition.body = call_body(Scalar::equal, position_body(dlc::position_of(place)),
                               constant_body(static_cast<double>(i), Kind::integer));
    if (builder.shape_of(*element) != builder.shape_of(*stacked)) {
      report(message::list_shapes, range, shape_text(*element), shape_text(*stacked));
      return Poison{};
    }
    Outcome outcome = selected(builder, std::move(condition), std::move(*element), std::move(*stacked));
    const Meaning made = finished(std::move(outcome), elements[i], elements.back(), range);
    if (is_poison(made)) return Poison{};
    stacked = std::get<Quantity>(made);
  }
  stacked->dimensions.insert(stacked->dimensions.begin(), {place, no_call});
  stacked->returned_by.clear();
  return *stacked;
}

Meaning Elaborator::evaluate_unary(const tree::Unary& unary, const SourceRange& range) {
  const Meaning operand = evaluate(*unary.operand);
  return apply(unary.operation == tree::UnaryOperator::negate ? Scalar::negate : Scalar::logical_not, operand,
               range);
}

Meaning Elaborator::evaluate_binary(const tree::Binary& binary, const SourceRange& range) {
  Meaning left = evaluate(*binary.left);
  // `a and b`, `a or b` of settings: what is decided by the left side is not asked of the right one.
  if (const auto* setting = std::get_if<Setting>(&left)) {
    const std::optional<bool> truth = as_boolean(*setting);
    if (truth && binary.operation == tree::BinaryOperator::and_ && !*truth) return left;
    if (truth && binary.operation == tree::BinaryOperator::or_ && *truth) return left;
  }
  const Meaning right = evaluate(*binary.right);
  return apply(scalar_of(binary.operation), left, right, range);
}

Meaning Elaborator::evaluate_pipe(const tree::Pipe& pipe, bool is_bound) {
  Meaning value = evaluate(*pipe.value);
  SourceRange range = pipe.value->range;
  SourceRange last = range;
  for (const tree::PipeStep& step : pipe.steps) {
    const bool is_last = &step == &pipe.steps.back();
    result_name_ = is_bound && is_last ? hint_ : "";
    value =
        call(step.function, step.arguments, step.range, {&value, range, last}, step.as ? &*step.as : nullptr);
    last = step.range;
    range = range | step.range;
    if (step.as && may_bind(*step.as, Binding::Role::value)) bind(*step.as, value);
  }
  return value;
}

/// `ratings.user` in classes( ) is met there; elsewhere a dot joins only the names of paths.
Meaning Elaborator::evaluate_member(const tree::Member&, const SourceRange& range) {
  report(message::path_as_value, range, text_of(range));
  return Poison{};
}

std::optional<Quantity> Elaborator::tensor_of(const Meaning& meaning, const SourceRange& range) {
  if (const auto* tensor = std::get_if<Quantity>(&meaning)) return *tensor;
  if (is_poison(meaning)) return std::nullopt;
  if (const auto* setting = std::get_if<Setting>(&meaning)) {
    if (const std::optional<bool> truth = as_boolean(*setting)) {
      Quantity tensor;
      tensor.kind = Kind::boolean;
      tensor.body = constant_body(*truth ? 1 : 0, Kind::boolean);
      return tensor;
    }
    if (const std::optional<ListTensor> table = as_tensor(*setting)) return builder.constant(*table);
    report(message::no_tensor, range, described(*setting));
    return std::nullopt;
  }
  report(message::several_values, range);
  return std::nullopt;
}

Meaning Elaborator::apply(Scalar function, const Meaning& a, const Meaning& b, const SourceRange& range) {
  if (is_poison(a) || is_poison(b)) return Poison{};
  const auto* m = std::get_if<Setting>(&a);
  const auto* n = std::get_if<Setting>(&b);
  if (m && n) {
    const std::variant<Setting, NoSetting> result = applied(function, *m, *n);
    if (const auto* setting = std::get_if<Setting>(&result)) return *setting;
    if (!as_list(*m) && !as_list(*n)) {
      switch (std::get<NoSetting>(result).why) {
        case NoSetting::Why::division_by_zero: report(message::division_by_zero, range, to_text(*m)); break;
        case NoSetting::Why::overflow: report(message::integer_range, range); break;
        case NoSetting::Why::kinds:
          if (facts(function).signature == Signature::integer) {
            report(message::integers_wanted, range, described(*m), described(*n));
          } else {
            report(message::wrong_operands, range, described(*m), described(*n));
          }
          break;
      }
      return Poison{};
    }
  }
  const auto is_none = [](const Setting* setting) {
    return setting && std::holds_alternative<NoneSetting>(setting->value);
  };
  if (is_none(m) || is_none(n)) {
    report(message::wrong_operands, range, kind_word(a), kind_word(b));
    return Poison{};
  }
  std::optional<Quantity> x = tensor_of(a, range);
  std::optional<Quantity> y = tensor_of(b, range);
  if (!x || !y) return Poison{};
  Outcome outcome = function == Scalar::power ? power(builder, std::move(*x), std::move(*y))
                                              : combined(builder, function, std::move(*x), std::move(*y));
  return finished(std::move(outcome), a, b, range);
}

Meaning Elaborator::apply(Scalar function, const Meaning& a, const SourceRange& range) {
  if (is_poison(a)) return Poison{};
  if (const auto* setting = std::get_if<Setting>(&a); setting && !as_list(*setting)) {
    const std::variant<Setting, NoSetting> result = applied(function, *setting, *setting);
    if (const auto* made = std::get_if<Setting>(&result)) return *made;
    const auto why = std::get<NoSetting>(result).why;
    if (why == NoSetting::Why::overflow) {
      report(message::integer_range, range);
    } else {
      report(message::wrong_operand, range, described(*setting));
    }
    return Poison{};
  }
  std::optional<Quantity> x = tensor_of(a, range);
  if (!x) return Poison{};
  return finished(combined(builder, function, std::move(*x)), a, a, range);
}

Meaning Elaborator::finished(Outcome outcome, const Meaning& a, const Meaning& b, const SourceRange& range) {
  if (auto* tensor = std::get_if<Quantity>(&outcome)) return std::move(*tensor);
  switch (std::get<Misfit>(outcome)) {
    case Misfit::shapes: {
      const std::optional<Quantity> x = tensor_of(a, range);
      const std::optional<Quantity> y = tensor_of(b, range);
      if (!x || !y) break;
      const auto added = report(message::shapes_differ, range, shape_text(*x), shape_text(*y));
      note_history(added, *x);
      note_history(added, *y);
      added.note(message::write_the_index);
      break;
    }
    case Misfit::boolean_operand: report(message::boolean_operand, range); break;
    case Misfit::boolean_wanted: report(message::boolean_wanted, range, kind_word(a), kind_word(b)); break;
    case Misfit::kinds: report(message::wrong_operands, range, kind_word(a), kind_word(b)); break;
    case Misfit::integers_wanted: report(message::integers_wanted, range, kind_word(a), kind_word(b)); break;
    case Misfit::divisor: {
      const std::optional<Quantity> divisor = tensor_of(b, range);
      report(message::divisor_not_positive, range, divisor ? divisor->least : 0);
      break;
    }
    case Misfit::too_large: report(message::integer_range, range); break;
    case Misfit::draw_with_shape: report(message::draw_with_shape, range); break;
  }
  return Poison{};
}

std::optional<Setting> Elaborator::setting_of(const tree::Expression& expression) {
  const Meaning meaning = evaluate(expression);
  if (const auto* setting = std::get_if<Setting>(&meaning)) return *setting;
  if (!is_poison(meaning)) report(message::setting_wanted, expression.range);
  return std::nullopt;
}

std::optional<Setting> Elaborator::quiet_setting(const tree::Expression& expression) {
  const auto counts = now().counts;
  const int draws = now().draws;
  ++muted_;
  const Meaning meaning = evaluate(expression);
  --muted_;
  now().counts = counts;
  now().draws = draws;
  const auto* setting = std::get_if<Setting>(&meaning);
  return setting ? std::optional(*setting) : std::nullopt;
}

std::optional<std::int64_t> Elaborator::integer_setting(const tree::Expression& expression,
                                                        const char* what) {
  const Meaning meaning = evaluate(expression);
  if (is_poison(meaning)) return std::nullopt;
  if (const auto* setting = std::get_if<Setting>(&meaning)) {
    if (const std::optional<std::int64_t> integer = as_integer(*setting)) return integer;
    const auto added = report(message::integer_wanted, expression.range, what, described(*setting));
    const auto* binary = std::get_if<tree::Binary>(&expression.what);
    if (binary && binary->operation == tree::BinaryOperator::divide) added.note(message::write_divide_down);
    return std::nullopt;
  }
  report(message::integer_wanted, expression.range, what, kind_word(meaning));
  return std::nullopt;
}

}  // namespace dlc
