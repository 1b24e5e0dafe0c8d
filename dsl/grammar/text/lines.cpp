#include "dsl/grammar/text/lines.h"

#include <algorithm>
#include <array>

// Which line ends end a statement is decided before the grammar proper (language.md, section 2), and so is
// which bracket belongs to which: a bracket without its partner must not swallow the rest of the file. If
// brackets taken as they come do not fit, those are matched that the layout speaks for: a `}` first in its
// line closes the `{` whose line is indented alike, the words that only begin statements close ( and [, a
// declaration's word in column 1 closes all.

namespace dlc::grammar {

namespace {

template <class... Texts>
constexpr auto texts(Texts... all) {
  return std::array<std::string_view, sizeof...(all)>{all...};
}

template <std::size_t count>
bool is_one_of(std::string_view text, const std::array<std::string_view, count>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr auto reserved =
    texts("and", "as", "carry", "const", "else", "expect", "false", "fn", "if", "in", "inf", "layer", "net",
          "none", "not", "optimizer", "or", "over", "param", "repeat", "require", "rule", "scan", "state",
          "training", "true", "use", "with", "yield");
constexpr auto reducers = texts("sum", "mean", "product", "max", "min", "any", "all", "argmax", "argmin");
constexpr auto signs = texts("|>", "<-", "<=", "==", "=>", "!=", ">=", "//", "..", "**", "&&", "||",
                             "+=", "-=", "*=", "/=", "->");
constexpr auto beginners = texts("const", "fn", "layer", "net", "optimizer", "rule", "use", "param", "state",
                                 "carry", "yield", "require", "expect", "repeat");
constexpr auto going_on_after =
    texts("{", ",", "=", "<-", "=>", ":", "not", "with", "over", "as", "else", "in", "|>", "or", "and",
          "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "//", "%", "^");
constexpr auto going_on_before = texts("{", "|>", "else", "with", "over", "as", "or", "and", "==", "!=", "<",
                                       "<=", ">", ">=", "+", "*", "/", "//", "%", "^");

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}
bool is_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
}
bool is_blank(char letter) {
  return letter == ' ' || letter == '\t' || letter == '\r';
}

const char* word_end(const char* at, const char* last) {
  while (at != last && (is_letter(*at) || is_digit(*at))) ++at;
  return at;
}

/// All that looks like a number, right or wrong: 1_000, 0.5, 1e-3, 3x.
const char* number_end(const char* at, const char* last) {
  const bool is_hexadecimal = last - at > 1 && at[0] == '0' && (at[1] == 'x' || at[1] == 'X');
  while (at != last) {
    const bool is_point = *at == '.' && last - at > 1 && is_digit(at[1]);
    const bool is_exponent = !is_hexadecimal && (*at == 'e' || *at == 'E') && last - at > 2 &&
                             (at[1] == '-' || at[1] == '+') && is_digit(at[2]);
    if (is_exponent) {
      at += 2;
    } else if (is_point || is_letter(*at) || is_digit(*at)) {
      ++at;
    } else {
      break;
    }
  }
  return at;
}

const char* string_end(const char* at, const char* last) {
  const char quote = *at++;
  while (at != last && *at != '\n' && *at != quote)
    at += *at == '\\' && last - at > 1 && at[1] != '\n' ? 2 : 1;
  return at != last && *at == quote ? at + 1 : at;
}

const char* sign_end(const char* at, const char* last) {
  if (last - at > 1 && is_one_of(std::string_view(at, 2), signs)) return at + 2;
  ++at;
  while (at != last && (*at & '\xC0') == '\x80') ++at;
  return at;
}

}  // namespace

bool is_reserved(std::string_view word) {
  return is_one_of(word, reserved);
}
bool is_reducer(std::string_view word) {
  return is_one_of(word, reducers);
}
bool begins_declaration(std::string_view word) {
  return word == "const" || word == "use" || word == "fn" || word == "layer" || word == "net" ||
         word == "optimizer" || word == "rule" || word == "data" || word == "train";
}

const char* past_blanks(const char* first, const char* last) {
  while (first != last && is_blank(*first)) ++first;
  return first;
}

Token token_at(const char* first, const char* last) {
  if (first == last) return {TokenKind::end, std::string_view(first, last)};
  const auto token = [&](TokenKind kind, const char* end) {
    return Token{kind, std::string_view(first, static_cast<std::size_t>(end - first))};
  };
  if (*first == '\n') return token(TokenKind::newline, first + 1);
  if (is_letter(*first)) return token(TokenKind::word, word_end(first, last));
  if (is_digit(*first)) return token(TokenKind::number, number_end(first, last));
  const bool is_closed =
      *first == '\'' && string_end(first, last)[-1] == '\'' && string_end(first, last) - first > 1;
  if (*first == '"' || is_closed) return token(TokenKind::string, string_end(first, last));
  return token(TokenKind::sign, sign_end(first, last));
}

namespace {

/// A token with what its place in the line says.
struct Placed {
  Token token;
  std::uint32_t begin = 0;
  bool is_first = false;     // in its line
  std::uint32_t indent = 0;  // of its line

