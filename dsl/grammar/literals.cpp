#include "dsl/grammar/literals.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "dsl/diagnostics/habits.h"

namespace dlc::grammar {

namespace {

using tree::Expression;

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

/// Digits, `_` between them only.
bool are_digits(std::string_view text) {
  if (text.empty() || text.front() == '_' || text.back() == '_') return false;
  return std::all_of(text.begin(), text.end(), [](char letter) { return is_digit(letter) || letter == '_'; });
}

bool is_number(std::string_view text) {
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    std::string_view power = text.substr(exponent + 1);
    if (!power.empty() && (power.front() == '-' || power.front() == '+')) power.remove_prefix(1);
    if (!are_digits(power)) return false;
    text = text.substr(0, exponent);
  }
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return are_digits(text);
  return are_digits(text.substr(0, point)) && are_digits(text.substr(point + 1));
}

Expression number(State& state, const Token& token) {
  const tree::Range range = state.range(token);
  const std::string written(token.text);
  std::string digits = written;
  digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
  if (are_digits(token.text)) {
    std::int64_t value = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (result.ec != std::errc()) state.diagnostics.add(message::integer_too_large, range, written);
    return {tree::IntegerLiteral{value, written}, range};
  }
  double value = 0;
  if (!is_number(token.text)) {
    state.diagnostics.add(message::bad_number, range, written);
  } else {
    value = std::strtod(digits.c_str(), nullptr);  // what is too small is 0, what is too large is infinite
    if (std::isinf(value)) state.diagnostics.add(message::number_too_large, range, written);
  }
  return {tree::NumberLiteral{value, written}, range};
}

/// The string's text; escapes that do not exist are reported.
std::string unquoted(State& state, const Token& token) {
  const char quote = token.text.front();
  std::string value;
  std::size_t i = 1;
  for (; i < token.text.size() && token.text[i] != quote; ++i) {
    if (token.text[i] != '\\' || i + 1 == token.text.size()) {
      value += token.text[i];
      continue;
    }
    const char escaped = token.text[++i];
    const char* const at = token.text.data() + i - 1;
    if (escaped == '"' || escaped == '\\')
      value += escaped;
    else if (escaped == 'n')
      value += '\n';
    else if (escaped == 't')
      value += '\t';
    else
      state.diagnostics.add(message::unknown_escape, state.range(at, at + 2), std::string(at, 2));
  }
  if (i >= token.text.size()) {
    state.diagnostics.add(message::unclosed_string, state.range(token));
  } else if (quote == '\'') {
    state.diagnostics.add(message::single_quotes, state.range(token))
        .note(message::write_instead, "\"" + value + "\"");
  }
  return value;
}

Expression word(State& state, const Token& token) {
  const tree::Range range = state.range(token);
  if (token.text == "true" || token.text == "false")
    return {tree::BooleanLiteral{token.text == "true"}, range};
  if (token.text == "none") return {tree::NoneLiteral{}, range};
  if (token.text == "inf")
    return {tree::NumberLiteral{std::numeric_limits<double>::infinity(), "inf"}, range};
  if (token.text == "training") return {tree::Training{}, range};
  if (const auto here = habit(Habit::value, token.text)) {
    state.diagnostics.add(message::foreign_value, range, std::string(token.text), std::string(*here));
    const Token meant{TokenKind::word, *here};
    Expression value = word(state, meant);
    value.range = range;
    return value;
  }
  return {tree::NameUse{std::string(token.text)}, range};
}

bool is_constant(std::string_view word) {
  return word == "true" || word == "false" || word == "none" || word == "inf" || word == "training";
}

}  // namespace

std::optional<tree::Name> accept_name(State& state, const Token& token) {
  if (token.kind != TokenKind::word || is_reserved(token.text) || is_reducer(token.text)) return std::nullopt;
  return tree::Name{std::string(token.text), state.range(token)};
}

std::optional<tree::Name> accept_reducer(State& state, const Token& token) {
  if (token.kind != TokenKind::word || !is_reducer(token.text)) return std::nullopt;
  return tree::Name{std::string(token.text), state.range(token)};
}

std::optional<tree::Name> accept_function(State& state, const Token& token) {
  if (token.kind != TokenKind::word || is_reserved(token.text)) return std::nullopt;
  return tree::Name{std::string(token.text), state.range(token)};
}

std::optional<tree::String> accept_string(State& state, const Token& token) {
  if (token.kind != TokenKind::string) return std::nullopt;
  return tree::String{unquoted(state, token), state.range(token)};
}

std::optional<Expression> accept_literal(State& state, const Token& token) {
  if (token.kind == TokenKind::number) return number(state, token);
  if (token.kind == TokenKind::string) {
    return Expression{tree::StringLiteral{unquoted(state, token)}, state.range(token)};
  }
  if (token.kind != TokenKind::word) return std::nullopt;
  if (is_reducer(token.text)) {
    const char* const next = past_blanks(token.text.data() + token.text.size(), state.end());
    if (next == state.end() || *next != '(') {
      state.diagnostics.add(message::reducer_as_value, state.range(token), std::string(token.text));
      throw Reported{next};
    }
    return Expression{tree::NameUse{std::string(token.text)}, state.range(token)};
  }
  if (is_reserved(token.text) && !is_constant(token.text)) return std::nullopt;
  return word(state, token);
}

}  // namespace dlc::grammar
