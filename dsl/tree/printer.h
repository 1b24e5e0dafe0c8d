#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/tree/tree.h"

namespace dlc::tree {

/// Where lines of a block may agree on a column: behind a first word, before an `=`.
struct ColumnStop {
  std::size_t line = 0;     // which line of which block, counted through the file from 1
  std::size_t number = 0;   // among the stops of its line
  std::size_t written = 0;  // the column in the file
  std::size_t natural = 0;  // the column without padding, in characters
  bool is_padded = false;   // the file has more blanks than one there
  std::size_t above = 0;    // the line of its block that stands right above it; 0: none
  std::size_t padding = 0;  // what is put before it
};

/// The text that grows while a tree is printed. It knows the file that the tree was read from: its comments
/// and line breaks.
class Printer {
 public:
  explicit Printer(const Layout& layout) : layout_(layout) {}

  // ---------------------------------------------------------------------- text
  void put(std::string_view text) { out_ += text; }
  std::string take() { return std::move(out_); }
  std::size_t column() const;
  /// Blanks at the beginning of the line that is being written.
  std::size_t line_indent() const;
  void new_line(std::size_t indent);

  // ---------------------------------------------------------------------- the file
  bool has_file() const { return !layout_.text.empty(); }
  std::size_t line_of(std::uint32_t offset) const;
  /// Does the file go to another line between the two?
  bool is_broken(std::uint32_t from, std::uint32_t to) const {
    return has_file() && line_of(from) != line_of(to);
  }
  /// Where the next `sign` stands in the file, from an offset on.
  std::uint32_t find(std::string_view sign, std::uint32_t from) const;
  std::uint32_t past_blanks(std::uint32_t from) const;
  bool is_blank_before(std::uint32_t offset) const { return offset > 0 && layout_.text[offset - 1] == ' '; }

  /// A blank, or the line break that the file has between the two places, with the comments there.
  void gap(std::uint32_t from, std::uint32_t to) { gap(from, to, " "); }
  void gap(std::uint32_t from, std::uint32_t to, std::string_view otherwise);

  // ---------------------------------------------------------------------- comments
  /// Comments before `end` that stand on the line of `after`, behind what is written.
  void trailing_comments(std::uint32_t after, std::uint32_t end);
  bool has_comment_before(std::uint32_t end) const;
  const Comment& next_comment() const { return layout_.comments[comment_]; }
  void put_comment();

  // ---------------------------------------------------------------------- columns
  std::size_t continuation = 2;  // the indent of lines that continue a statement
  /// A line of a block begins; the answer is its number. `above`: the line right above it, or 0.
  std::size_t begin_line(std::size_t above) {
    stop_in_line_ = 0;
    above_ = above;
    return line_ = ++lines_;
  }
  /// The blank before a place where columns may agree: `from` ends what stands before it, `to` is what stands
  /// there.
  void stop(std::uint32_t from, std::uint32_t to);
  /// What was found in the first pass, padding filled in, goes into the second.
  std::vector<ColumnStop> stops() const { return stops_; }
  void use(std::vector<ColumnStop> stops) {
    given_ = std::move(stops);
    has_given_ = true;
  }

 private:
  const Layout& layout_;
  std::string out_;
  std::size_t comment_ = 0;
  std::size_t line_ = 0;
  std::size_t stop_in_line_ = 0;
  std::size_t lines_ = 0;
  std::size_t above_ = 0;
  std::vector<ColumnStop> stops_;
  std::vector<ColumnStop> given_;
  bool has_given_ = false;
};

/// Fills in the padding: neighbours whose stops stand in one column of the file, one of them padded, get one
/// column.
void align(std::vector<ColumnStop>& stops);

/// How tightly an expression holds together; operands need a level.
enum class Level : std::uint8_t {
  pipe,
  or_,
  and_,
  not_,
  comparison,
  sum,
  term,
  factor,
  power,
  postfix,
  suffix
};

void print(Printer& out, const Expression& expression, Level at_least = Level::pipe);
void print_file(Printer& out, const File& file);
void print(Printer& out, const Body& body);
void print(Printer& out, const Statement& statement);
void print_arguments(Printer& out, const std::vector<Argument>& arguments, std::uint32_t from);
void print_extents(Printer& out, const std::vector<Extent>& extents);
/// ` = value`, with the columns of the file; the left side ends at `left_end`, brackets perhaps not counted.
void print_equation(Printer& out, std::uint32_t left_end, const Expression& value,
                    std::string_view sign = "=");
void print_path(Printer& out, const Path& path);
std::string quoted(std::string_view text);
std::string_view sign_of(BinaryOperator operation);
std::string_view word_of(FunctionKind kind);
/// The lines of a block or of the file: `print_line` for each, at this indent, with comments and blank lines
/// between. They stand in the file between `begin` and `end`.
template <class Lines, class PrintLine>
void print_lines(Printer& out, const Lines& lines, std::size_t indent, std::uint32_t begin, std::uint32_t end,
                 PrintLine print_line);

/// { lines }, in one line if the file has it so.
template <class Lines, class PrintLine>
void print_braces(Printer& out, const Lines& lines, const Range& braces, PrintLine print_line);

// ---------------------------------------------------------------------- templates

template <class Lines, class PrintLine>
void print_lines(Printer& out, const Lines& lines, std::size_t indent, std::uint32_t begin, std::uint32_t end,
                 PrintLine print_line) {
  const std::size_t continuation = out.continuation;
  std::size_t last_line = out.line_of(begin);
  bool is_first = true;
  std::size_t above = 0;
  const auto go_to = [&](std::uint32_t offset) {
    const std::size_t line = out.line_of(offset);
    if (!is_first && line > last_line + 1) out.put("\n");
    if (!is_first || indent > 0) out.new_line(indent);
    is_first = false;
  };
  const auto comments_before = [&](std::uint32_t offset) {
    while (out.has_comment_before(offset)) {
      go_to(out.next_comment().range.begin);
      last_line = out.line_of(out.next_comment().range.begin);
      out.put_comment();
    }
  };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Range& range = lines[i].range;
    const std::size_t before = last_line;
    comments_before(range.begin);
    const bool follows = i > 0 && last_line == before && out.line_of(range.begin) == last_line + 1;
    go_to(range.begin);
    out.continuation = indent + 2;
    above = out.begin_line(follows ? above : 0);
    print_line(lines[i]);
    const std::uint32_t next = i + 1 < lines.size() ? lines[i + 1].range.begin : end;
    const std::uint32_t last = range.end > 0 ? range.end - 1 : 0;
    last_line = out.line_of(last);
    out.trailing_comments(last, next);
  }
  comments_before(end);
  out.continuation = continuation;
}

template <class Lines, class PrintLine>
void print_braces(Printer& out, const Lines& lines, const Range& braces, PrintLine print_line) {
  const std::uint32_t close = braces.end > 0 ? braces.end - 1 : 0;
  out.put("{");
  if (!out.is_broken(braces.begin, close)) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      out.put(i == 0 ? " " : "; ");
      out.begin_line(0);
      print_line(lines[i]);
    }
    out.put(" }");
    return;
  }
  const std::size_t indent = out.line_indent();
  const std::uint32_t first = lines.empty() ? close : lines.front().range.begin;
  out.trailing_comments(braces.begin, first);
  print_lines(out, lines, indent + 2, braces.begin, close, print_line);
  out.new_line(indent);
  out.put("}");
}

}  // namespace dlc::tree
