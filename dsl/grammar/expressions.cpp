#include "dsl/grammar/literals.h"
#include "dsl/grammar/rules.h"

namespace dlc::grammar {

namespace {

using tree::BinaryOperator;
using tree::Expression;
using tree::Range;

constexpr auto wrapped = [](State&, auto&& what, Range range) {
  return Expression{std::forward<decltype(what)>(what), range, false};
};

/// A rule without a name that makes an expression of struct T.
template <class T, class Subject>
auto node(const Subject& subject) {
  return to(made<T>(subject), wrapped);
}

// ---------------------------------------------------------------------- operators

struct Operator {
  BinaryOperator operation = BinaryOperator::add;
  Range sign;
};

/// An operator and what stands to the right of it.
struct Operated {
  Operator by;
  Expression right;
};

template <std::size_t count>
std::optional<Operator> find_operator(State& state, const Token& token,
                                      const std::pair<std::string_view, BinaryOperator> (&table)[count]) {
  for (const auto& [text, operation] : table) {
    if (token.text == text) return Operator{operation, state.range(token)};
  }
  return std::nullopt;
}

std::optional<Operator> or_operator(State& state, const Token& token) {
  static constexpr std::pair<std::string_view, BinaryOperator> table[] = {{"or", BinaryOperator::or_}};
  return find_operator(state, token, table);
}

std::optional<Operator> and_operator(State& state, const Token& token) {
  static constexpr std::pair<std::string_view, BinaryOperator> table[] = {{"and", BinaryOperator::and_}};
  return find_operator(state, token, table);
}

std::optional<Operator> comparison_operator(State& state, const Token& token) {
  static constexpr std::pair<std::string_view, BinaryOperator> table[] = {
      {"==", BinaryOperator::equal},  {"!=", BinaryOperator::not_equal},
      {"<", BinaryOperator::less},    {"<=", BinaryOperator::less_equal},
      {">", BinaryOperator::greater}, {">=", BinaryOperator::greater_equal}};
  return find_operator(state, token, table);
}

std::optional<Operator> sum_operator(State& state, const Token& token) {
  static constexpr std::pair<std::string_view, BinaryOperator> table[] = {{"+", BinaryOperator::add},
                                                                          {"-", BinaryOperator::subtract}};
  return find_operator(state, token, table);
}

std::optional<Operator> term_operator(State& state, const Token& token) {
  static constexpr std::pair<std::string_view, BinaryOperator> table[] = {{"*", BinaryOperator::multiply},
                                                                          {"/", BinaryOperator::divide},
                                                                          {"//", BinaryOperator::divide_down},
                                                                          {"%", BinaryOperator::remainder}};
  return find_operator(state, token, table);
}

std::optional<Operator> power_operator(State& state, const Token& token) {
  static constexpr std::pair<std::string_view, BinaryOperator> table[] = {{"^", BinaryOperator::power}};
  return find_operator(state, token, table);
}

/// Where an expression begins, brackets around it included.
std::uint32_t outer_begin(const State& state, const Expression& expression) {
  std::uint32_t begin = expression.range.begin;
  if (!expression.in_brackets) return begin;
  while (begin > 0 && state.begin[begin - 1] == ' ') --begin;
  return begin - 1;
}

std::uint32_t outer_end(const State& state, const Expression& expression) {
  if (!expression.in_brackets) return expression.range.end;
  const char* const close = past_blanks(state.begin + expression.range.end, state.end());
  return state.offset(close) + 1;
}

void join_binary(State& state, Expression& left, Operated&& next) {
  const Range range{state.file, outer_begin(state, left), outer_end(state, next.right)};
  const bool is_tight = state.begin[next.by.sign.begin - 1] != ' ' && state.begin[next.by.sign.end] != ' ';
  tree::Binary binary{next.by.operation, std::move(left), std::move(next.right), next.by.sign, is_tight};
  left = Expression{std::move(binary), range, false};
}

template <class Operand>
auto operated(std::optional<Operator> (*accept)(State&, const Token&), const Operand& operand) {
  return made<Operated>(into(&Operated::by, token<Operator>(accept)) >>
                        into(&Operated::right, needs(operand, "an expression")));
}

template <class Operand>
auto chain(std::optional<Operator> (*accept)(State&, const Token&), const Operand& operand) {
  return fold(operand, operated(accept, operand), join_binary);
}

/// One operator at most.
struct Pair {
  Expression left;
  std::optional<Operated> next;
};

Expression join_pair(State& state, Pair pair, Range) {
  if (pair.next) join_binary(state, pair.left, std::move(*pair.next));
  return std::move(pair.left);
}

Expression join_comparison(State& state, Pair pair, Range range) {
  if (!pair.next) return std::move(pair.left);
  const Token token = token_at(past_blanks(state.begin + range.end, state.end()), state.end());
  if (comparison_operator(state, token)) report_comparison_chain(state, range, pair.next->by.sign, token);
  return join_pair(state, std::move(pair), range);
}

Expression negated(State&, Expression operand, Range range) {
  return Expression{tree::Unary{tree::UnaryOperator::negate, std::move(operand)}, range, false};
}

// ---------------------------------------------------------------------- reads and calls

struct Arguments {
  std::vector<tree::Argument> arguments;
  Range range;
};
struct Subscripts {
  std::vector<tree::Subscript> subscripts;
  Range range;
};
struct MemberName {
  tree::Name name;
  Range range;
};
using Suffix = std::variant<Arguments, Subscripts, MemberName>;

void join_suffix(State& state, Expression& value, Suffix&& suffix) {
  const std::uint32_t begin = outer_begin(state, value);
  const Range end = std::visit([](const auto& it) { return it.range; }, suffix);
  const Range range{state.file, begin, end.end};
  if (auto* subscripts = std::get_if<Subscripts>(&suffix)) {
    check_subscripts(state, value, subscripts->subscripts);
    value =
        Expression{tree::Read{std::move(value), std::move(subscripts->subscripts), {}, end}, range, false};
  } else if (auto* member = std::get_if<MemberName>(&suffix)) {
    value = Expression{tree::Member{std::move(value), std::move(member->name)}, range, false};
  } else if (auto* function = std::get_if<tree::NameUse>(&value.what)) {
    tree::Name called{function->name, value.range};
    value = Expression{tree::Call{std::move(called), std::move(std::get<Arguments>(suffix).arguments)}, range,
                       false};
  } else {
    report_not_callable(state, value, end);
  }
}

/// The subject; a read at its end may say what is read outside: x[i] else 0.
template <class Subject, class Other>
struct WithElse : Maker<WithElse<Subject, Other>, Expression> {
  Subject subject;
  Other other;
  WithElse(Subject given, Other second) : subject(std::move(given)), other(second) {}