  bool is(std::string_view text) const { return token.text == text; }
};

bool begins_statement(const Placed& token, const Placed& next) {
  if (!token.is_first || token.token.kind != TokenKind::word) return false;
  if (token.is("net")) return next.token.kind == TokenKind::word;  // elsewhere it is a kind
  return is_one_of(token.token.text, beginners);
}

bool closes_all(const Placed& token, const Placed& next) {
  if (!token.is_first || token.indent != 0 || token.token.kind != TokenKind::word) return false;
  if (token.is("data")) return next.token.kind == TokenKind::word;
  if (token.is("train")) return next.is("{");
  return begins_declaration(token.token.text);
}

class Reader {
 public:
  Reader(std::string_view text, FileId file) : file_(file) {
    lines_.text = std::string(text);
    lines_.partner.assign(text.size() + 1, no_partner);
    lines_.depth.assign(text.size() + 1, 0);
  }

  Lines read() {
    split();
    if (!match_as_they_come()) match_by_layout();
    count_depth();
    drop_line_ends();
    return std::move(lines_);
  }

 private:
  void split();
  bool match_as_they_come();
  void match_by_layout();
  void count_depth();
  void drop_line_ends();
  void pair(std::uint32_t open, std::uint32_t close) {
    lines_.partner[open] = close;
    lines_.partner[close] = open;
  }

  static bool is_open(const Placed& token) { return token.is("(") || token.is("[") || token.is("{"); }
  static bool is_close(const Placed& token) { return token.is(")") || token.is("]") || token.is("}"); }
  static char closing(const Placed& open) { return open.is("(") ? ')' : open.is("[") ? ']' : '}'; }

