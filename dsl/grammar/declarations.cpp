#include <algorithm>

#include "dsl/grammar/parse.h"
#include "dsl/grammar/rules.h"

namespace dlc {

namespace grammar {

namespace {

using tree::Declaration;
using tree::Function;
using tree::FunctionKind;
using tree::Range;

template <class T, class Subject>
auto declares(const Subject& subject) {
  return to(made<T>(subject), [](State&, auto&& what, Range range) {
    Declaration declaration;
    declaration.what = std::forward<decltype(what)>(what);
    declaration.range = range;
    return declaration;
  });
}

const auto constant =
    declares<tree::Const>(word("const") >> into(&tree::Const::name, needs(name, "the constant's name")) >>
                          needs("=", "`=`") >> into(&tree::Const::value, an_expression));

const auto use =
    declares<tree::Use>(word("use") >> into(&tree::Use::file, needs(text, "a file's name in `\"`")));

// ---------------------------------------------------------------------- parameters

const auto pack =
    made<tree::Pack>(sign("..") | (&(name >> sign("..")) >> into(&tree::Pack::name, name) >> sign("..")));

const auto dimensions = plain_list(as<tree::Dimension>(pack | sum), "[]", "a dimension", true);

const auto kind = one_of("int", "number", "bool", "string", "list", "function", "net");
const auto a_kind = needs(kind, "a kind (int, number, bool, string, list, function, net)");

const auto parameter = made<tree::Parameter>(
    into(&tree::Parameter::name, name) >> -into(&tree::Parameter::dimensions, dimensions) >>
    -(sign(":") >> add_to(&tree::Parameter::kinds, a_kind) >>
      *(sign("|") >> add_to(&tree::Parameter::kinds, a_kind))) >>
    -(sign("=") >> into(&tree::Parameter::default_value, an_expression)));

const auto parameters = needs(list(parameter, "()", "a parameter's name"), "`(`");

// ---------------------------------------------------------------------- functions

/// fn f(…) = e: a body of the one expression.
tree::Body body_of(State&, tree::Expression value, Range range) {
  tree::Body body_made{{}, range};
  body_made.statements.push_back({tree::ExpressionStatement{std::move(value)}, range});
  return body_made;
}

const auto function_name = into(&Function::name, needs(name, "a name"));

const auto fn = declares<Function>(
    mark(&Function::kind, FunctionKind::fn, word("fn")) >> function_name >>
    into(&Function::parameters, parameters) >>
    ((mark(&Function::is_expression, true, sign("=")) >> into(&Function::body, to(an_expression, body_of))) |
     into(&Function::body, needs(body, "`=` or `{`"))));

const auto function_word = mark(&Function::kind, FunctionKind::layer, word("layer")) |
                           mark(&Function::kind, FunctionKind::net, word("net")) |
                           mark(&Function::kind, FunctionKind::optimizer, word("optimizer"));

const auto layer =
    declares<Function>(function_word >> function_name >> into(&Function::parameters, parameters) >>
                       into(&Function::body, needs(body, "`{`")));

// ---------------------------------------------------------------------- rules

struct EndOrNothing : Matcher<EndOrNothing> {
  template <class R, class A>
  bool parse(Iterator& first, const Iterator& last, const auto&, R&, A&) const {
    while (first != last && (*first == ' ' || *first == '\n' || *first == ';')) ++first;
    return true;
  }
};

const auto rule_braces = made<tree::Rule>(
    word("rule") >> -into(&tree::Rule::name, name) >> needs("{", "`{`") >> EndOrNothing() >>
    into(&tree::Rule::pattern, needs(expression, "a pattern")) >>
    needs("=>", "`=>` and what replaces the pattern") >> into(&tree::Rule::replacement, an_expression) >>
    -(word("when") >> into(&tree::Rule::condition, needs(expression, "a condition"))) >> EndOrNothing() >>
    needs("}", "`}`"));

const auto rewrite = to(rule_braces, declared);

// ---------------------------------------------------------------------- the file

const auto declaration = as<Declaration>(constant | use | fn | layer | rewrite | data | train);

const auto file_def = lines_of(declaration, Block::file);

}  // namespace

BOOST_SPIRIT_DEFINE(file)
BOOST_SPIRIT_INSTANTIATE(decltype(file), Iterator, Context)

}  // namespace grammar

namespace {

/// Where the text is no UTF-8, if anywhere.
std::optional<std::uint32_t> first_damage(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    bool is_whole = length != 0 && i + length <= text.size() && lead != 0;
    for (std::size_t k = 1; is_whole && k < length; ++k) is_whole = (text[i + k] & '\xC0') == '\x80';
    if (!is_whole) return static_cast<std::uint32_t>(i);
    i += length;
  }
  return std::nullopt;
}

/// What another program's file is, by how its first line begins. FANN saves its networks as `.net` too.
std::optional<std::string_view> foreign_file(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> beginnings[] = {
      {"FANN_FLO_", "a network of the FANN library"},
      {"FANN_FIX_", "a network of the FANN library"},
      {"<!DOCTYPE", "a page of the web"},
      {"<html", "a page of the web"},
  };
  for (const auto& [beginning, what] : beginnings) {
    if (text.starts_with(beginning)) return what;
  }
  return std::nullopt;
}

/// The text's lines, or nothing with the reason in `diagnostics`.
std::optional<grammar::Lines> readable(FileId file, const Sources& sources, Diagnostics& diagnostics) {
  const std::string_view text = sources.text(file);
  if (const auto damage = first_damage(text)) {
    diagnostics.add(message::not_text, SourceRange{file, *damage, *damage + 1});
    return std::nullopt;
  }
  if (const auto what = foreign_file(text)) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    diagnostics.add(message::foreign_file, SourceRange{file, 0, static_cast<std::uint32_t>(end)}, *what);
    return std::nullopt;
  }
  grammar::Lines lines = grammar::read_lines(text, file);
  if (lines.too_deep) {
    diagnostics.add(message::too_deep, SourceRange{file, *lines.too_deep, *lines.too_deep + 1},
                    grammar::most_nested);
    return std::nullopt;
  }
  return lines;
}

