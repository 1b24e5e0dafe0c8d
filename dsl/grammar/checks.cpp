#include <algorithm>

#include "dsl/diagnostics/habits.h"
#include "dsl/grammar/mistakes.h"
#include "dsl/tree/walk.h"

namespace dlc::grammar {

namespace {

using tree::Range;

Token token_after(const State& state, const char* at) {
  return token_at(past_blanks(at, state.end()), state.end());
}
const char* end_of(const Token& token) {
  return token.text.data() + token.text.size();
}

}  // namespace

// ---------------------------------------------------------------------- what was read

void report_comparison_chain(State& state, const Range& pair, const Range& first, const Token& second) {
  const auto text = [&](std::uint32_t begin, std::uint32_t end) {
    std::string result(state.begin + begin, state.begin + end);
    while (!result.empty() && result.back() == ' ') result.pop_back();
    return result;
  };
  const char* const next = past_blanks(end_of(second), state.end());
  // What stands behind it may be long: it is quoted only where one token is all of it.
  const Token last = token_at(next, state.end());
  const char* const behind = past_blanks(end_of(last), state.end());
  const bool is_whole =
      behind == state.end() || std::string_view("\n;,)]}{").find(*behind) != std::string_view::npos;
  std::string middle = text(first.end, pair.end);
  middle = middle.substr(std::min(middle.find_first_not_of(' '), middle.size()));
  const bool is_operand = last.kind == TokenKind::word || last.kind == TokenKind::number;
  const std::string end = is_operand && is_whole ? std::string(last.text) : "…";
  state.diagnostics.add(
      message::comparison_chain, state.range(second),
      text(pair.begin, pair.end) + " and " + middle + " " + std::string(second.text) + " " + end);
  throw Reported{second.text.data()};
}

void report_not_callable(State& state, const tree::Expression& value, const Range& arguments) {
  state.diagnostics.add(message::not_callable, Range{state.file, value.range.begin, arguments.begin});
}

void check_subscripts(State& state, const tree::Expression& value,
                      const std::vector<tree::Subscript>& subscripts) {
  for (const tree::Subscript& subscript : subscripts) {
    const auto* expression = std::get_if<Box<tree::Expression>>(&subscript);
    const auto* unary = expression == nullptr ? nullptr : std::get_if<tree::Unary>(&(*expression)->what);
    if (unary == nullptr || unary->operation != tree::UnaryOperator::negate) continue;
    const auto* number = std::get_if<tree::IntegerLiteral>(&unary->operand->what);
    if (number == nullptr) continue;
    const auto* named = std::get_if<tree::NameUse>(&value.what);
    const std::string of = named == nullptr ? "x" : named->name;
    state.diagnostics.add(message::negative_subscript, (*expression)->range, "-" + number->text,
                          subscripts.size() == 1 ? of + "[n - " + number->text + "]" : "n - " + number->text);
  }
}

void check_pipe_head(State& state, const tree::Expression& head, const std::vector<tree::PipeStep>& steps) {
  if (head.in_brackets) return;
  const auto* binary = std::get_if<tree::Binary>(&head.what);
  const bool is_open = binary != nullptr || std::holds_alternative<tree::Unary>(head.what) ||
                       std::holds_alternative<tree::Reduction>(head.what) ||
                       std::holds_alternative<tree::PathReduction>(head.what);
  if (!is_open) return;
  const auto text = [&](std::uint32_t begin, std::uint32_t end) {
    return std::string(state.begin + begin, state.begin + end);
  };
  const tree::PipeStep& step = steps.front();
  const std::string call = " |> " + text(step.range.begin, step.range.end);
  const auto added = state.diagnostics.add(message::pipe_head, head.range,
                                           "(" + text(head.range.begin, head.range.end) + ")" + call);
  if (binary == nullptr) return;
  const auto right =
      static_cast<std::uint32_t>(past_blanks(state.begin + binary->sign.end, state.end()) - state.begin);
  added.note(message::or_pipe_part,
             text(head.range.begin, right) + "(" + text(right, head.range.end) + call + ")");
}

namespace {

/// Is a name bound by `as` somewhere in it?
bool binds(const tree::Expression& expression) {
  if (const auto* pipe = std::get_if<tree::Pipe>(&expression.what)) {
    for (const tree::PipeStep& step : pipe->steps) {
      if (step.as) return true;
    }
  }
  bool found = false;
  tree::for_each_part(expression, [&](const tree::Expression& part) { found = found || binds(part); });
  return found;
}

/// An expression line that gives its value to nobody.
void check_unused_line(State& state, const tree::Statement& statement, bool is_in_body) {
  const auto* line = std::get_if<tree::ExpressionStatement>(&statement.what);
  if (line == nullptr || binds(line->value) || state.diagnostics.has_any_in(statement.range)) return;
  if (std::holds_alternative<tree::Choice>(line->value.what) && !line->value.in_brackets) return;
  const auto* name = std::get_if<tree::NameUse>(&line->value.what);
  const auto here = name == nullptr ? std::nullopt : habit(Habit::word, name->name);
  if (here) {
    state.diagnostics.add(message::foreign_word, statement.range, name->name, *here);
  } else if (state.begin[statement.range.begin] == '-') {
    state.diagnostics.add(message::lost_term, statement.range);
  } else if (is_in_body) {
    state.diagnostics.add(message::unused_expression, statement.range);
  } else {
    state.diagnostics.add(message::nothing_in_line, statement.range);
  }
}

/// The names that a line of a train, step or every block binds, besides the first.
void check_bound_names(State& state, const tree::Statement& statement) {
  const std::vector<std::string>& words = words_of(state.block);
  const auto check = [&](const tree::Name& name) {
    if (std::find(words.begin(), words.end(), name.text) == words.end()) return;
    state.diagnostics.add(message::word_is_bound, name.range, name.text, name.text + " …");
  };
  const auto* binding = std::get_if<tree::BindingStatement>(&statement.what);
  if (binding == nullptr) return;
  for (const tree::Name& name : binding->names) check(name);
  const auto* pipe = std::get_if<tree::Pipe>(&binding->value.what);
  if (pipe == nullptr) return;
  for (const tree::PipeStep& step : pipe->steps) {
    if (step.as) check(*step.as);
  }
}

template <class Line>
void check_plain(State& state, const Line& line) {
  if (const auto* statement = std::get_if<tree::Statement>(&line.line)) {
    check_unused_line(state, *statement, false);
    check_bound_names(state, *statement);
  }
}

}  // namespace

void check_unused(State& state, const std::vector<tree::Statement>& statements) {
  for (std::size_t i = 0; i + 1 < statements.size(); ++i) check_unused_line(state, statements[i], true);
}

void check_line(State& state, const tree::TrainLine& line) {
  check_plain(state, line);
}
void check_line(State& state, const tree::Step::StepLine& line) {
  check_plain(state, line);
}
void check_line(State& state, const tree::Every::EveryLine& line) {
  check_plain(state, line);
}

namespace {

/// What stands behind `epochs =`, if that is all that the line is made of.
std::string line_value(const State& state, std::string_view word, const char* at) {
  const Token value = token_after(state, at);
  const Token next = token_after(state, end_of(value));
  const bool is_alone = next.kind == TokenKind::newline || next.kind == TokenKind::end || next.text == ";";
  const bool takes_one = word == "data" || word == "batch" || word == "epochs" || word == "steps";
  const bool is_one = value.kind == TokenKind::number || value.kind == TokenKind::word;
  return takes_one && is_alone && is_one ? std::string(value.text) : "…";
}

}  // namespace

void check_bound_word(State& state, const char* first) {
  const Token word = token_after(state, first);
  if (word.kind != TokenKind::word) return;
  const std::vector<std::string>& words = words_of(state.block);
  const bool begins_line = state.block != Block::file && state.block != Block::body &&
                           state.block != Block::data &&
                           std::find(words.begin(), words.end(), word.text) != words.end();
  const bool is_taken = is_reducer(word.text) || is_reserved(word.text);
  if (!begins_line && !is_taken) return;
  Token next = token_after(state, end_of(word));
  if (next.text == "[") {
    const std::uint32_t close = state.lines.partner[state.offset(next.text.data())];
    if (close == no_partner) return;
    next = token_after(state, state.begin + close + 1);
  }
  if (next.text != "=" && !(next.text == "<-" && is_taken)) return;
  if (begins_line) {
    state.diagnostics.add(message::word_is_bound, state.range(word), std::string(word.text),
                          std::string(word.text) + " " + line_value(state, word.text, end_of(next)));
  } else {
    state.diagnostics.add(message::taken_name, state.range(word), std::string(word.text));
  }
  throw Reported{next.text.data()};
}

// ---------------------------------------------------------------------- lines of a block

namespace {

/// A declaration's word in column 1: it ends whatever is open.
bool begins_declaration_at(const State& state, const char* at) {
  if (at != state.begin && at[-1] != '\n' && at[-1] != ' ') return false;
  const auto& starts = state.lines.layout.line_starts;
  if (!std::binary_search(starts.begin(), starts.end(), state.offset(at))) return false;
  const Token word = token_at(at, state.end());
  if (word.kind != TokenKind::word || !begins_declaration(word.text)) return false;
  const Token next = token_after(state, end_of(word));
  return (word.text != "train" || next.text == "{") && (word.text != "data" || next.kind == TokenKind::word);
}

}  // namespace

namespace {

/// After a declaration with a mistake, indented lines and a last } are its own.
bool begins_in_column_1(const char* at, const char* last) {
  while (at != last && *at == '\n') ++at;
  return at == last || (*at != ' ' && *at != '}');
}

}  // namespace

InBlock::InBlock(State& state, Block block, const char* first)
    : state_(state),
      outer_(state.block),
      outer_line_(state.line),
      depth_(state.lines.depth[state.offset(first)]) {
  state.block = block;
  if (block == Block::file) return;
  const char* const open = first - 1;
  const std::uint32_t close = state.lines.partner[state.offset(open)];
  if (close != no_partner) close_ = state.begin + close;
}

InBlock::~InBlock() {
  state_.block = outer_;
  state_.line = outer_line_;
}

bool InBlock::at_end(const char* first, const char* last) const {
  if (first == last || first == close_ || state_.lines.depth[state_.offset(first)] < depth_) return true;
  if (state_.block == Block::file) return false;
  if (close_ == nullptr && *first == '}' && state_.lines.partner[state_.offset(first)] != no_partner)
    return true;
  return close_ == nullptr && begins_declaration_at(state_, first);
}

bool InBlock::next_line(const char*& first, const char* last) const {
  if (state_.is_hopeless) {
    first = close_ != nullptr ? close_ : last;
    return false;
  }
  while (first != last && (*first == ' ' || *first == '\t' || *first == '\n' || *first == ';')) ++first;
  return !at_end(first, last);
}

void InBlock::needs_end(const char* first, const char* last) const {
  const char* const at = past_blanks(first, last);
  if (at == last || *at == '\n' || *at == ';' || at_end(at, last) || begins_declaration_at(state_, at))
    return;
  throw Expected{first, "the end of the line"};
}

namespace {

/// Nothing begins with `=`: such a line belongs to the one before it, whose mistake is told.
bool begins_with_equals(const char* at, const char* last) {
  while (at != last && (*at == ' ' || *at == '\n')) ++at;
  return at != last && *at == '=';
}

}  // namespace

const char* InBlock::recovered(const char* begin, const char* at, const char* last) const {
  at = std::max(begin, at);
  const auto& depth = state_.lines.depth;
  for (; at != last; ++at) {
    const std::uint16_t here = depth[state_.offset(at)];
    if (at == close_ || here < depth_) break;
    const bool is_end = here == depth_ && (*at == '\n' || *at == ';');
    if (is_end && begins_with_equals(at + 1, last)) continue;
    if (is_end && (state_.block != Block::file || begins_in_column_1(at + 1, last))) break;
    if (at != begin && close_ == nullptr && begins_declaration_at(state_, at)) break;
  }
  return at;
}

}  // namespace dlc::grammar
