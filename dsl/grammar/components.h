#pragma once

#include "dsl/grammar/text/tokens.h"

// What the grammar is written with besides Spirit's own sequence, alternative, repetition and predicates.
// Attributes do not go through Fusion: `made<T>(p)` makes a T, and `into(&T::member, q)` within p hands what
// q gives to that member.

namespace dlc::grammar {

// ---------------------------------------------------------------------- values

/// Makes a T of what `subject` hands over by into, add_to and mark; its range goes from the first token to
/// the last.
template <class T, class Subject>
struct Made : Maker<Made<T, Subject>, T> {
  Subject subject;
  explicit Made(Subject given) : subject(std::move(given)) {}

  template <class R, class A>
  bool parse(Iterator& first, const Iterator& last, const auto& context, R&, A& attribute) const {
    const Iterator begin = past_blanks(first, last);
    Iterator at = first;
    T value{};
    if (!subject.parse(at, last, context, value, x3::unused)) return false;
    if constexpr (requires { value.range; }) value.range = state_of(context).range(begin, at);
    first = at;
    hand_over(std::move(value), attribute);
    return true;
  }
};
template <class T, class Subject>
auto made(const Subject& subject) {
  auto parser = x3::as_parser(subject);
  return Made<T, decltype(parser)>(std::move(parser));
}

/// How a value that was parsed reaches the struct that is being made.
enum class Way { set, append };

template <Way way, class Class, class Member, class Subject>
struct Into : Matcher<Into<way, Class, Member, Subject>> {
  Member Class::*member;
  Subject subject;
  Into(Member Class::*pointer, Subject given) : member(pointer), subject(std::move(given)) {}

  template <class R, class A>
  bool parse(Iterator& first, const Iterator& last, const auto& context, R& made, A&) const {
    typename Subject::attribute_type value{};
    if (!subject.parse(first, last, context, made, value)) return false;
    if constexpr (way == Way::append) {
      (made.*member).push_back(std::move(value));
    } else {
      made.*member = std::move(value);
    }
    return true;
  }
};
template <class Class, class Member, class Subject>
auto into(Member Class::*member, const Subject& subject) {
  return Into<Way::set, Class, Member, Subject>(member, subject);
}
template <class Class, class Member, class Subject>
auto add_to(Member Class::*member, const Subject& subject) {
  return Into<Way::append, Class, Member, Subject>(member, subject);
}

/// Sets a member to a value once `subject` is there.
template <class Class, class Member, class Subject>
struct Mark : Matcher<Mark<Class, Member, Subject>> {
  Member Class::*member;
  Member value;
  Subject subject;
  Mark(Member Class::*pointer, Member given, Subject matched)
      : member(pointer), value(given), subject(std::move(matched)) {}

  template <class R, class A>
  bool parse(Iterator& first, const Iterator& last, const auto& context, R& made, A&) const {
    if (!subject.parse(first, last, context, made, x3::unused)) return false;
    made.*member = value;
    return true;
  }
};
template <class Class, class Member, class Subject>
auto mark(Member Class::*member, std::type_identity_t<Member> value, const Subject& subject) {
  auto parser = x3::as_parser(subject);
  return Mark<Class, Member, decltype(parser)>(member, value, std::move(parser));
}

/// Alternatives that each make something a T can be made of.
template <class T, class Subject>
struct As : Maker<As<T, Subject>, T> {
  Subject subject;
  explicit As(Subject given) : subject(std::move(given)) {}

  template <class R, class A>
  bool parse(Iterator& first, const Iterator& last, const auto& context, R& made, A& attribute) const {
    T value{};
    if (!subject.parse(first, last, context, made, value)) return false;
    hand_over(std::move(value), attribute);
    return true;
  }
};
template <class T, class Subject>
auto as(const Subject& subject) {
  return As<T, Subject>(subject);
}

/// What `change(State&, value, range)` makes of what the subject made.
template <class Subject, class Change>
using Changed = std::invoke_result_t<Change, State&, typename Subject::attribute_type, tree::Range>;

template <class Subject, class Change>
struct To : Maker<To<Subject, Change>, Changed<Subject, Change>> {
  Subject subject;
  Change change;
  To(Subject given, Change function) : subject(std::move(given)), change(function) {}

  template <class R, class A>
  bool parse(Iterator& first, const Iterator& last, const auto& context, R& made, A& attribute) const {
    const Iterator begin = past_blanks(first, last);
    typename Subject::attribute_type value{};
    if (!subject.parse(first, last, context, made, value)) return false;
    State& state = state_of(context);
    hand_over(change(state, std::move(value), state.range(begin, first)), attribute);
    return true;
  }
};
template <class Subject, class Change>
auto to(const Subject& subject, Change change) {
  return To<Subject, Change>(subject, change);
}

/// first {tail}: each tail is put to what there is by `join(State&, value&, tail)`, without recursion. Ranges
/// grow.
template <class First, class Tail, class Join>
struct Fold : Maker<Fold<First, Tail, Join>, typename First::attribute_type> {
  First head;
  Tail tail;
  Join join;
  Fold(First given, Tail next, Join function)
      : head(std::move(given)), tail(std::move(next)), join(function) {}

  template <class R, class A>
  bool parse(Iterator& first, const Iterator& last, const auto& context, R& made, A& attribute) const {
    typename First::attribute_type value{};
    if (!head.parse(first, last, context, made, value)) return false;
    for (;;) {
      typename Tail::attribute_type next{};
      if (!tail.parse(first, last, context, made, next)) break;
      join(state_of(context), value, std::move(next));
    }
    hand_over(std::move(value), attribute);
    return true;
  }
};
template <class First, class Tail, class Join>
auto fold(const First& first, const Tail& tail, Join join) {
  return Fold<First, Tail, Join>(first, tail, join);
}

// ---------------------------------------------------------------------- mistakes

/// The subject, or the error "expected …".
template <class Subject>
struct Needs : x3::unary_parser<Subject, Needs<Subject>> {
  using attribute_type = typename Subject::attribute_type;
  static constexpr bool has_attribute = Subject::has_attribute;
  std::string_view what;
  Needs(const Subject& given, std::string_view text)
      : x3::unary_parser<Subject, Needs<Subject>>(given), what(text) {}

