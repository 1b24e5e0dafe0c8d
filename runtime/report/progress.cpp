#include "runtime/report/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "runtime/report/format.h"

namespace dlc {
namespace {

constexpr double seconds_between_drawings = 0.2;
constexpr std::string_view to_line_start = "\r\x1b[K";  // and clear what stands there

std::string painted(const std::string& text, std::string_view code, Paint paint) {
  if (!paint.colour || text.empty()) return text;
  return "\x1b[" + std::string(code) + "m" + text + "\x1b[0m";
}

// `epoch  3/10`: the number as wide as the largest one.
std::string number_text(const std::string& unit, std::int64_t number, std::int64_t of) {
  const std::string last = with_thousands(of);
  std::string text = with_thousands(number);
  if (text.size() < last.size()) text.insert(0, last.size() - text.size(), ' ');
  return unit + " " + text + "/" + last;
}

std::string bar_text(double share, std::size_t cells, Paint paint) {
  const auto full = std::min(cells, static_cast<std::size_t>(share * static_cast<double>(cells)));
  std::string done;
  std::string rest;
  for (std::size_t i = 0; i < full; ++i) done += "━";
  for (std::size_t i = full; i < cells; ++i) rest += "─";
  return painted(done, "32", paint) + painted(rest, "2", paint);
}

std::string percent_text(double share) {
  std::string text = std::to_string(static_cast<int>(std::floor(share * 100 + 1e-9)));
  if (text.size() < 2) text.insert(0, 1, ' ');
  return text + " %";
}

}  // namespace

std::string training_line(const TrainingFacts& facts) {
  std::string line = facts.file + "  " + counted(facts.parameters, "parameter", "parameters") + "  ";
  for (std::size_t i = 0; i < facts.parts.size(); ++i) {
    line += (i > 0 ? " + " : "") + with_thousands(facts.parts[i].examples) + " " + facts.parts[i].name;
  }
  if (!facts.parts.empty()) line += "  ";
  line += "batch " + with_thousands(facts.batch) + "  seed " + std::to_string(facts.seed) + "  ";
  return line + counted(facts.threads, "thread", "threads");
}

std::string compilation_line(const CompilationFacts& facts) {
  std::string line =
      "compiled " + counted(facts.kernels, "kernel", "kernels") + " in " + as_seconds(facts.seconds);
  if (facts.from_cache > 0) line += " (" + with_thousands(facts.from_cache) + " from cache)";
  const std::string arena = as_bytes_text(facts.arena_bytes);
  std::string least = as_bytes_text(facts.least_bytes);
  // The unit once, where both have it.
  const std::string unit = arena.substr(arena.find(' '));
  if (least.size() > unit.size() && least.ends_with(unit)) least.resize(least.size() - unit.size());
  return line + "  arena " + arena + " (at least " + least + ")";
}

std::string progress_line(const ProgressState& state, std::size_t columns, Paint paint) {
  const double share = std::clamp(std::isfinite(state.share) ? state.share : 0.0, 0.0, 1.0);
  const std::string head = number_text(state.unit, state.number, state.of) + " ";
  const std::vector<std::string> figures = {
      percent_text(share), "loss " + as_figure(state.loss, 3),
      with_thousands(std::llround(std::clamp(state.examples_per_second, 0.0, 1e15))) + " examples/s",
      "left " + as_clock(state.seconds_left)};
  constexpr std::size_t full_bar = 24;
  constexpr std::size_t least_bar = 8;
  for (std::size_t kept = figures.size();; --kept) {
    std::string tail;
    for (std::size_t i = 0; i < kept; ++i) tail += "  " + figures[i];
    const std::size_t taken = width_of(head) + width_of(tail);
    if (taken + least_bar <= columns) {
      return head + bar_text(share, std::min(full_bar, columns - taken), paint) + tail;
    }
    if (kept == 0) return head.substr(0, columns);
  }
}

std::string epoch_line(const EpochFigures& figures, Paint paint) {
  std::string line = number_text(figures.unit, figures.number, figures.of);
  for (const EpochFigures::Figure& figure : figures.figures)
    line += "  " + figure.name + " " + as_figure(figure.value);
  line += "  " + as_seconds(figures.seconds);
  if (figures.best) line += "  " + painted("best", "1;32", paint);
  return line;
}

std::string best_line(std::string_view metric, double value, std::string_view when, std::string_view path) {
  return "best " + std::string(metric) + " " + as_figure(value) + " at " + std::string(when) + ", kept in " +
         std::string(path);
}

std::string next_line(const std::vector<std::string>& commands) {
  std::string line = "try:";
  for (std::size_t i = 0; i < commands.size(); ++i) line += (i == 0 ? "  " : "      ") + commands[i];
  return line;
}

Terminal terminal_of(int descriptor) {
  Terminal terminal;
  const char* const kind = std::getenv("TERM");
  const bool dumb = kind == nullptr || std::string_view(kind) == "dumb";  // no line can be drawn again there
  terminal.is_terminal = ::isatty(descriptor) == 1 && !dumb;
  if (!terminal.is_terminal) return terminal;
  const char* const no_colour = std::getenv("NO_COLOR");
  terminal.colour = no_colour == nullptr || no_colour[0] == '\0';
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) terminal.columns = size.ws_col;
  return terminal;
}

void Progress::update(const ProgressState& state, double now) {
  if (!terminal_.is_terminal) return;
  if (drawn_at_ && now - *drawn_at_ < seconds_between_drawings) return;
  drawn_at_ = now;
  drawn_ = true;
  // One column stays free: some terminals go to the next line when the last is filled.
  const std::size_t room = std::max<std::size_t>(terminal_.columns, 2) - 1;
  write_(std::string(to_line_start) + progress_line(state, room, {terminal_.colour}));
}

void Progress::epoch(const EpochFigures& figures) {
  say(epoch_line(figures, {terminal_.colour}));
}

void Progress::say(std::string_view line) {
  write_((drawn_ ? std::string(to_line_start) : "") + std::string(line) + "\n");
  drawn_ = false;
}

void Progress::clear() {
  if (drawn_) write_(to_line_start);
  drawn_ = false;
}

}  // namespace dlc
