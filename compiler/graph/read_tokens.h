#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/graph/graph.h"

namespace dlc {

/// Thrown by the reader's parts, caught in read_graph: it does not leave this folder.
struct ReadError {
  std::string text;
};

struct Token {
  enum class Kind : std::uint8_t { word, name, number, sign, end };  // name: in backquotes
  Kind kind = Kind::end;
  std::string text;
};

/// One line of the text form: its tokens, and the places of its remark.
struct TokenLine {
  std::vector<Token> tokens;  // the last is the end
  std::vector<Place> places;
};

/// Throws ReadError.
TokenLine tokens_of(std::string_view line);

/// Walks over the tokens of a line. What is expected and not there is a ReadError.
class Cursor {
 public:
  explicit Cursor(const std::vector<Token>& tokens) : tokens_(tokens) {}

  const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  const Token& next();

  /// Is this word or sign next?
  bool is(std::string_view text, std::size_t ahead = 0) const;
  bool is_number(std::size_t ahead = 0) const { return peek(ahead).kind == Token::Kind::number; }
  bool accept(std::string_view text);
  void expect(std::string_view text);
  void expect_end() const;

  std::string name();  // a word that is no keyword, or a name in backquotes
  bool is_name(std::size_t ahead = 0) const;
  std::int64_t integer();  // perhaps negative

  std::size_t place() const { return at_; }
  void go_to(std::size_t place) { at_ = place; }

  [[noreturn]] void fail(std::string_view wanted) const;

 private:
  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
};

}  // namespace dlc
