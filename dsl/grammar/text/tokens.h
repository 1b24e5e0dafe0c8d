#pragma once

#include <boost/spirit/home/x3.hpp>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "dsl/grammar/mistakes.h"

// The grammar's tokens: words, signs, and what a function accepts.

namespace dlc::grammar {

namespace x3 = boost::spirit::x3;

using Iterator = const char*;
struct state_tag;
using SkipContext = x3::phrase_parse_context<std::remove_cv_t<decltype(x3::ascii::blank)>>::type;
using Context = x3::context<state_tag, State, SkipContext>;

template <class AnyContext>
State& state_of(const AnyContext& context) {
  return x3::get<state_tag>(context);
}

template <class Given, class Wanted>
void hand_over(Given&& given, Wanted& wanted) {
  if constexpr (!std::is_same_v<std::remove_const_t<Wanted>, x3::unused_type>)
    wanted = std::forward<Given>(given);
}

/// A parser that makes an Attribute.
template <class Self, class Attribute>
struct Maker : x3::parser<Self> {
  using attribute_type = Attribute;
  static constexpr bool has_attribute = true;
};

/// A parser that makes nothing.
template <class Self>
struct Matcher : x3::parser<Self> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;
};

// ---------------------------------------------------------------------- tokens

struct Word : Matcher<Word> {
  std::string_view text;
  explicit Word(std::string_view word) : text(word) {}

  template <class C, class R, class A>
  bool parse(Iterator& first, const Iterator&, const C& context, R&, A&) const {
    const Token token = state_of(context).token_after(first);
    if (token.kind != TokenKind::word || token.text != text) return false;
    first = token.text.data() + token.text.size();
    return true;
  }
};
inline Word word(std::string_view text) {
  return Word(text);
}

struct Sign : Matcher<Sign> {
  std::string_view text;
  explicit Sign(std::string_view sign) : text(sign) {}

  template <class C, class R, class A>
  bool parse(Iterator& first, const Iterator&, const C& context, R&, A&) const {
    const Token token = state_of(context).token_after(first);
    if (token.kind != TokenKind::sign || token.text != text) return false;
    first = token.text.data() + token.text.size();
    return true;
  }
};
inline Sign sign(std::string_view text) {
  return Sign(text);
}

/// A token that a function accepts, as the value that it makes: std::optional<Attribute>(State&, const
/// Token&).
template <class Attribute, class Accept>
struct TokenOf : Maker<TokenOf<Attribute, Accept>, Attribute> {
  Accept accept;
  explicit TokenOf(Accept function) : accept(function) {}

  template <class R, class A>
  bool parse(Iterator& first, const Iterator&, const auto& context, R&, A& attribute) const {
    const Token token = state_of(context).token_after(first);
    std::optional<Attribute> made = accept(state_of(context), token);
    if (!made) return false;
    first = token.text.data() + token.text.size();
    hand_over(std::move(*made), attribute);
    return true;
  }
};
template <class Attribute>
auto token(std::optional<Attribute> (*accept)(State&, const Token&)) {
  return TokenOf<Attribute, decltype(accept)>(accept);
}

/// One of these words, as the name that stands there.
template <std::size_t count>
struct OneOf : Maker<OneOf<count>, tree::Name> {
  std::array<std::string_view, count> words;
  explicit OneOf(std::array<std::string_view, count> given) : words(given) {}

  template <class R, class A>
  bool parse(Iterator& first, const Iterator&, const auto& context, R&, A& attribute) const {
    const Token found = state_of(context).token_after(first);
    for (const std::string_view text : words) {
      if (found.kind != TokenKind::word || found.text != text) continue;
      first = found.text.data() + found.text.size();
      hand_over(tree::Name{std::string(text), state_of(context).range(found)}, attribute);
      return true;
    }
    return false;
  }
};
template <class... Texts>
auto one_of(Texts... texts) {
  return OneOf<sizeof...(texts)>({std::string_view(texts)...});
}

}  // namespace dlc::grammar
