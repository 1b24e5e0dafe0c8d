#include <catch2/catch.hpp>
#include <cstdlib>
#include <limits>

#include "runtime/report/format.h"
#include "runtime/report/progress.h"
#include "runtime/report/text_table.h"

using namespace dlc;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

ProgressState third_of_ten() {
  return {.unit = "epoch",
          .number = 3,
          .of = 10,
          .share = 0.624,
          .loss = 1.1043,
          .examples_per_second = 2140.4,
          .seconds_left = 40.5};
}

EpochFigures third_epoch() {
  return {.unit = "epoch",
          .number = 3,
          .of = 10,
          .figures = {{"train.loss", 1.0874}, {"valid.loss", 1.07133}, {"valid.accuracy", 0.6252}},
          .seconds = 14.21,
          .best = true};
}

// What a terminal shows in its lines after the text; the codes that we use are understood.
std::vector<std::string> shown(const std::string& text) {
  std::vector<std::string> lines{""};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') {
      lines.emplace_back();
    } else if (text.compare(i, 4, "\r\x1b[K") == 0) {
      lines.back().clear();
      i += 3;
    } else {
      lines.back() += text[i];
    }
  }
  return lines;
}

}  // namespace

TEST_CASE("numbers are written for people", "[report]") {
  CHECK(with_thousands(0) == "0");
  CHECK(with_thousands(999) == "999");
  CHECK(with_thousands(1000) == "1,000");
  CHECK(with_thousands(122570) == "122,570");
  CHECK(with_thousands(-1234567) == "-1,234,567");
  CHECK(with_thousands(std::numeric_limits<std::int64_t>::min()) == "-9,223,372,036,854,775,808");
  CHECK(counted(1, "thread", "threads") == "1 thread");
  CHECK(counted(2, "thread", "threads") == "2 threads");
  CHECK(as_clock(0) == "0:00");
  CHECK(as_clock(40.5) == "0:41");
  CHECK(as_clock(59.99) == "1:00");
  CHECK(as_clock(725) == "12:05");
  CHECK(as_clock(3723) == "1:02:03");
  CHECK(as_clock(not_a_number) == "-:--");
  CHECK(as_clock(infinite) == "-:--");
  CHECK(as_clock(-1) == "-:--");
  CHECK(as_seconds(0.118) == "0.12 s");
  CHECK(as_seconds(9.994) == "9.99 s");
  CHECK(as_seconds(9.996) == "10.0 s");
  CHECK(as_seconds(14.21) == "14.2 s");
  CHECK(as_seconds(99.96) == "100 s");
  CHECK(as_seconds(12345) == "12,345 s");
  CHECK(as_bytes_text(1) == "1 byte");
  CHECK(as_bytes_text(512) == "512 bytes");
  CHECK(as_bytes_text(9400000) == "9.4 MB");
  CHECK(as_bytes_text(12345) == "12 kB");
  CHECK(as_bytes_text(999600) == "1.0 MB");
  CHECK(as_bytes_text(5'000'000'000'000'000) == "5000 TB");
  CHECK(as_figure(1.08742) == "1.0874");
  CHECK(as_figure(1.1043, 3) == "1.104");
  CHECK(as_figure(0) == "0.0000");
  CHECK(as_figure(-0.6252) == "-0.6252");
  CHECK(as_figure(123456.7) == "123,457");
  CHECK(as_figure(3.21e-5) == "3.2e-5");
  CHECK(as_figure(4.56e12) == "4.6e12");
  CHECK(as_figure(not_a_number) == "nan");
  CHECK(as_figure(-not_a_number) == "nan");
  CHECK(as_figure(-infinite) == "-inf");
  CHECK(width_of("━─ü€a") == 5);
}

TEST_CASE("a training begins with two lines and ends with two", "[report]") {
  const TrainingFacts facts{.file = "cifar10.net",
                            .parameters = 122570,
                            .parts = {{"train", 50000}, {"valid", 10000}},
                            .batch = 32,
                            .seed = 1,
                            .threads = 2};
  CHECK(training_line(facts) ==
        "cifar10.net  122,570 parameters  50,000 train + 10,000 valid  batch 32  seed 1  2 threads");
  CHECK(compilation_line({.kernels = 31,
                          .seconds = 0.12,
                          .from_cache = 12,
                          .arena_bytes = 9'400'000,
                          .least_bytes = 8'900'000}) ==
        "compiled 31 kernels in 0.12 s (12 from cache)  arena 9.4 MB (at least 8.9)");
  CHECK(compilation_line(
            {.kernels = 1, .seconds = 2, .from_cache = 0, .arena_bytes = 1'000'000, .least_bytes = 990}) ==
        "compiled 1 kernel in 2.00 s  arena 1.0 MB (at least 990 bytes)");
  CHECK(best_line("valid.accuracy", 0.7048, "epoch 9", "runs/cifar10-001/best.safetensors") ==
        "best valid.accuracy 0.7048 at epoch 9, kept in runs/cifar10-001/best.safetensors");
  CHECK(next_line({"dlc cifar10.net --evaluate", "dlc cifar10.net --predict photo.png",
                   "open runs/cifar10-001/curve.svg"}) ==
        "try:  dlc cifar10.net --evaluate      dlc cifar10.net --predict photo.png      open "
        "runs/cifar10-001/curve.svg");
}

TEST_CASE("the progress line is as wide as there is room", "[report]") {
  const std::string whole =
      "epoch  3/10 ━━━━━━━━━━━━━━──────────  62 %  loss 1.104  2,140 examples/s  left 0:41";
  CHECK(progress_line(third_of_ten(), 200, {}) == whole);
  CHECK(progress_line(third_of_ten(), width_of(whole), {}) == whole);
  CHECK(progress_line(third_of_ten(), 70, {}) ==
        "epoch  3/10 ━━━━━━─────  62 %  loss 1.104  2,140 examples/s  left 0:41");
  CHECK(progress_line(third_of_ten(), 40, {}) == "epoch  3/10 ━━━━━━────  62 %  loss 1.104");
  for (std::size_t columns = 1; columns < 120; ++columns)
    CHECK(width_of(progress_line(third_of_ten(), columns, {})) <= columns);

  ProgressState state = third_of_ten();
  state.share = not_a_number;
  state.loss = not_a_number;
  state.seconds_left = infinite;
  state.examples_per_second = infinite;
  CHECK(progress_line(state, 200, {}) ==
        "epoch  3/10 ────────────────────────   0 %  loss nan  1,000,000,000,000,000 examples/s  left -:--");
  state = {.unit = "step",
           .number = 1500,
           .of = 3000,
           .share = 2,
           .loss = 1,
           .examples_per_second = 0,
           .seconds_left = 0};
  CHECK(progress_line(state, 200, {}) ==
        "step 1,500/3,000 ━━━━━━━━━━━━━━━━━━━━━━━━  100 %  loss 1.000  0 examples/s  left 0:00");
  CHECK(progress_line(third_of_ten(), 200, {.colour = true}) ==
        "epoch  3/10 \x1b[32m━━━━━━━━━━━━━━\x1b[0m\x1b[2m──────────\x1b[0m  62 %  loss 1.104  2,140 "
        "examples/s  left 0:41");
}

TEST_CASE("the line of an epoch", "[report]") {
  CHECK(epoch_line(third_epoch(), {}) ==
        "epoch  3/10  train.loss 1.0874  valid.loss 1.0713  valid.accuracy 0.6252  14.2 s  best");
  CHECK(epoch_line(third_epoch(), {.colour = true}).ends_with("  \x1b[1;32mbest\x1b[0m"));
  EpochFigures other = third_epoch();
  other.best = false;
  CHECK(epoch_line(other, {}).ends_with("  14.2 s"));
}

TEST_CASE("a terminal sees one line redrawn at most five times a second", "[report]") {
  std::string text;
  int writes = 0;
  Progress progress([&](std::string_view more) { text += more, ++writes; },
                    {.is_terminal = true, .colour = false, .columns = 100});
  for (int i = 0; i < 1000; ++i) progress.update(third_of_ten(), i * 0.001);
  CHECK(writes == 5);
  CHECK(shown(text) == std::vector<std::string>{progress_line(third_of_ten(), 99, {})});
  progress.say("waiting for data takes 30 % of the time");
  progress.update(third_of_ten(), 1.1);
  progress.epoch(third_epoch());
  CHECK(shown(text) == std::vector<std::string>{"waiting for data takes 30 % of the time",
                                                epoch_line(third_epoch(), {}), ""});
  progress.update(third_of_ten(), 9);
  progress.resize(20);
  progress.update(third_of_ten(), 10);
  CHECK(width_of(shown(text).back()) <= 19);
  progress.clear();
  CHECK(shown(text).back().empty());
  const std::size_t size = text.size();
  progress.clear();
  CHECK(text.size() == size);
}

TEST_CASE("without a terminal there is a line an epoch and nothing else", "[report]") {
  std::string text;
  Progress progress([&](std::string_view more) { text += more; }, {});
  for (int i = 0; i < 1000; ++i) progress.update(third_of_ten(), i);
  progress.epoch(third_epoch());
  progress.clear();
  CHECK(text == epoch_line(third_epoch(), {}) + "\n");
  CHECK_FALSE(terminal_of(-1).is_terminal);
  CHECK_FALSE(terminal_of(-1).colour);
}

TEST_CASE("tables have aligned columns", "[report]") {
  const TextTable table{{Align::left, Align::right, Align::left},
                        {{"layer", "parameters", "shape"},
                         {"conv2d_1", "896", "[30, 30, 32]"},
                         {"dense", "1,000"},
                         {"größer"},
                         {}}};
  CHECK(table_text(table, 2) ==
        "  layer     parameters  shape\n"
        "  conv2d_1         896  [30, 30, 32]\n"
        "  dense          1,000\n"
        "  größer\n"
        "\n");
}

TEST_CASE("figures per class and the confusion matrix", "[report]") {
  const std::vector<std::string> classes{"cat", "T-shirt/top", "none"};
  const std::vector<double> counts{3, 1, 0, 0, 1999, 1, 0, 0, 0};
  CHECK(per_class_text(classes, counts) ==
        "class        examples  right   share\n"
        "cat                 4      3  75.0 %\n"
        "T-shirt/top     2,000  1,999  99.9 %\n"
        "none                0      0\n"
        "all             2,004  2,002  99.9 %\n");
  CHECK(confusion_text(classes, counts) ==
        "true \\ predicted  cat  T-shirt/.  none\n"
        "cat                 3          1     ·\n"
        "T-shirt/top         ·      1,999     1\n"
        "none                ·          ·     ·\n");
  const std::vector<std::string> umlauts{"äöüäöüäöüäöü"};
  CHECK(confusion_text(umlauts, std::vector<double>{0}).find("  äöüäöüäö.\n") != std::string::npos);
  CHECK(per_class_text(umlauts, std::vector<double>{0}).find(" %") == std::string::npos);
}
