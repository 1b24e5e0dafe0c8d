#include "runtime/train/train.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace dlc {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::int64_t steps_of_an_epoch(const TrainingPlan& plan) {
  return (plan.train.count + plan.batch - 1) / plan.batch;
}

bool better(const Watched& watched, double value, const std::optional<double>& best) {
  if (std::isnan(value)) return false;
  return !best || (watched.lowest ? value < *best : value > *best);
}

void add_numbers(const std::optional<Measured>& measured, const std::vector<Metric>& metrics, HistoryRow& row,
                 const std::string& part) {
  row.values.push_back(measured ? measured->number("loss") : std::nullopt);
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    if (metrics[m].shape.empty()) {
      row.values.push_back(measured ? measured->number(metrics[m].name) : std::nullopt);
    } else if (measured) {
      row.tensors.push_back({part + "." + metrics[m].name, metrics[m].shape, measured->values(m)});
    }
  }
}

/// Of a step, or outside of training of what is measured after `step`.
StepNumbers numbers_of(const TrainingPlan& plan, std::int64_t step, std::int64_t epoch, bool training) {
  const std::int64_t total = plan.steps ? *plan.steps : *plan.epochs * steps_of_an_epoch(plan);
  return {static_cast<float>(step),
          static_cast<float>(total),
          static_cast<float>(epoch),
          static_cast<float>(epochs_of(plan)),
          draw_key(plan.seed, training ? static_cast<std::uint64_t>(step) : 0),
          draw_key(plan.seed, static_cast<std::uint64_t>(epoch))};
}

std::int64_t size_of_next(const TrainingPlan& plan, const TrainingPosition& position) {
  return std::min(plan.batch, plan.train.count - position.next);
}

/// One run of the training loop: its state between the steps is a TrainingPosition, nothing else. What is due
/// at a position is decided from the position alone, so a run that goes on does what the unbroken one did.
class Training {
 public:
  Training(const TrainingPlan& plan, Steps& steps, const TrainingWatcher& watcher,
           const ParallelChunks& parallel, const TrainingPosition& from)
      : plan_(plan), steps_(steps), watcher_(watcher), parallel_(parallel), in_epoch_(plan.metrics) {
    result_.position = from;
    static_cast<void>(in_epoch_.go_on(from.sums));  // Where it cannot, measures_whole_epoch says so.
    before_ = from.seconds;
  }

  TrainingResult run() {
    start_ = epoch_start_ = Clock::now();
    gathered_before_ = steps_.seconds_of_gathering();
    while (!ended_) {
      if (is_measuring_due()) measure();
      if (ended_) break;
      if (is_stop_due()) {
        save_and_end(TrainingEnd::stopped_early);
      } else if (is_done(plan_, at())) {
        save_and_end(TrainingEnd::finished);
      } else {
        if (is_epoch_over(plan_, at())) begin_epoch();
        step();
      }
    }
    return std::move(result_);
  }

 private:
  TrainingPosition& at() { return result_.position; }

  void end(TrainingEnd why, std::string failure = "") {
    result_.end = why;
    result_.failure = std::move(failure);
    ended_ = true;
  }

  void save_and_end(TrainingEnd why) {
    if (is_unsaved_) save();
    if (!ended_) end(why);
  }

  EpochSeconds of_epoch() const {
    return {seconds_since(epoch_start_), steps_.seconds_of_gathering() - gathered_before_};
  }

  double seconds() const { return before_ + seconds_since(start_); }

  void begin_epoch() {
    at().epoch += 1;
    at().next = 0;
    in_epoch_ = Measured(plan_.metrics);
    epoch_start_ = Clock::now();
    gathered_before_ = steps_.seconds_of_gathering();
  }

  bool is_measuring_due() const {
    const TrainingPosition& position = result_.position;
    if (position.measured == position.step) return false;
    return is_epoch_over(plan_, position) || is_done(plan_, position) ||
           (plan_.validate_steps && position.step % *plan_.validate_steps == 0);
  }

  void step() {
    const StepCall call = next_step(plan_, at());
    const auto size = static_cast<std::int64_t>(call.examples.size());
    BoundStep& step = steps_.get(plan_.train, size, true);
    step.run(call.examples, call.numbers, parallel_);
    in_epoch_.add(step);
    at().step += 1;
    at().next += size;
    at().seconds = seconds();
    if (!std::isfinite(step.result("loss").front())) return end(TrainingEnd::not_finite);
    if (watcher_.progress) {
      watcher_.progress({at().epoch, epochs_of(plan_), at().step, at().next, plan_.train.count,
                         in_epoch_.loss(), seconds_since(epoch_start_)});
    }
    if (watcher_.interrupted && watcher_.interrupted()) {
      is_unsaved_ = true;
      save_and_end(TrainingEnd::interrupted);
    }
  }

  /// What a run has measured is written anew each time: after epochs of milliseconds that would take nearly
  /// all of the time.
  bool is_saving_due() const {
    constexpr std::int64_t saved_at_once = 20;
    const double wait = std::max(1.0, 20 * seconds_of_saving_);
    return measured_ <= saved_at_once || seconds_since(saved_at_) >= wait;
  }

