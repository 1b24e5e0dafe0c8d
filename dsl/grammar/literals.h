#pragma once

#include <optional>

#include "dsl/grammar/mistakes.h"

// Tokens as values of the tree. Each function takes a token or leaves it; one that is nearly right is
// reported and taken.

namespace dlc::grammar {

/// A NAME: no reserved word, no reducer.
std::optional<tree::Name> accept_name(State& state, const Token& token);
std::optional<tree::Name> accept_reducer(State& state, const Token& token);
/// A NAME or a reducer: what can be called.
std::optional<tree::Name> accept_function(State& state, const Token& token);
std::optional<tree::String> accept_string(State& state, const Token& token);
/// A number, a string, a constant's word, a name; a reducer that is called.
std::optional<tree::Expression> accept_literal(State& state, const Token& token);

}  // namespace dlc::grammar
