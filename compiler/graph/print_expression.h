#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "compiler/graph/graph.h"

namespace dlc {

/// The pieces of the text form, for messages and for other printers. Names of indices stand as given.
std::string print_number(double value);     // shortest that reads back
std::string quoted(std::string_view name);  // in backquotes where it is no plain word
std::string print(const Position& position, std::span<const Index> indices, const Graph& graph);
std::string print(const Window& window, std::span<const Index> indices,
                  const Graph& graph);  // with its brackets
std::string print(const Body& body, std::span<const Index> indices, const Graph& graph);

/// The word by which the text form calls it: sum, max, …; for the combiner `none`: "for".
std::string_view word_of(Combiner combiner);
std::string_view word_of(Kind kind);
std::string_view word_of(Element element);

/// The sign between the operands (or before the one operand), and how strongly it binds; no sign: the
/// function is written as a call.
struct Notation {
  std::string_view sign;
  int strength = 0;
};
Notation notation_of(Scalar function);

/// Strengths in the text form, from the weakest.
namespace strength {
constexpr int disjunction = 1;
constexpr int conjunction = 2;
constexpr int negation = 3;
constexpr int comparison = 4;
constexpr int sum = 5;
constexpr int product = 6;
constexpr int sign = 7;
constexpr int operand = 8;
}  // namespace strength

/// Is this a word that the text form keeps for itself?
bool is_keyword(std::string_view word);

}  // namespace dlc
