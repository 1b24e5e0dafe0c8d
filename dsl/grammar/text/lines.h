#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/tree/tree.h"

namespace dlc::grammar {

// ---------------------------------------------------------------------- tokens

enum class TokenKind : std::uint8_t { end, newline, word, number, string, sign };

/// A piece of the text; `text` lies in it.
struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;
};

/// The token that begins at `first`, which is no blank; the longest sign that fits. A string without its end
/// goes up to the line's end; what belongs to no token is a sign of one character.
Token token_at(const char* first, const char* last);

/// Past blanks.
const char* past_blanks(const char* first, const char* last);

bool is_reserved(std::string_view word);
bool is_reducer(std::string_view word);
/// const, fn, layer, … : those that begin a declaration, `data` and `train` among them.
bool begins_declaration(std::string_view word);

// ---------------------------------------------------------------------- line ends

inline constexpr std::uint32_t no_partner = 0xFFFFFFFFU;
inline constexpr std::uint16_t most_nested = 200;

/// The text as the grammar reads it: comments and line ends that end nothing are blanks, offsets are those of
/// the file.
struct Lines {
  std::string text;
  std::vector<std::uint32_t> partner;  // of each offset: that of the other bracket, or no_partner
  std::vector<std::uint16_t> depth;  // of each offset and the end: how many brackets with a partner are open
  std::optional<std::uint32_t> too_deep;
  tree::Layout layout;
};
Lines read_lines(std::string_view text, FileId file);

}  // namespace dlc::grammar