  FileId file_;
  Lines lines_;
  std::vector<Placed> tokens_;  // the last one is the end
};

/// Comments become blanks; tokens and comments are listed.
void Reader::split() {
  char* const begin = lines_.text.data();
  const char* const last = begin + lines_.text.size();
  lines_.layout.line_starts.push_back(0);
  bool is_first = true;
  std::uint32_t line_start = 0;
  std::uint32_t indent = 0;
  for (const char* at = begin; at != last;) {
    const auto offset = static_cast<std::uint32_t>(at - begin);
    if (is_blank(*at)) {
      begin[offset] = ' ';
      ++at;
      continue;
    }
    if (*at == '#') {
      const char* end = std::find(at, last, '\n');
      std::string text(at, end);
      while (!text.empty() && is_blank(text.back())) text.pop_back();
      const auto size = static_cast<std::uint32_t>(text.size());
      lines_.layout.comments.push_back({{file_, offset, offset + size}, std::move(text)});
      std::fill(begin + offset, begin + (end - begin), ' ');
      at = end;
      continue;
    }
    if (is_first) indent = offset - line_start;
    const Token token = token_at(at, last);
    tokens_.push_back({token, offset, is_first && token.kind != TokenKind::newline, indent});
    at += token.text.size();
    is_first = token.kind == TokenKind::newline;
    if (is_first) {
      line_start = offset + 1;
      lines_.layout.line_starts.push_back(line_start);
    }
  }
  tokens_.push_back({{}, static_cast<std::uint32_t>(lines_.text.size()), true, 0});
}

bool Reader::match_as_they_come() {
  std::vector<const Placed*> open;
  for (const Placed& token : tokens_) {
    if (token.token.kind != TokenKind::sign) continue;
    if (is_open(token)) open.push_back(&token);
    if (!is_close(token)) continue;
    if (open.empty() || closing(*open.back()) != token.token.text[0]) return false;
    pair(open.back()->begin, token.begin);
    open.pop_back();
  }
  return open.empty();
}

void Reader::match_by_layout() {
  std::fill(lines_.partner.begin(), lines_.partner.end(), no_partner);
  std::vector<const Placed*> open;
  for (std::size_t i = 0; i + 1 < tokens_.size(); ++i) {
    const Placed& token = tokens_[i];
    if (closes_all(token, tokens_[i + 1])) open.clear();
    if (begins_statement(token, tokens_[i + 1])) {
      while (!open.empty() && !open.back()->is("{")) open.pop_back();
    }
    if (token.token.kind != TokenKind::sign) continue;
    if (is_open(token)) open.push_back(&token);
    if (!is_close(token)) continue;
    const auto fits = [&](const Placed* other) { return closing(*other) == token.token.text[0]; };
    auto found = std::find_if(open.rbegin(), open.rend(), [&](const Placed* other) {
      return fits(other) && (!token.is("}") || !token.is_first || other->indent == token.indent);
    });
    if (found == open.rend() && token.is("}")) found = std::find_if(open.rbegin(), open.rend(), fits);
    if (found == open.rend()) continue;
    // A ) or ] does not reach out of its block.
    const bool is_inside = token.is("}") || std::none_of(open.rbegin(), found,
                                                         [](const Placed* other) { return other->is("{"); });
    if (!is_inside) continue;
    pair((*found)->begin, token.begin);
    open.erase(found.base() - 1, open.end());
  }
}

void Reader::count_depth() {
  std::uint16_t depth = 0;
  for (std::uint32_t at = 0; at < lines_.text.size(); ++at) {
    const std::uint32_t other = lines_.partner[at];
    if (other != no_partner && other < at) --depth;
    lines_.depth[at] = depth;
    if (other != no_partner && other > at && ++depth > most_nested && !lines_.too_deep) lines_.too_deep = at;
  }
}

void Reader::drop_line_ends() {
  std::vector<const Placed*> open;
  const Placed* before = nullptr;
  for (std::size_t i = 0; i + 1 < tokens_.size(); ++i) {
    const Placed& token = tokens_[i];
    if (token.token.kind != TokenKind::newline) {
      const std::uint32_t other = lines_.partner[token.begin];
      if (other != no_partner && token.token.kind == TokenKind::sign) {
        if (other > token.begin)
          open.push_back(&token);
        else
          open.pop_back();
      }
      before = &token;
      continue;
    }
    std::size_t next = i + 1;
    while (tokens_[next].token.kind == TokenKind::newline) ++next;
    const Placed& after = tokens_[next];
    const bool must_end = after.token.kind == TokenKind::end ||
                          begins_statement(after, tokens_[std::min(next + 1, tokens_.size() - 1)]) ||
                          closes_all(after, tokens_[std::min(next + 1, tokens_.size() - 1)]);
    const bool in_list = !open.empty() && !open.back()->is("{");
    const bool goes_on = before != nullptr && (before->token.kind != TokenKind::string) &&
                         is_one_of(before->token.text, going_on_after);
    const bool comes_on =
        after.token.kind != TokenKind::string && is_one_of(after.token.text, going_on_before);
    if (!must_end && (in_list || goes_on || comes_on)) lines_.text[token.begin] = ' ';
  }
}

}  // namespace

Lines read_lines(std::string_view text, FileId file) {
  return Reader(text, file).read();
}

}  // namespace dlc::grammar