  template <class R, class A>
  bool parse(Iterator& first, const Iterator& last, const auto& context, R& made, A& attribute) const {
    if (!this->subject.parse(first, last, context, made, attribute)) throw Expected{first, what};
    return true;
  }
};
template <class Subject>
auto needs(const Subject& subject, std::string_view what) {
  return Needs<Subject>(subject, what);
}
inline auto needs(const char* text, std::string_view what) {
  return needs(sign(text), what);
}

/// Ends the parse of deeply nested text before the stack does.
template <class Subject>
struct Deeper : Maker<Deeper<Subject>, typename Subject::attribute_type> {
  Subject subject;
  explicit Deeper(Subject given) : subject(std::move(given)) {}

  template <class R, class A>
  bool parse(Iterator& first, const Iterator& last, const auto& context, R& made, A& attribute) const {
    State& state = state_of(context);
    const Nesting nesting(state, first);
    return subject.parse(first, last, context, made, attribute);
  }
};
template <class Subject>
auto deeper(const Subject& subject) {
  return Deeper<Subject>(subject);
}

// ---------------------------------------------------------------------- lists and lines

/// open [ item { , item } [ , ] ] close; in the plain form the last comma is an error.
template <class Item>
struct List : Maker<List<Item>, std::vector<typename Item::attribute_type>> {
  Item item;
  Sign open;
  Sign close;
  std::string_view what;  // "an argument"
  bool may_be_empty;
  bool may_end_in_comma;
  List(Item given, std::string_view brackets, std::string_view text, bool empty, bool comma)
      : item(std::move(given)),
        open(brackets.substr(0, 1)),
        close(brackets.substr(1, 1)),
        what(text),
        may_be_empty(empty),
        may_end_in_comma(comma) {}

  template <class R, class A>
  bool parse(Iterator& first, const Iterator& last, const auto& context, R& made, A& attribute) const {
    const Iterator begin = past_blanks(first, last);
    if (!open.parse(first, last, context, made, x3::unused)) return false;
    std::vector<typename Item::attribute_type> items;
    bool is_after_comma = false;
    while (!((items.empty() ? may_be_empty : !is_after_comma || may_end_in_comma) &&
             close.parse(first, last, context, made, x3::unused))) {
      if (!items.empty() && !is_after_comma) throw ExpectedInList{first, begin, close.text};
      typename Item::attribute_type value{};
      if (!item.parse(first, last, context, made, value)) throw ExpectedItem{first, begin, what};
      items.push_back(std::move(value));
      is_after_comma = sign(",").parse(first, last, context, made, x3::unused);
    }
    hand_over(std::move(items), attribute);
    return true;
  }
};
template <class Item>
auto list(const Item& item, std::string_view brackets, std::string_view what) {
  return List<Item>(item, brackets, what, true, true);
}
template <class Item>
auto plain_list(const Item& item, std::string_view brackets, std::string_view what,
                bool may_be_empty = false) {
  return List<Item>(item, brackets, what, may_be_empty, false);
}

/// The lines of a block, or of the file. A line with a mistake is reported and left out; reading goes on at
/// the next one.
template <class Line>
struct LinesOf : Maker<LinesOf<Line>, std::vector<typename Line::attribute_type>> {
  Line line;
  Block block;
  LinesOf(Line given, Block kind) : line(std::move(given)), block(kind) {}

  template <class R, class A>
  bool parse(Iterator& first, const Iterator& last, const auto& context, R& made, A& attribute) const {
    State& state = state_of(context);
    const InBlock in_block(state, block, first);
    std::vector<typename Line::attribute_type> items;
    while (in_block.next_line(first, last)) {
      const Iterator begin = first;
      const int nesting = state.nesting;
      typename Line::attribute_type item{};
      const bool is_read = attempt(state, begin, last, [&] {
        if (!line.parse(first, last, context, made, item)) throw Expected{begin, ""};
        in_block.needs_end(first, last);
        check_line(state, item);
      });
      if (is_read) {
        items.push_back(std::move(item));
      } else {
        state.nesting = nesting;
        first = in_block.recovered(begin, state.failed_at, last);
        if (first == begin) ++first;  // a bracket that belongs elsewhere
      }
    }
    hand_over(std::move(items), attribute);
    return true;
  }
};
template <class Line>
auto lines_of(const Line& line, Block block) {
  return LinesOf<Line>(line, block);
}

/// { lines }
template <class Line>
struct Braces : Maker<Braces<Line>, std::vector<typename Line::attribute_type>> {
  LinesOf<Line> lines;
  Braces(LinesOf<Line> given) : lines(std::move(given)) {}

  template <class R, class A>
  bool parse(Iterator& first, const Iterator& last, const auto& context, R& made, A& attribute) const {
    const Iterator open = past_blanks(first, last);
    if (!sign("{").parse(first, last, context, made, x3::unused)) return false;
    lines.parse(first, last, context, made, attribute);
    if (!sign("}").parse(first, last, context, made, x3::unused)) report_unclosed(state_of(context), open);
    return true;
  }
};
template <class Line>
auto braces(const Line& line, Block block) {
  return Braces<Line>(lines_of(line, block));
}

}  // namespace dlc::grammar
