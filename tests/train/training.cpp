// The training loop on the smallest net there is: one number w that is drawn to the mean of the data.

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <set>

#include "compiler/target/target.h"
#include "runtime/data/parts/random_order.h"
#include "runtime/train/train.h"

namespace {

using namespace dlc;

/// loss = mean (x - w)^2, by gradient descent with this rate; metric.seen counts the examples. x is of the
/// data, or drawn.
Graph descent(std::int64_t batch, bool training, const std::string& rate, bool drawn) {
  const std::string n = std::to_string(batch);
  std::string text = "step = input\nw = parameter\n";
  text += drawn ? "key = input integer -2147483648..2147483647\nx[n < " + n + "] = draw(key, 1, n)\n"
                : "x = input [" + n + "]\n";
  text += "loss = sum[n < " + n + "] (x[n] - w) * (x[n] - w) / " + n + "\n";
  text += "seen = sum[n < " + n + "] (1 + 0 * x[n])\n";
  if (training) text += "g = gradient of loss by w\nnext = w - " + rate + " * g\nupdate w = next\n";
  text += "output loss = loss\noutput metric.seen = seen\n";
  auto read = read_graph(text);
  if (const auto* error = std::get_if<GraphError>(&read)) FAIL(text << error->line << ": " << error->text);
  return std::get<Graph>(std::move(read));
}

struct Descent {
  std::vector<float> x;
  std::string rate = "0.1";
  Weights weights;
  TrainingPlan plan;
  std::vector<HistoryRow> rows;
  std::vector<bool> best;
  std::vector<TrainingPosition> saved;
  std::function<bool()> interrupted = [] { return false; };
  TrainingPosition from;

  explicit Descent(std::int64_t count) : x(static_cast<std::size_t>(count)) {
    std::iota(x.begin(), x.end(), 1.0F);
    weights.add("w", {}, true);
    const std::span<const std::byte> rows_of_x = std::as_bytes(std::span<const float>(x));
    plan.train = {"train", count, {{"x", rows_of_x, sizeof(float)}}};
    plan.valid = plan.train;
    plan.batch = 4;
    plan.epochs = 3;
    plan.metrics = {{"seen", true, {}}};
    plan.examples = in_random_order(count, 1);
  }

  TrainingResult run() {
    const auto make = [this](std::int64_t batch, bool training) {
      return std::get<Step>(compile(descent(batch, training, rate, !plan.has_data), *host_target()));
    };
    Steps steps(make, weights);
    TrainingWatcher watcher;
    watcher.interrupted = interrupted;
    watcher.epoch = [this](const HistoryRow& row, bool is_best, const EpochSeconds&) {
      rows.push_back(row);
      best.push_back(is_best);
    };
    watcher.save = [this](const TrainingPosition& position) {
      saved.push_back(position);
      return std::optional<std::string>();
    };
    return train(
        plan, steps, watcher, [](std::int64_t chunks, const auto& body) { body(0, chunks); }, from);
  }
};

}  // namespace

TEST_CASE("every example is used once in each epoch, the last smaller batch too", "[train]") {
  Descent descent(10);
  const TrainingResult result = descent.run();
  CHECK(result.end == TrainingEnd::finished);
  CHECK(result.position.step == 9);
  REQUIRE(descent.rows.size() == 3);
  CHECK(history_columns(descent.plan) ==
        std::vector<std::string>{"train.loss", "train.seen", "valid.loss", "valid.seen"});
  for (const HistoryRow& row : descent.rows) {
    CHECK(*row.values[1] == 10);
    CHECK(*row.values[3] == 10);
  }
  CHECK(*descent.rows[2].values[2] < *descent.rows[0].values[2]);
}

TEST_CASE("a step's examples are those of its epoch's order, asked for in any order", "[train]") {
  const ExamplesOfStep examples = in_random_order(10, 7);
  for (const std::int64_t epoch : {1, 2, 2, 5, 1}) {
    const std::vector<std::int64_t> order = epoch_order(10, 7, epoch);
    for (const std::int64_t first : {8, 0, 4}) {
      const std::int64_t size = std::min<std::int64_t>(4, 10 - first);
      const std::span<const std::int64_t> found = examples(epoch, first, size);
      REQUIRE(static_cast<std::int64_t>(found.size()) == size);
      CHECK(std::equal(found.begin(), found.end(), order.begin() + first));
    }
  }
  const ExamplesOfStep numbers = numbered();
  const std::span<const std::int64_t> found = numbers(1, 12, 3);
  CHECK(std::vector<std::int64_t>(found.begin(), found.end()) == std::vector<std::int64_t>{12, 13, 14});
}