  /// Never weights that no step can go on from: the file before is better than that.
  void save() {
    is_unsaved_ = false;
    if (!steps_.weights().are_finite()) return end(TrainingEnd::not_finite);
    if (!watcher_.save) return;
    at().sums = in_epoch_.sums();
    const Clock::time_point begin = Clock::now();
    if (std::optional<std::string> failure = watcher_.save(at())) end(TrainingEnd::failed, *failure);
    saved_at_ = Clock::now();
    seconds_of_saving_ = seconds_since(begin);
  }

  /// Without `keep` the weights that were saved last are the ones that stay.
  void keep() {
    if (!watcher_.keep) return;
    if (std::optional<std::string> failure = watcher_.keep()) end(TrainingEnd::failed, *failure);
  }

  void keep_and_save(bool is_best) {
    if (!steps_.weights().are_finite()) return end(TrainingEnd::not_finite);
    measured_ += 1;
    is_unsaved_ = true;
    const bool is_due = is_saving_due();
    if (is_best && plan_.keep) keep();
    if (is_due && !ended_) save();
  }

  std::optional<double> watched_value(const Watched& watched, const std::optional<Measured>& valid) const {
    if (watched.part == "train") return in_epoch_.number(watched.metric);
    return valid ? valid->number(watched.metric) : std::nullopt;
  }

  void measure() {
    std::optional<Measured> valid;
    if (plan_.valid) {
      valid = steps_.evaluate(*plan_.valid, plan_.metrics, evaluation_batch(plan_.batch, plan_.valid->count),
                              numbers_of(plan_, at().step, at().epoch, false), parallel_);
    }
    at().seconds = seconds();
    at().measured = at().step;
    HistoryRow row;
    row.epoch = at().epoch;
    row.step = at().step;
    row.seconds = at().seconds;
    add_numbers(in_epoch_, plan_.metrics, row, "train");
    if (plan_.valid) add_numbers(valid, plan_.metrics, row, "valid");
    const bool is_best = take_best(valid);
    take_stop_best(valid);
    if (watcher_.epoch) watcher_.epoch(row, is_best, of_epoch());
    keep_and_save(is_best);
  }

  /// Without `keep` the latest weights are the ones that stay.
  bool take_best(const std::optional<Measured>& valid) {
    if (!plan_.keep) return true;
    const std::optional<double> value = watched_value(*plan_.keep, valid);
    if (!value || !better(*plan_.keep, *value, at().best)) return false;
    at().best = value;
    at().best_epoch = at().epoch;
    at().best_step = at().step;
    return true;
  }

  void take_stop_best(const std::optional<Measured>& valid) {
    if (!plan_.stop) return;
    const std::optional<double> value = watched_value(plan_.stop->watched, valid);
    if (!value || !better(plan_.stop->watched, *value, at().stop_best)) return;
    at().stop_best = value;
    at().stop_epoch = at().epoch;
  }

  bool is_stop_due() const {
    const TrainingPosition& position = result_.position;
    return plan_.stop && position.measured == position.step && position.step > 0 &&
           position.epoch - position.stop_epoch >= plan_.stop->epochs;
  }

  const TrainingPlan& plan_;
  Steps& steps_;
  const TrainingWatcher& watcher_;
  const ParallelChunks& parallel_;
  Measured in_epoch_;
  double before_ = 0;  // seconds of the run before it was stopped
  Clock::time_point start_;
  Clock::time_point epoch_start_;
  double gathered_before_ = 0;  // of the step's seconds, before this epoch
  std::int64_t measured_ = 0;   // rows of the history, since the process began
  bool is_unsaved_ = false;
  Clock::time_point saved_at_;
  double seconds_of_saving_ = 0;
  bool ended_ = false;
  TrainingResult result_;
};

}  // namespace

std::int64_t epochs_of(const TrainingPlan& plan) {
  if (plan.epochs) return *plan.epochs;
  const std::int64_t steps = steps_of_an_epoch(plan);
  return (*plan.steps + steps - 1) / steps;
}

bool is_epoch_over(const TrainingPlan& plan, const TrainingPosition& position) {
  return position.next >= plan.train.count;
}

std::vector<std::string> history_columns(const TrainingPlan& plan) {
  std::vector<std::string> columns;
  for (const char* part : {"train", "valid"}) {
    if (part == std::string("valid") && !plan.valid) continue;
    columns.push_back(std::string(part) + ".loss");
    for (const Metric& metric : plan.metrics) {
      if (metric.shape.empty()) columns.push_back(std::string(part) + "." + metric.name);
    }
  }
  return columns;
}

bool is_done(const TrainingPlan& plan, const TrainingPosition& position) {
  if (plan.steps) return position.step >= *plan.steps;
  return position.epoch > *plan.epochs || (position.epoch == *plan.epochs && is_epoch_over(plan, position));
}

bool measures_whole_epoch(const TrainingPlan& plan, const TrainingPosition& position) {
  if (position.next == 0 || is_epoch_over(plan, position)) return true;
  return Measured(plan.metrics).go_on(position.sums);
}

StepCall next_step(const TrainingPlan& plan, const TrainingPosition& position) {
  return {plan.examples(position.epoch, position.next, size_of_next(plan, position)),
          numbers_of(plan, position.step + 1, position.epoch, true)};
}

TrainingResult train(const TrainingPlan& plan, Steps& steps, const TrainingWatcher& watcher,
                     const ParallelChunks& parallel, const TrainingPosition& from) {
  return Training(plan, steps, watcher, parallel, from).run();
}

}  // namespace dlc
