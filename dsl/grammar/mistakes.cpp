#include "dsl/grammar/mistakes.h"

#include <algorithm>

#include "dsl/diagnostics/habits.h"

namespace dlc::grammar {

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

namespace {

using tree::Range;

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

/// Does the mistake come of a comment as C++ has it: at its `//`, or behind it in the same line?
bool is_foreign_comment(const State& state, const Token& found) {
  if (found.text == "//") return true;
  bool in_string = false;
  bool is_behind = false;
  const char* line = found.text.data();
  while (line != state.begin && line[-1] != '\n') --line;
  for (const char* at = line; at != found.text.data(); ++at) {
    if (*at == '"') in_string = !in_string;
    is_behind = is_behind || (!in_string && at[0] == '/' && at[1] == '/');
  }
  return is_behind;
}

void note_comment(const State& state, const Diagnostics::Added& added, const Token& found) {
  if (is_foreign_comment(state, found)) added.note(message::habit, std::string(comment_habit));
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
  const auto added = state.diagnostics.add(message::syntax, place, std::string(what), in_words(found));
  note_comment(state, added, found);
  note_beginning(state, added, state.begin + place.begin);
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
  note_comment(state, added, found);
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

}  // namespace dlc::grammar