template <class Rule, class Value>
bool run(const Rule& rule, grammar::State& state, const char*& first, Value& value) {
  const auto skip =
      boost::spirit::x3::make_context<boost::spirit::x3::skipper_tag>(boost::spirit::x3::ascii::blank);
  const auto context = boost::spirit::x3::make_context<grammar::state_tag>(state, skip);
  const char* const last = state.end();
  return rule.parse(first, last, context, boost::spirit::x3::unused, value);
}

/// The ## lines that end in the line before `begin`, without their marks.
std::string doc_before(const tree::Layout& layout, std::uint32_t begin) {
  const auto& starts = layout.line_starts;
  const auto line_of = [&](std::uint32_t offset) {
    return std::upper_bound(starts.begin(), starts.end(), offset) - starts.begin();
  };
  auto line = line_of(begin) - 1;
  std::string doc;
  const auto after = std::lower_bound(
      layout.comments.begin(), layout.comments.end(), begin,
      [](const tree::Comment& comment, std::uint32_t at) { return comment.range.begin < at; });
  for (auto comment = after; comment != layout.comments.begin(); --line) {
    --comment;
    if (line_of(comment->range.begin) != line || !comment->text.starts_with("##")) break;
    std::string text = comment->text.substr(std::min<std::size_t>(2, comment->text.size()));
    if (text.starts_with(" ")) text.erase(0, 1);
    doc = doc.empty() ? text : text + "\n" + doc;
  }
  return doc;
}

/// The ## lines at the top of the file, if a blank line follows them.
std::string file_doc(const tree::Layout& layout, const std::vector<tree::Declaration>& declarations) {
  const auto& starts = layout.line_starts;
  std::size_t lines = 0;
  while (lines < layout.comments.size() && layout.comments[lines].text.starts_with("##") &&
         lines < starts.size() && layout.comments[lines].range.begin >= starts[lines] &&
         (lines + 1 == starts.size() || layout.comments[lines].range.begin < starts[lines + 1])) {
    ++lines;
  }
  const std::uint32_t end = lines < starts.size() ? starts[lines] : 0xFFFFFFFFU;
  const bool is_declarations = !declarations.empty() && lines + 1 < starts.size() &&
                               declarations.front().range.begin < starts[lines + 1];
  return lines == 0 || is_declarations ? std::string() : doc_before(layout, end);
}

}  // namespace

std::optional<Tree> parse(FileId file, const Sources& sources, Diagnostics& diagnostics) {
  std::optional<grammar::Lines> lines = readable(file, sources, diagnostics);
  if (!lines) return std::nullopt;
  grammar::State state{*lines, file, diagnostics, lines->text.data()};
  Tree tree;
  tree.file = file;
  const char* first = state.begin;
  run(grammar::file, state, first, tree.declarations);
  if (state.is_hopeless) return std::nullopt;
  for (tree::Declaration& declaration : tree.declarations) {
    declaration.doc = doc_before(lines->layout, declaration.range.begin);
  }
  tree.doc = file_doc(lines->layout, tree.declarations);
  tree.layout = std::move(lines->layout);
  tree.layout.text = sources.text(file);
  return tree;
}

std::optional<tree::Expression> parse_expression(FileId file, const Sources& sources,
                                                 Diagnostics& diagnostics) {
  const std::optional<grammar::Lines> lines = readable(file, sources, diagnostics);
  if (!lines) return std::nullopt;
  grammar::State state{*lines, file, diagnostics, lines->text.data()};
  const char* first = state.begin;
  tree::Expression value;
  const std::size_t before = diagnostics.size();
  const bool is_read = grammar::attempt(state, state.begin, state.end(), [&] {
    if (!run(grammar::expression, state, first, value)) throw grammar::Expected{first, "an expression"};
    while (first != state.end() && (*first == ' ' || *first == '\n')) ++first;
    if (first != state.end()) throw grammar::Expected{first, "the end of the expression"};
  });
  if (!is_read || diagnostics.size() != before) return std::nullopt;
  return value;
}

}  // namespace dlc
