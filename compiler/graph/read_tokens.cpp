#include "compiler/graph/read_tokens.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "compiler/graph/print_expression.h"

namespace dlc {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

template <class Belongs>
std::size_t end_of(std::string_view line, std::size_t at, const Belongs& belongs) {
  while (at < line.size() && belongs(line[at])) ++at;
  return at;
}

/// The end of a number: "0..9" are two.
std::size_t end_of_number(std::string_view line, std::size_t at) {
  at = end_of(line, at, is_digit);
  if (at < line.size() && line[at] == '.' && line.substr(at, 2) != "..") at = end_of(line, at + 1, is_digit);
  if (at < line.size() && line[at] == 'e') {
    std::size_t digits = at + 1;
    if (digits < line.size() && (line[digits] == '+' || line[digits] == '-')) ++digits;
    const std::size_t end = end_of(line, digits, is_digit);
    if (end > digits) at = end;
  }
  return at;
}

std::size_t end_of_sign(std::string_view line, std::size_t at) {
  constexpr std::array<std::string_view, 6> pairs = {"//", "==", "!=", "<=", ">=", ".."};
  if (std::find(pairs.begin(), pairs.end(), line.substr(at, 2)) != pairs.end()) return at + 2;
  if (std::string_view("[](),=:<>+-*/%").find(line[at]) != std::string_view::npos) return at + 1;
  throw ReadError{"unexpected character: " + std::string(1, line[at])};
}

std::optional<std::int32_t> whole_number(std::string_view text) {
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// "model.net:20:8, nn.net:3:4"; none if the remark is something else.
std::vector<Place> places_of(std::string_view remark) {
  std::vector<Place> places;
  while (!remark.empty()) {
    const std::size_t comma = std::min(remark.find(", "), remark.size());
    std::string_view item = remark.substr(0, comma);
    remark.remove_prefix(std::min(comma + 2, remark.size()));
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    const std::size_t second = item.rfind(':');
    const std::size_t first =
        second == std::string_view::npos || second == 0 ? second : item.rfind(':', second - 1);
    if (first == std::string_view::npos || first == second) return {};
    const auto line = whole_number(item.substr(first + 1, second - first - 1));
    const auto column = whole_number(item.substr(second + 1));
    if (!line || !column) return {};
    places.push_back({std::string(item.substr(0, first)), *line, *column});
  }
  return places;
}

}  // namespace

TokenLine tokens_of(std::string_view line) {
  TokenLine result;
  std::size_t at = 0;
  const auto add = [&](Token::Kind kind, std::size_t end) {
    result.tokens.push_back({kind, std::string(line.substr(at, end - at))});
    at = end;
  };
  while (at < line.size()) {
    const char c = line[at];
    if (c == ' ' || c == '\t' || c == '\r') {
      ++at;
    } else if (c == '#') {
      result.places = places_of(line.substr(at + 1));
      break;
    } else if (c == '`') {
      const std::size_t end = line.find('`', at + 1);
      if (end == std::string_view::npos) throw ReadError{"a name in backquotes does not end"};
      result.tokens.push_back({Token::Kind::name, std::string(line.substr(at + 1, end - at - 1))});
      at = end + 1;
    } else if (is_digit(c)) {
      add(Token::Kind::number, end_of_number(line, at));
    } else if (is_letter(c)) {
      add(Token::Kind::word,
          end_of(line, at, [](char d) { return is_letter(d) || is_digit(d) || d == '.'; }));
    } else {
      add(Token::Kind::sign, end_of_sign(line, at));
    }
  }
  result.tokens.push_back({});
  return result;
}

const Token& Cursor::next() {
  const Token& token = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool Cursor::is(std::string_view text, std::size_t ahead) const {
  const Token& token = peek(ahead);
  return (token.kind == Token::Kind::word || token.kind == Token::Kind::sign) && token.text == text;
}

bool Cursor::accept(std::string_view text) {
  if (!is(text)) return false;
  next();
  return true;
}

void Cursor::expect(std::string_view text) {
  if (!accept(text)) fail(text);
}

void Cursor::expect_end() const {
  if (peek().kind != Token::Kind::end) fail("the end of the line");
}

bool Cursor::is_name(std::size_t ahead) const {
  const Token& token = peek(ahead);
  return token.kind == Token::Kind::name || (token.kind == Token::Kind::word && !is_keyword(token.text));
}

std::string Cursor::name() {
  if (!is_name()) fail("a name");
  return next().text;
}

std::int64_t Cursor::integer() {
  const bool is_negative = accept("-");
  std::int64_t number = 0;
  const std::string& text = peek().text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!is_number() || error != std::errc{} || end != text.data() + text.size()) fail("an integer");
  next();
  return is_negative ? -number : number;
}

void Cursor::fail(std::string_view wanted) const {
  const Token& token = peek();
  const std::string found = token.kind == Token::Kind::end ? "the line ends" : "there is " + token.text;
  throw ReadError{"expected " + std::string(wanted) + ", but " + found};
}

}  // namespace dlc
