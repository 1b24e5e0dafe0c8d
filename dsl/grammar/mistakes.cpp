#include "dsl/grammar/mistakes.h"

#include <algorithm>

#include "dsl/diagnostics/habits.h"
#include "dsl/tree/walk.h"

namespace dlc::grammar {

namespace {

using tree::Range;

const std::vector<std::string>& words_of(Block block) {
  static const std::vector<std::string> file = {"const",     "use",  "fn",   "layer", "net",
                                                "optimizer", "rule", "data", "train"};
  static const std::vector<std::string> body = {"param",  "state",  "carry", "yield", "require",
                                                "expect", "repeat", "if",    "scan"};
  static const std::vector<std::string> data = {"train", "valid",       "test",   "from",
                                                "split", "standardize", "augment"};
  static const std::vector<std::string> train = {"data",   "batch",    "epochs", "steps", "minimize",
                                                 "metric", "predict",  "sample", "start", "keep",
                                                 "stop",   "validate", "step",   "every"};
  static const std::vector<std::string> step = {"minimize"};
  static const std::vector<std::string> every = {"sample", "picture"};
  switch (block) {
    case Block::file: return file;
    case Block::body: return body;
    case Block::data: return data;
    case Block::train: return train;
    case Block::step: return step;
    case Block::every: return every;
  }
  return body;
}

std::string_view line_of(Block block) {
  switch (block) {
    case Block::file: return "a declaration";
    case Block::body: return "a statement";
    case Block::data: return "a line of a data block";
    case Block::train: return "a line of the train block";
    case Block::step: return "a line of a step block";
    case Block::every: return "a line of an every block";
  }
  return "a statement";
}

Token token_after(const State& state, const char* at) {
  return token_at(past_blanks(at, state.end()), state.end());
}
const char* end_of(const Token& token) {
  return token.text.data() + token.text.size();
}

bool is_at_end(const Token& token) {
  return token.kind == TokenKind::end || token.kind == TokenKind::newline;
}

std::string in_words(const Token& token) {
  if (token.kind == TokenKind::end) return "the end of the file";
  if (token.kind == TokenKind::newline) return "the end of the line";
  if (token.kind == TokenKind::string) return "the string " + std::string(token.text);
  if (token.kind == TokenKind::word && is_reserved(token.text))
    return "the word `" + std::string(token.text) + "`";
  return "`" + std::string(token.text) + "`";
}

/// The place of a token; at a line's end the one behind what stands there.
Range place_of(const State& state, const Token& token, const char* at) {
  if (!is_at_end(token)) return state.range(token);
  while (at != state.begin && at[-1] == ' ') --at;
  return state.range(at, at);
}

bool is_other_line(const State& state, const char* first, const char* second) {
  const auto& starts = state.lines.layout.line_starts;
  const auto line = [&](const char* at) {
    return std::upper_bound(starts.begin(), starts.end(), state.offset(at));
  };
  return line(first) != line(second);
}

/// The note that says where the statement began, if that is another line.
void note_beginning(const State& state, Diagnostics::Added added, const char* at) {
  if (state.line == nullptr || !is_other_line(state, state.line, at)) return;
  std::string what(line_of(state.block));
  what = what.substr(what.find(' ') + 1);
  added.note(message::statement_begins, state.range(state.line, state.line), what);
}

std::string_view opening(std::string_view close) {
  return close == ")" ? "(" : close == "]" ? "[" : "{";
}

// ---------------------------------------------------------------------- habits

/// a += b and the like: with the name that stands left of it.
std::string spelled(const State& state, std::string_view sign, std::string_view here) {
  std::string result(here);
  if (sign.size() == 2 && sign[1] == '=' && sign[0] != '=') {
    const Token target = token_after(state, state.line);
    if (target.kind == TokenKind::word) {
      const std::string name(target.text);
      result = name + " = " + name + " " + sign[0] + " …";
    }
  }
  return result;
}

/// What another language would have here; true if that is said.
bool is_habit(State& state, const Token& found) {
  if (found.kind == TokenKind::sign) {
    if (const auto here = habit(Habit::sign, found.text)) {
      state.diagnostics.add(message::foreign_sign, state.range(found), std::string(found.text),
                            spelled(state, found.text, *here));
      return true;
    }
  }
  const Token first = token_after(state, state.line);
  const bool is_begun =
      first.kind == TokenKind::word && (found.text.data() == first.text.data() ||
                                        found.text.data() == token_after(state, end_of(first)).text.data());
  for (const Token& word : {first, found}) {
    if (word.kind != TokenKind::word || (word.text.data() == first.text.data() && !is_begun)) continue;
    if (const auto here = habit(Habit::word, word.text)) {
      state.diagnostics.add(message::foreign_word, state.range(word), std::string(word.text),
                            std::string(*here));
      return true;
    }
  }
  return false;
}

/// A first word that begins no line of this block: the nearest that does.
bool is_misspelled(State& state, const Token& found) {
  const Token first = token_after(state, state.line);
  if (first.kind != TokenKind::word || (is_reserved(first.text) && found.text.data() != first.text.data()))
    return false;
  const bool is_second = found.text.data() == token_after(state, end_of(first)).text.data();
  if (!is_second && found.text.data() != first.text.data()) return false;
  if (is_second && found.kind == TokenKind::sign && found.text != "{" && found.text != "[" &&
      found.text != "=")
    return false;
  const std::vector<std::string>& words = words_of(state.block);
  if (std::find(words.begin(), words.end(), first.text) != words.end()) return false;
  const auto near = nearest_name(first.text, words);
  if (!near && state.block != Block::file) return false;
  const auto added = state.diagnostics.add(message::unknown_line, state.range(first),
                                           std::string(line_of(state.block)), std::string(first.text));
  if (near) added.note(message::did_you_mean, *near);
  return true;
}

/// A closing bracket that nothing opened.
bool is_unopened(State& state, const Token& found) {
  const bool is_close = found.text == ")" || found.text == "]" || found.text == "}";
  if (found.kind != TokenKind::sign || !is_close) return false;
  if (state.lines.partner[state.offset(found.text.data())] != no_partner) return false;
  state.diagnostics.add(message::unopened_bracket, state.range(found), std::string(found.text),
                        std::string(opening(found.text)));
  return true;
}

bool begins_with(const State& state, std::string_view word) {
  return token_after(state, state.line).text == word;
}

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

/// 5. and .5
bool is_half_number(State& state, const Token& found, std::string_view what) {
  const char* const at = found.text.data();
  const char* point = at;
  while (point != state.begin && point[-1] == ' ') --point;
  if (what == "a name" && point - state.begin >= 2 && point[-1] == '.' && is_digit(point[-2])) {
    const char* first = point - 1;
    while (first != state.begin && is_digit(first[-1])) --first;
    state.diagnostics.add(message::bad_number, state.range(first, point), std::string(first, point));
    return true;
  }
  if (found.text != "." || at + 1 == state.end() || !is_digit(at[1])) return false;
  const Token digits = token_at(at + 1, state.end());
  state.diagnostics.add(message::bad_number, state.range(at, end_of(digits)),
                        std::string(at, end_of(digits)));
  return true;
}

/// = where no = can stand, : before a block, else without its if.
bool is_misplaced(State& state, const Token& found, std::string_view what) {
  if (found.text == "=" && found.kind == TokenKind::sign) {
    const bool is_condition = what == "`{`" || begins_with(state, "if") || begins_with(state, "require") ||
                              begins_with(state, "expect");
    if (is_condition) {
      state.diagnostics.add(message::equality, state.range(found));
      return true;
    }
    if (!what.starts_with("the end")) return false;
    const char* end = found.text.data();
    while (end > state.line && end[-1] == ' ') --end;
    state.diagnostics.add(message::bad_target, state.range(state.line, end));
    return true;
  }
  if (found.text == ":" && what == "`{`") {
    state.diagnostics.add(message::colon_block, state.range(found));
    return true;
  }
  if (is_half_number(state, found, what)) return true;
  if (found.text == "else" && found.kind == TokenKind::word) {
    state.diagnostics.add(message::else_alone, state.range(found));
    return true;
  }
  return false;
}

}  // namespace

void report(State& state, const Expected& mistake) {
  state.failed_at = mistake.at;
  const Token found = token_after(state, mistake.at);
  if (is_unopened(state, found) || is_habit(state, found) || is_misplaced(state, found, mistake.what) ||
      is_misspelled(state, found)) {
    return;
  }
  const std::string_view what = mistake.what.empty() ? line_of(state.block) : mistake.what;
  const Range place = place_of(state, found, mistake.at);
  note_beginning(state, state.diagnostics.add(message::syntax, place, std::string(what), in_words(found)),
                 state.begin + place.begin);
}

void report(State& state, const ExpectedInList& mistake) {
  state.failed_at = mistake.at;
  const Token found = token_after(state, mistake.at);
  if (mistake.close == "]" && found.text == ":") {
    state.diagnostics.add(message::slice, state.range(found));
    return;
  }
  if (is_unopened(state, found) || is_habit(state, found)) return;
  const Range open = state.range(mistake.open, mistake.open + 1);
  const std::string bracket(opening(mistake.close));
  const Range place = place_of(state, found, mistake.at);
  if (state.lines.partner[open.begin] == no_partner) {
    const auto added =
        state.diagnostics.add(message::unclosed_bracket, open, bracket, std::string(mistake.close));
    if (!is_at_end(found))
      added.note(message::missing_before, place, std::string(mistake.close), in_words(found));
    return;
  }
  const auto added = state.diagnostics.add(message::syntax, place,
                                           "`,` or `" + std::string(mistake.close) + "`", in_words(found));
  if (is_other_line(state, mistake.open, state.begin + place.begin))
    added.note(message::opened_here, open, bracket);
}

void report(State& state, const ExpectedItem& mistake) {
  const Token found = token_after(state, mistake.at);
  if (*mistake.open == '[' && found.text == ":") {
    state.failed_at = mistake.at;
    state.diagnostics.add(message::slice, state.range(found));
    return;
  }
  if (is_at_end(found) && state.lines.partner[state.offset(mistake.open)] == no_partner) {
    report(state, ExpectedInList{mistake.at, mistake.open, *mistake.open == '(' ? ")" : "]"});
    return;
  }
  report(state, Expected{mistake.at, mistake.what});
}

void report_unclosed(State& state, const char* open) {
  state.diagnostics.add(message::unclosed_bracket, state.range(open, open + 1), "{", "}");
}

void report_too_deep(State& state, const char* at) {
  state.is_hopeless = true;
  const Token found = token_after(state, at);
  state.diagnostics.add(message::too_deep, place_of(state, found, at), most_nested);
}

// ---------------------------------------------------------------------- what was read

void report_comparison_chain(State& state, const Range& pair, const Range& first, const Token& second) {
  const auto text = [&](std::uint32_t begin, std::uint32_t end) {
    std::string result(state.begin + begin, state.begin + end);
    while (!result.empty() && result.back() == ' ') result.pop_back();
    return result;
  };
  const char* const next = past_blanks(end_of(second), state.end());
  const Token last = token_at(next, state.end());
  std::string middle = text(first.end, pair.end);
  middle = middle.substr(std::min(middle.find_first_not_of(' '), middle.size()));
  const std::string end =
      last.kind == TokenKind::word || last.kind == TokenKind::number ? std::string(last.text) : "…";
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
  const std::uint32_t right =
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
                          std::string(word.text) + " …");
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

InBlock::InBlock(State& state, Block block, const char* first)
    : state_(state), outer_(state.block), outer_line_(state.line) {
  state.block = block;
  depth_ = state.lines.depth[state.offset(first)];
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
  if (first == last || first == close_) return true;
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

const char* InBlock::recovered(const char* begin, const char* at, const char* last) const {
  at = std::max(begin, at);
  const auto& depth = state_.lines.depth;
  for (; at != last; ++at) {
    const std::uint16_t here = depth[state_.offset(at)];
    if (at == close_ || here < depth_) break;
    if (here == depth_ && (*at == '\n' || *at == ';')) break;
    if (at != begin && close_ == nullptr && begins_declaration_at(state_, at)) break;
  }
  return at;
}

}  // namespace dlc::grammar
