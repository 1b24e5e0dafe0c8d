#include "dsl/tree/printer.h"

#include <algorithm>

namespace dlc::tree {

std::size_t Printer::column() const {
  const std::size_t start = out_.rfind('\n') + 1;  // npos + 1 is 0
  return characters(std::string_view(out_).substr(start));
}

std::size_t Printer::line_indent() const {
  const std::size_t start = out_.rfind('\n') + 1;
  const std::size_t text = out_.find_first_not_of(' ', start);
  return (text == std::string::npos ? out_.size() : text) - start;
}

void Printer::new_line(std::size_t indent) {
  while (!out_.empty() && out_.back() == ' ') out_.pop_back();
  out_ += '\n';
  out_.append(indent, ' ');
}

std::size_t Printer::line_of(std::uint32_t offset) const {
  const auto& starts = layout_.line_starts;
  return static_cast<std::size_t>(std::upper_bound(starts.begin(), starts.end(), offset) - starts.begin());
}

std::uint32_t Printer::find(std::string_view sign, std::uint32_t from) const {
  const std::size_t found = layout_.text.find(sign, from);
  return found == std::string::npos ? from : static_cast<std::uint32_t>(found);
}

std::uint32_t Printer::past_blanks(std::uint32_t from) const {
  const std::size_t found = layout_.text.find_first_not_of(" \t\r\n", from);
  return found == std::string::npos ? from : static_cast<std::uint32_t>(found);
}

void Printer::gap(std::uint32_t from, std::uint32_t to, std::string_view otherwise) {
  if (!is_broken(from, to)) {
    put(otherwise);
    return;
  }
  trailing_comments(from, to);
  while (has_comment_before(to)) {
    new_line(continuation);
    put_comment();
  }
  new_line(continuation);
}

// ---------------------------------------------------------------------- comments

bool Printer::has_comment_before(std::uint32_t end) const {
  return comment_ < layout_.comments.size() && layout_.comments[comment_].range.begin < end;
}

void Printer::put_comment() {
  out_ += layout_.comments[comment_++].text;
}

void Printer::trailing_comments(std::uint32_t after, std::uint32_t end) {
  // A comment that stands within what is written comes behind it: nothing else is left for it. Of several the
  // others get lines of their own, as all that stand before what follows.
  if (!has_comment_before(end) || line_of(next_comment().range.begin) > line_of(after)) return;
  const std::uint32_t begin = next_comment().range.begin;
  const std::size_t start = layout_.line_starts[line_of(begin) - 1];
  const std::size_t written = characters(std::string_view(layout_.text).substr(start, begin - start));
  const std::size_t wanted = std::max(written, column() + 2);
  out_.append(wanted - column(), ' ');
  put_comment();
}

// ---------------------------------------------------------------------- columns

void Printer::stop(std::uint32_t from, std::uint32_t to) {
  if (is_broken(from, to)) {
    gap(from, to);
    return;
  }
  ColumnStop stop;
  stop.line = line_;
  stop.number = stop_in_line_++;
  if (has_file()) stop.written = to - layout_.line_starts[line_of(to) - 1];
  stop.is_padded = has_file() && to > from + 1;
  stop.above = above_;
  if (has_given_) out_.append(given_[stops_.size()].padding, ' ');
  put(" ");
  stop.natural = column();
  stops_.push_back(stop);
}

namespace {

/// The stops of one line, or none.
std::vector<std::size_t> with_number(const std::vector<ColumnStop>& stops, std::size_t number) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < stops.size(); ++i) {
    if (stops[i].number == number) found.push_back(i);
  }
  return found;
}

void pad(std::vector<ColumnStop>& stops, const std::vector<std::size_t>& run,
         const std::vector<std::size_t>& shift) {
  const bool is_aligned =
      std::any_of(run.begin(), run.end(), [&](std::size_t i) { return stops[i].is_padded; });
  if (!is_aligned || run.size() < 2) return;
  std::size_t widest = 0;
  for (const std::size_t i : run) widest = std::max(widest, stops[i].natural + shift[stops[i].line]);
  for (const std::size_t i : run) stops[i].padding = widest - (stops[i].natural + shift[stops[i].line]);
}

}  // namespace

void align(std::vector<ColumnStop>& stops) {
  std::size_t lines = 0;
  std::size_t numbers = 0;
  for (const ColumnStop& stop : stops) {
    lines = std::max(lines, stop.line + 1);
    numbers = std::max(numbers, stop.number + 1);
  }
  std::vector<std::size_t> shift(lines);  // by the padding before earlier stops of the line
  for (std::size_t number = 0; number < numbers; ++number) {
    std::vector<std::size_t> run;
    for (const std::size_t i : with_number(stops, number)) {
      const bool goes_on = !run.empty() && stops[i].above == stops[run.back()].line &&
                           stops[i].written == stops[run.back()].written;
      if (!goes_on) {
        pad(stops, run, shift);
        run.clear();
      }
      run.push_back(i);
    }
    pad(stops, run, shift);
    for (const std::size_t i : with_number(stops, number)) shift[stops[i].line] += stops[i].padding;
  }
}

}  // namespace dlc::tree