  template <class R, class A>
  bool parse(Iterator& first, const Iterator& last, const auto& context, R& made, A& attribute) const {
    Expression value;
    if (!subject.parse(first, last, context, made, value)) return false;
    auto* read = std::get_if<tree::Read>(&value.what);
    if (read != nullptr && !value.in_brackets && word("else").parse(first, last, context, made, x3::unused)) {
      Expression otherwise;
      needs(other, "a value for what is read outside").parse(first, last, context, made, otherwise);
      const State& state = state_of(context);
      value.range.end = outer_end(state, otherwise);
      read->otherwise = std::move(otherwise);
    }
    hand_over(std::move(value), attribute);
    return true;
  }
};

Expression bracketed(State& state, std::vector<Expression> elements, Range range) {
  if (elements.size() != 1) return Expression{tree::TupleLiteral{std::move(elements)}, range, false};
  Expression value = std::move(elements.front());
  // Of ((e)) the inner brackets go, and with them the place of the outer ones: the range is that of the
  // inner.
  if (value.in_brackets) value.range = Range{state.file, outer_begin(state, value), outer_end(state, value)};
  value.in_brackets = true;
  return value;
}

tree::PipeStep measured(State&, tree::PipeStep step, Range range) {
  step.range = range;
  return step;
}

Expression piped(State& state, tree::Pipe pipe, Range range) {
  if (pipe.steps.empty()) return std::move(*pipe.value);
  check_pipe_head(state, *pipe.value, pipe.steps);
  return Expression{std::move(pipe), range, false};
}

// ---------------------------------------------------------------------- the rules

constexpr x3::rule<struct factor_id, Expression> factor("factor");
constexpr x3::rule<struct choice_id, Expression> choice("choice");
constexpr x3::rule<struct postfix_id, Expression> postfix("postfix");

tree::Body chained(State&, Expression expression, Range range) {
  tree::Body body{{}, range};
  body.statements.push_back({tree::ExpressionStatement{std::move(expression)}, range});
  return body;
}

const auto pack =
    made<tree::Pack>(sign("..") | (&(name >> sign("..")) >> into(&tree::Pack::name, name) >> sign("..")));

const auto index =
    made<tree::Index>(into(&tree::Index::name, name) >> -(sign("<") >> into(&tree::Index::extent, a_sum)));

const auto binders_def = plain_list(as<tree::Binder>(pack | index), "[]", "an index");

const auto argument = made<tree::Argument>(
    -(&(name >> sign("=")) >> into(&tree::Argument::name, name) >> sign("=")) >>
    into(&tree::Argument::value, expression) >> -(sign("..") >> into(&tree::Argument::to, an_expression)));

const auto arguments_def = list(argument, "()", "an argument");

const auto subscripts = plain_list(as<tree::Subscript>(pack | expression), "[]", "a subscript");

const auto list_literal =
    node<tree::ListLiteral>(into(&tree::ListLiteral::elements, list(expression, "[]", "an element")));

const auto primary =
    as<Expression>(token<Expression>(accept_literal) |
                   to(plain_list(expression, "()", "an expression"), bracketed) | list_literal);

const auto suffix = as<Suffix>(made<Arguments>(into(&Arguments::arguments, arguments)) |
                               made<Subscripts>(into(&Subscripts::subscripts, subscripts)) |
                               made<MemberName>(sign(".") >> into(&MemberName::name, needs(name, "a name"))));

const auto signed_postfix = as<Expression>(to(as<Expression>(sign("-") >> postfix), negated) | postfix);

const auto suffixed = fold(primary, suffix, join_suffix);

const auto other = deeper(signed_postfix);

const auto postfix_def = WithElse<decltype(suffixed), decltype(other)>(suffixed, other);

const auto power =
    to(made<Pair>(into(&Pair::left, postfix) >> -into(&Pair::next, operated(power_operator, factor))),
       join_pair);

const auto term = chain(term_operator, factor);

const auto path_reduction = node<tree::PathReduction>(
    &(token<tree::Name>(accept_reducer) >> sign("[") >> name >> word("in")) >>
    into(&tree::PathReduction::reducer, token<tree::Name>(accept_reducer)) >> sign("[") >>
    into(&tree::PathReduction::variable, name) >> word("in") >>
    into(&tree::PathReduction::path, needs(path, "the name of a net, or of a part of one")) >>
    needs("]", "`]`") >> into(&tree::PathReduction::body, needs(term, "what is reduced")));

const auto reduction = node<tree::Reduction>(
    into(&tree::Reduction::reducer, token<tree::Name>(accept_reducer)) >>
    into(&tree::Reduction::binders, binders) >> into(&tree::Reduction::body, needs(term, "what is reduced")));

const auto choice_def =
    node<tree::Choice>(word("if") >> into(&tree::Choice::condition, needs(expression, "a condition")) >>
                       into(&tree::Choice::then, needs(body, "`{`")) >>
                       -(word("else") >> ((&word("if") >> mark(&tree::Choice::is_chain, true, x3::eps) >>
                                           into(&tree::Choice::otherwise, to(deeper(choice), chained))) |
                                          into(&tree::Choice::otherwise, needs(body, "`{` or `if`")))));

const auto scan = node<tree::Scan>(
    word("scan") >> into(&tree::Scan::index, needs(name, "the name of an index")) >>
    needs(word("in"), "`in`") >> add_to(&tree::Scan::over, needs(name, "the name of a value")) >>
    *(sign(",") >> add_to(&tree::Scan::over, needs(name, "the name of a value"))) >>
    into(&tree::Scan::body, needs(body, "`{`")));

const auto factor_def =
    deeper(as<Expression>(to(as<Expression>(sign("-") >> needs(factor, "an expression")), negated) |
                          path_reduction | reduction | choice | scan | power));

const auto sum_def = chain(sum_operator, term);

const auto comparison =
    to(made<Pair>(into(&Pair::left, sum) >> -into(&Pair::next, operated(comparison_operator, sum))),
       join_comparison);

const auto negation = as<Expression>(
    to(as<Expression>(word("not") >> needs(comparison, "a condition")),
       [](State&, Expression operand, Range range) {
         return Expression{tree::Unary{tree::UnaryOperator::not_, std::move(operand)}, range, false};
       }) |
    comparison);

const auto called =
    to(made<tree::PipeStep>(into(&tree::PipeStep::function,
                                 needs(token<tree::Name>(accept_function), "the name of a function")) >>
                            -(mark(&tree::PipeStep::has_brackets, true, &sign("(")) >>
                              into(&tree::PipeStep::arguments, arguments))),
       measured);

/// PipeStep's `as` is put to the step after its range is known.
struct Named {
  tree::PipeStep step;
  std::optional<tree::Name> as;
};

const auto pipe_step =
    to(made<Named>(into(&Named::step, called) >> -(word("as") >> into(&Named::as, needs(name, "a name")))),
       [](State&, Named named, Range) {
         named.step.as = std::move(named.as);
         return std::move(named.step);
       });

const auto expression_def =
    to(made<tree::Pipe>(into(&tree::Pipe::value, chain(or_operator, chain(and_operator, negation))) >>
                        *(sign("|>") >> add_to(&tree::Pipe::steps, pipe_step))),
       piped);

BOOST_SPIRIT_DEFINE(factor, choice, postfix)

}  // namespace

BOOST_SPIRIT_DEFINE(expression, sum, arguments, binders)
BOOST_SPIRIT_INSTANTIATE(decltype(expression), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(sum), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(arguments), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(binders), Iterator, Context)

}  // namespace dlc::grammar
