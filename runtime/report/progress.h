#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlc {

/// What the first line of a training says.
struct TrainingFacts {
  std::string file;
  std::int64_t parameters = 0;
  struct Part {
    std::string name;
    std::int64_t examples = 0;
  };
  std::vector<Part> parts;
  std::int64_t batch = 0;
  std::uint64_t seed = 1;
  std::int64_t threads = 1;
};

/// What the second line says.
struct CompilationFacts {
  std::int64_t kernels = 0;
  double seconds = 0;
  std::int64_t from_cache = 0;
  std::int64_t arena_bytes = 0;
  std::int64_t least_bytes = 0;  // no order of the kernels could need less
};

/// Where a training stands within an epoch (or on the way to a number of steps).
struct ProgressState {
  std::string unit = "epoch";  // or "step"
  std::int64_t number = 1;
  std::int64_t of = 1;
  double share = 0;  // of this epoch, 0 … 1
  double loss = 0;   // of the epoch's batches so far
  double examples_per_second = 0;
  double seconds_left = 0;  // of the whole training
};

/// What stays of an epoch.
struct EpochFigures {
  std::string unit = "epoch";
  std::int64_t number = 1;
  std::int64_t of = 1;
  struct Figure {
    std::string name;  // valid.accuracy
    double value = 0;
  };
  std::vector<Figure> figures;
  double seconds = 0;
  bool best = false;  // the best so far of what `keep` names
};

/// Codes for a terminal, or none.
struct Paint {
  bool colour = false;
};

std::string training_line(const TrainingFacts& facts);
std::string compilation_line(const CompilationFacts& facts);
/// At most `columns` characters: what does not fit is left out from the right, then the bar becomes shorter.
std::string progress_line(const ProgressState& state, std::size_t columns, Paint paint);
std::string epoch_line(const EpochFigures& figures, Paint paint);
/// best valid.accuracy 0.7048 at epoch 9, kept in runs/cifar10-001/best.safetensors
std::string best_line(std::string_view metric, double value, std::string_view when, std::string_view path);
/// The line of commands that a user may want next.
std::string next_line(const std::vector<std::string>& commands);

/// What is known of where the lines go.
struct Terminal {
  bool is_terminal = false;
  bool colour = false;
  std::size_t columns = 80;
};

/// Of a file descriptor. Colour only on a terminal, and not where NO_COLOR is set (no-color.org) or the
/// terminal is "dumb".
Terminal terminal_of(int descriptor);

/// One line that is redrawn while an epoch runs and stays when it ends; without a terminal a line an epoch
/// and nothing else. It writes with the function it is given and reads no clock: the seconds come from the
/// caller and never run backwards.
class Progress {
 public:
  Progress(std::function<void(std::string_view)> write, Terminal terminal)
      : write_(std::move(write)), terminal_(terminal) {}

  /// May be called after every step: it draws at most five times a second.
  void update(const ProgressState& state, double now);
  /// The epoch's line takes the place of the one that was redrawn.
  void epoch(const EpochFigures& figures);
  /// Any other line, above the one that is redrawn.
  void say(std::string_view line);
  /// Nothing is left half drawn.
  void clear();
  /// The terminal may have become wider or narrower.
  void resize(std::size_t columns) { terminal_.columns = columns; }

 private:
  std::function<void(std::string_view)> write_;
  Terminal terminal_;
  std::optional<double> drawn_at_;
  bool drawn_ = false;
};

}  // namespace dlc
