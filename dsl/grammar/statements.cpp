#include "dsl/grammar/rules.h"

namespace dlc::grammar {

namespace {

using tree::Range;
using tree::Statement;

constexpr auto wrapped = [](State&, auto&& what, Range range) {
  return Statement{std::forward<decltype(what)>(what), range};
};

template <class T, class Subject>
auto node(const Subject& subject) {
  return to(made<T>(subject), wrapped);
}

/// NAME [ … ] = : one look at the other bracket says that a definition begins here.
struct DefinitionBegins : Matcher<DefinitionBegins> {
  template <class R, class A>
  bool parse(Iterator& first, const Iterator& last, const auto& context, R&, A&) const {
    const State& state = state_of(context);
    const Token word = token_at(past_blanks(first, last), last);
    if (word.kind != TokenKind::word || is_reserved(word.text)) return false;
    const Token open = token_at(past_blanks(word.text.data() + word.text.size(), last), last);
    if (open.text != "[") return false;
    const std::uint32_t close = state.lines.partner[state.offset(open.text.data())];
    if (close == no_partner) return false;
    return token_at(past_blanks(state.begin + close + 1, last), last).text == "=";
  }
};

const auto a_name = needs(name, "a name");

const auto update =
    node<tree::UpdateStatement>(&(name >> sign("<-")) >> into(&tree::UpdateStatement::target, name) >>
                                sign("<-") >> into(&tree::UpdateStatement::value, an_expression));

const auto definition =
    node<tree::DefinitionStatement>(DefinitionBegins() >> into(&tree::DefinitionStatement::name, a_name) >>
                                    into(&tree::DefinitionStatement::binders, needs(binders, "indices")) >>
                                    sign("=") >> into(&tree::DefinitionStatement::value, an_expression));

const auto binding = node<tree::BindingStatement>(
    &(name >> (sign("=") | sign(","))) >> add_to(&tree::BindingStatement::names, name) >>
    *(sign(",") >> add_to(&tree::BindingStatement::names, a_name)) >> needs("=", "`=`") >>
    into(&tree::BindingStatement::value, an_expression));

const auto repeat = node<tree::RepeatStatement>(
    word("repeat") >> -(&(name >> sign("<")) >> into(&tree::RepeatStatement::index, name) >> sign("<")) >>
    into(&tree::RepeatStatement::count, needs(sum, "how often")) >>
    into(&tree::RepeatStatement::body, needs(body, "`{`")));

const auto expression_line =
    node<tree::ExpressionStatement>(into(&tree::ExpressionStatement::value, expression));

const auto plain_def = as<Statement>(NoBoundWord() >> (repeat | definition | binding | expression_line));

const auto kept_word = (word("param") >> mark(&tree::KeptStatement::kind, tree::KeptKind::param, x3::eps)) |
                       (word("state") >> mark(&tree::KeptStatement::kind, tree::KeptKind::state, x3::eps)) |
                       (word("carry") >> mark(&tree::KeptStatement::kind, tree::KeptKind::carry, x3::eps));

const auto kept = node<tree::KeptStatement>(
    kept_word >> into(&tree::KeptStatement::name, a_name) >> -into(&tree::KeptStatement::extents, extents) >>
    needs("=", "`=` and the initial value") >> into(&tree::KeptStatement::value, an_expression));

const auto yield =
    node<tree::YieldStatement>(word("yield") >> into(&tree::YieldStatement::value, an_expression));

const auto check = node<tree::CheckStatement>(
    (word("require") | mark(&tree::CheckStatement::is_expect, true, word("expect"))) >>
    into(&tree::CheckStatement::condition, needs(expression, "a condition")) >>
    needs(",", "`,` and a message") >>
    into(&tree::CheckStatement::message, needs(text, "a message in `\"`")));

const auto statement = as<Statement>(NoBoundWord() >> (kept | yield | check | update | plain));

const auto body_def = to(made<tree::Body>(into(&tree::Body::statements, braces(statement, Block::body))),
                         [](State& state, tree::Body made_body, Range) {
                           check_unused(state, made_body.statements);
                           return made_body;
                         });

const auto extent =
    made<tree::Extent>(-(&(name >> sign("<")) >> into(&tree::Extent::index, name) >> sign("<")) >>
                       into(&tree::Extent::size, a_sum));

const auto extents_def = plain_list(extent, "[]", "an extent");

const auto path_def =
    made<tree::Path>(add_to(&tree::Path::names, name) >> *(sign(".") >> add_to(&tree::Path::names, a_name)));

}  // namespace

BOOST_SPIRIT_DEFINE(body, plain, extents, path)
BOOST_SPIRIT_INSTANTIATE(decltype(body), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(plain), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(extents), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(path), Iterator, Context)

}  // namespace dlc::grammar
