#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dsl/diagnostics/diagnostics.h"
#include "dsl/grammar/text/lines.h"
#include "dsl/tree/tree.h"

namespace dlc::grammar {

/// What kind of lines are read: it says which words may begin one.
enum class Block : std::uint8_t { file, body, data, train, step, every };
const std::vector<std::string>& words_of(Block block);

/// What the parsers share while they read one file.
struct State {
  const Lines& lines;
  FileId file{};
  Diagnostics& diagnostics;
  const char* begin = nullptr;
  int nesting = 0;
  Block block = Block::file;
  const char* line = nullptr;         // where the line begins that is read
  const char* failed_at = nullptr;    // where the latest line failed
  bool is_hopeless = false;           // nested too deeply: nothing more is read
  const char* token_place = nullptr;  // the latest token that was asked for: many parsers ask for it in turn
  Token latest = {};

  Token token_after(const char* at) {
    if (at != token_place) {
      latest = token_at(past_blanks(at, end()), end());
      token_place = at;
    }
    return latest;
  }

  std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - begin); }
  const char* end() const { return begin + lines.text.size(); }
  tree::Range range(const char* first, const char* last) const { return {file, offset(first), offset(last)}; }
  /// The block that ends what stands in `whole`, or its last character if that is no bracket's partner.
  tree::Range braces(const tree::Range& whole) const {
    const std::uint32_t open = lines.partner[whole.end - 1];
    return {file, open == no_partner ? whole.end - 1 : open, whole.end};
  }
  tree::Range range(const Token& token) const {
    return range(token.text.data(), token.text.data() + token.text.size());
  }
};

// Thrown by parsers, caught by attempt(): they never leave this folder.

/// Something else was expected at `at`; an empty `what` stands for whatever may begin a line.
struct Expected {
  const char* at;
  std::string_view what;
};
/// In brackets that `open` opens: `,` or the closing bracket.
struct ExpectedInList {
  const char* at;
  const char* open;
  std::string_view close;
};
struct ExpectedItem {
  const char* at;
  const char* open;
  std::string_view what;
};
/// Has been reported.
struct Reported {
  const char* at;
};

/// What was thrown is reported here; state.failed_at is set.
void report(State& state, const Expected& mistake);
void report(State& state, const ExpectedInList& mistake);
void report(State& state, const ExpectedItem& mistake);
void report_unclosed(State& state, const char* open);
void report_too_deep(State& state, const char* at);

// Mistakes in what was read well otherwise (checks.cpp); reading goes on.
void report_comparison_chain(State& state, const tree::Range& pair, const tree::Range& first,
                             const Token& second);
void report_not_callable(State& state, const tree::Expression& value, const tree::Range& arguments);
void check_subscripts(State& state, const tree::Expression& value,
                      const std::vector<tree::Subscript>& subscripts);
void check_pipe_head(State& state, const tree::Expression& head, const std::vector<tree::PipeStep>& steps);
/// Only the last line of a body may be an expression that binds nothing; in other blocks none.
void check_unused(State& state, const std::vector<tree::Statement>& statements);
void check_line(State& state, const tree::TrainLine& line);
void check_line(State& state, const tree::Step::StepLine& line);
void check_line(State& state, const tree::Every::EveryLine& line);
template <class Line>
void check_line(State&, const Line&) {}

/// Throws Reported if the line at `first` binds a word that cannot be bound: `mean = …`, in a train block
/// `epochs = …`.
void check_bound_word(State& state, const char* first);

/// Runs `parse` for the line that begins at `begin`; false if it failed, with the mistake reported.
template <class Parse>
bool attempt(State& state, const char* begin, const char*, Parse parse) {
  state.line = begin;
  try {
    parse();
    return true;
  } catch (const Expected& mistake) {
    state.line = begin;
    report(state, mistake);
  } catch (const ExpectedInList& mistake) {
    state.line = begin;
    report(state, mistake);
  } catch (const ExpectedItem& mistake) {
    state.line = begin;
    report(state, mistake);
  } catch (const Reported& mistake) {
    state.failed_at = mistake.at;
  }
  return false;
}

/// One level of recursion; throws Reported where there are too many.
class Nesting {
 public:
  Nesting(State& state, const char* at) : state_(state) {
    if (++state.nesting <= most_nested) return;
    report_too_deep(state, past_blanks(at, state.end()));
    throw Reported{state.end()};
  }
  ~Nesting() { --state_.nesting; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  State& state_;
};

/// The lines of a block while they are read.
class InBlock {
 public:
  /// `first` is behind the `{`, or at the file's beginning.
  InBlock(State& state, Block block, const char* first);
  ~InBlock();
  InBlock(const InBlock&) = delete;
  InBlock& operator=(const InBlock&) = delete;

  /// Goes to the beginning of the next line; false where the block ends.
  bool next_line(const char*& first, const char* last) const;
  /// Throws Expected if the line does not end here.
  void needs_end(const char* first, const char* last) const;
  /// Where to go on after a line that began at `begin` and failed at `at`.
  const char* recovered(const char* begin, const char* at, const char* last) const;

 private:
  bool at_end(const char* first, const char* last) const;

  State& state_;
  Block outer_;
  const char* outer_line_;
  const char* close_ = nullptr;  // the block's }, if it has one
  std::uint16_t depth_ = 0;
};

}  // namespace dlc::grammar