TEST_CASE("the loss of a part does not depend on how it is cut into batches", "[train]") {
  Descent descent(10);
  descent.plan.epochs = 1;
  descent.rate = "0";
  descent.run();
  double wanted = 0;
  for (int i = 1; i <= 10; ++i) wanted += i * i / 10.0;
  CHECK(*descent.rows[0].values[0] == Approx(wanted));
  CHECK(*descent.rows[0].values[2] == Approx(wanted));
}

TEST_CASE("keep takes the earliest of equals, stop counts epochs without a better one", "[train]") {
  Descent descent(8);
  descent.plan.epochs = 50;
  descent.plan.keep = Watched{"valid", "loss", true};
  descent.rate = "0";  // Nothing ever becomes better.
  descent.plan.stop = StopRule{{"valid", "loss", true}, 5};
  const TrainingResult result = descent.run();
  CHECK(result.end == TrainingEnd::stopped_early);
  CHECK(descent.rows.size() == 6);
  CHECK(result.position.best_epoch == 1);
  CHECK(descent.best == std::vector<bool>{true, false, false, false, false, false});
}

TEST_CASE("steps end a training within an epoch; validations stand between", "[train]") {
  Descent descent(16);
  descent.plan.epochs.reset();
  descent.plan.steps = 6;
  descent.plan.validate_steps = 2;
  const TrainingResult result = descent.run();
  CHECK(result.position.step == 6);
  std::vector<std::int64_t> measured;
  for (const HistoryRow& row : descent.rows) measured.push_back(row.step);
  CHECK(measured == std::vector<std::int64_t>{2, 4, 6});
}

TEST_CASE("a loss that is not finite ends the training at its step", "[train]") {
  Descent descent(8);
  descent.plan.epochs = 100;
  descent.rate = "1e6";
  const TrainingResult result = descent.run();
  CHECK(result.end == TrainingEnd::not_finite);
  CHECK(result.position.step > 1);
  CHECK(result.position.step < 10);
}

TEST_CASE("an interruption saves where the training stands", "[train]") {
  Descent descent(8);
  int asked = 0;
  descent.interrupted = [&] { return ++asked == 3; };
  const TrainingResult result = descent.run();
  CHECK(result.end == TrainingEnd::interrupted);
  REQUIRE_FALSE(descent.saved.empty());
  CHECK(descent.saved.back().step == 3);
  CHECK(descent.saved.back().epoch == 2);
  CHECK(descent.saved.back().next == 4);
}

TEST_CASE("keys of draws differ from step to step and from seed to seed, and stay the same", "[train]") {
  CHECK(draw_key(1, 1) != draw_key(1, 2));
  CHECK(draw_key(1, 1) != draw_key(2, 1));
  CHECK(draw_key(0, 0) >= 0);
  CHECK(draw_key(7, 9) == draw_key(7, 9));
}

namespace {

/// All that is compared of a run: what stood in its history but the seconds, and what it ended with.
std::string told(const Descent& descent, const TrainingResult& result) {
  std::string text;
  const auto add = [&](double value) { text += std::to_string(value) + " "; };
  for (std::size_t r = 0; r < descent.rows.size(); ++r) {
    add(static_cast<double>(descent.rows[r].epoch));
    add(static_cast<double>(descent.rows[r].step));
    for (const std::optional<double>& value : descent.rows[r].values) add(value.value_or(-1));
    text += descent.best[r] ? "best\n" : "\n";
  }
  for (const auto* at : {&result.position, &descent.saved.back()}) {
    add(static_cast<double>(at->epoch));
    add(static_cast<double>(at->step));
    add(static_cast<double>(at->next));
    add(static_cast<double>(at->best_epoch));
    add(static_cast<double>(at->best_step));
    add(static_cast<double>(at->stop_epoch));
    for (const double sum : at->sums) add(sum);
  }
  return text + std::to_string(static_cast<int>(result.end));
}

Descent with_all_rules() {
  Descent descent(10);
  descent.plan.epochs = 7;
  descent.plan.validate_steps = 2;
  descent.plan.keep = Watched{"train", "loss", true};
  descent.plan.stop = StopRule{{"valid", "loss", true}, 4};
  descent.rate = "0.9";  // Up and down: some epochs are better than all before, some are not.
  return descent;
}

}  // namespace

