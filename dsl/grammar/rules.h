#pragma once

#include "dsl/grammar/components.h"
#include "dsl/grammar/literals.h"

// The rules that more than one unit needs. Each is defined in the unit that it is listed under.

namespace dlc::grammar {

// ---------------------------------------------------------------------- expressions.cpp

inline constexpr x3::rule<struct expression_id, tree::Expression> expression("expression");
inline constexpr x3::rule<struct sum_id, tree::Expression> sum("sum");
inline constexpr x3::rule<struct arguments_id, std::vector<tree::Argument>> arguments("arguments");
inline constexpr x3::rule<struct binders_id, std::vector<tree::Binder>> binders("binders");
BOOST_SPIRIT_DECLARE(decltype(expression), decltype(sum), decltype(arguments), decltype(binders))

inline const auto name = token<tree::Name>(accept_name);
inline const auto text = token<tree::String>(accept_string);
inline const auto an_expression = needs(expression, "an expression");
inline const auto a_sum = needs(sum, "an expression");

/// A word that cannot be bound is found before its line is read.
struct NoBoundWord : Matcher<NoBoundWord> {
  template <class R, class A>
  bool parse(Iterator& first, const Iterator&, const auto& context, R&, A&) const {
    check_bound_word(state_of(context), first);
    return true;
  }
};

// ---------------------------------------------------------------------- statements.cpp

inline constexpr x3::rule<struct body_id, tree::Body> body("body");
inline constexpr x3::rule<struct plain_id, tree::Statement> plain("plain");
inline constexpr x3::rule<struct extents_id, std::vector<tree::Extent>> extents("extents");
inline constexpr x3::rule<struct path_id, tree::Path> path("path");
BOOST_SPIRIT_DECLARE(decltype(body), decltype(plain), decltype(extents), decltype(path))

// ---------------------------------------------------------------------- data.cpp and train.cpp

inline constexpr x3::rule<struct data_id, tree::Declaration> data("data");
inline constexpr x3::rule<struct train_id, tree::Declaration> train("train");
BOOST_SPIRIT_DECLARE(decltype(data), decltype(train))

/// What stands alone in its struct besides its range.
template <class Line>
inline constexpr auto as_line = [](State&, auto&& what, tree::Range range) {
  return Line{std::forward<decltype(what)>(what), range};
};

template <class Line, class T, class Subject>
auto node(const Subject& subject) {
  return to(made<T>(subject), as_line<Line>);
}

/// A declaration that ends with its block.
inline constexpr auto declared = [](State& state, auto&& what, tree::Range range) {
  tree::Declaration declaration;
  declaration.what = std::forward<decltype(what)>(what);
  declaration.range = range;
  declaration.braces = state.braces(range);
  return declaration;
};

// ---------------------------------------------------------------------- declarations.cpp

inline constexpr x3::rule<struct file_id, std::vector<tree::Declaration>> file("file");
BOOST_SPIRIT_DECLARE(decltype(file))

}  // namespace dlc::grammar