TEST_CASE("a run that is stopped after any step and goes on is the unbroken one", "[train][law]") {
  Descent whole = with_all_rules();
  const TrainingResult wanted = whole.run();
  for (int step = 1; step <= wanted.position.step; ++step) {
    INFO("stopped after step " << step);
    Descent broken = with_all_rules();
    int asked = 0;
    broken.interrupted = [&] { return ++asked == step; };
    const TrainingResult first = broken.run();
    REQUIRE(first.end == TrainingEnd::interrupted);
    broken.from = broken.saved.back();
    const TrainingResult result = broken.run();
    CHECK(told(broken, result) == told(whole, wanted));
    CHECK(broken.weights.find("w")->values()[0] == whole.weights.find("w")->values()[0]);
  }
}

namespace {

/// Of draws: there are no data, all steps are one epoch.
Descent without_data(std::int64_t steps) {
  Descent descent(1);
  descent.plan.has_data = false;
  descent.plan.train = {"train", 4 * steps, {}};
  descent.plan.valid.reset();
  descent.plan.examples = numbered();
  descent.plan.epochs.reset();
  descent.plan.steps = steps;
  descent.plan.validate_steps = 3;
  descent.plan.keep = Watched{"train", "loss", true};
  return descent;
}

}  // namespace

TEST_CASE("without data all steps are one epoch, and each step draws anew", "[train]") {
  Descent descent = without_data(10);
  descent.rate = "0";  // What changes from step to step is what is drawn.
  descent.plan.validate_steps = 1;
  const TrainingResult result = descent.run();
  CHECK(result.end == TrainingEnd::finished);
  CHECK(epochs_of(descent.plan) == 1);
  REQUIRE(descent.rows.size() == 10);
  double before = 0;
  std::set<double> losses;
  for (const HistoryRow& row : descent.rows) {
    CHECK(row.epoch == 1);
    CHECK(*row.values[1] == 4 * static_cast<double>(row.step));
    const double sum = *row.values[0] * static_cast<double>(row.step);
    losses.insert(sum - before);
    before = sum;
  }
  CHECK(losses.size() == 10);
}

TEST_CASE("without data too a run that is stopped after any step and goes on is the unbroken one",
          "[train][law]") {
  Descent whole = without_data(8);
  const TrainingResult wanted = whole.run();
  CHECK(whole.rows.size() == 3);
  for (int step = 1; step <= 8; ++step) {
    INFO("stopped after step " << step);
    Descent broken = without_data(8);
    int asked = 0;
    broken.interrupted = [&] { return ++asked == step; };
    REQUIRE(broken.run().end == TrainingEnd::interrupted);
    broken.from = broken.saved.back();
    const TrainingResult result = broken.run();
    CHECK(told(broken, result) == told(whole, wanted));
    CHECK(broken.weights.find("w")->values()[0] == whole.weights.find("w")->values()[0]);
  }
}

TEST_CASE("more epochs go on where the fewer ended", "[train][law]") {
  Descent whole = with_all_rules();
  const TrainingResult wanted = whole.run();
  Descent prolonged = with_all_rules();
  prolonged.plan.epochs = 2;
  REQUIRE(prolonged.run().end == TrainingEnd::finished);
  CHECK(is_done(prolonged.plan, prolonged.saved.back()));
  prolonged.plan.epochs = 7;
  CHECK_FALSE(is_done(prolonged.plan, prolonged.saved.back()));
  prolonged.from = prolonged.saved.back();
  CHECK(told(prolonged, prolonged.run()) == told(whole, wanted));
}

TEST_CASE("weights that are not finite are never saved", "[train]") {
  Descent descent(4);
  descent.plan.valid.reset();
  descent.plan.epochs = 1;
  descent.rate = "1e38";  // The only step's loss is finite, its update is not.
  const TrainingResult result = descent.run();
  CHECK(result.end == TrainingEnd::not_finite);
  CHECK(descent.saved.empty());
}
