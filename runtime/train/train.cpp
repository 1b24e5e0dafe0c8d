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

/// One run of the training loop: its state between the steps.
class Training {
 public:
  Training(const TrainingPlan& plan, Steps& steps, const TrainingWatcher& watcher,
           const ParallelChunks& parallel)
      : plan_(plan), steps_(steps), watcher_(watcher), parallel_(parallel), in_epoch_(plan.metrics) {
    total_ = plan.steps ? *plan.steps : *plan.epochs * steps_of_an_epoch(plan);
    result_.position.epoch = 1;
  }

  TrainingResult run() {
    start_ = Clock::now();
    while (result_.position.step < total_ && !ended_) epoch();
    if (!ended_) result_.end = TrainingEnd::finished;
    return std::move(result_);
  }

 private:
  TrainingPosition& at() { return result_.position; }

  void end(TrainingEnd why, std::string failure = "") {
    result_.end = why;
    result_.failure = std::move(failure);
    ended_ = true;
  }

  StepNumbers numbers(bool training) const {
    const TrainingPosition& position = result_.position;
    const std::int64_t step = training ? position.step + 1 : std::max<std::int64_t>(position.step, 1);
    return {static_cast<float>(step), static_cast<float>(total_), static_cast<float>(position.epoch),
            static_cast<float>(epochs_of(plan_)),
            draw_key(plan_.seed, training ? static_cast<std::uint64_t>(step) : 0),
            draw_key(plan_.seed, static_cast<std::uint64_t>(position.epoch))};
  }

  void epoch() {
    const std::vector<std::int64_t> order = plan_.order(at().epoch);
    in_epoch_ = Measured(plan_.metrics);
    epoch_start_ = Clock::now();
    while (at().next < plan_.train.count && at().step < total_ && !ended_) {
      step(order);
      if (!ended_ && is_validation_due()) measure();
    }
    if (ended_) return;
    measure();
    at().epoch += 1;
    at().next = 0;
  }

  /// Between the ends of epochs, where all is measured anyway.
  bool is_validation_due() const {
    const TrainingPosition& position = result_.position;
    return plan_.validate_steps && position.step % *plan_.validate_steps == 0 &&
           position.next < plan_.train.count && position.step < total_;
  }

  void step(const std::vector<std::int64_t>& order) {
    const std::int64_t size = std::min(plan_.batch, plan_.train.count - at().next);
    BoundStep* step = steps_.get(plan_.train, size, true);
    if (step == nullptr) return end(TrainingEnd::failed, steps_.failure());
    step->run(std::span(order).subspan(static_cast<std::size_t>(at().next), static_cast<std::size_t>(size)),
              numbers(true), parallel_);
    in_epoch_.add(*step);
    at().step += 1;
    at().next += size;
    at().seconds = seconds_since(start_);
    if (!std::isfinite(step->result("loss").front())) return end(TrainingEnd::not_finite);
    if (watcher_.progress) {
      watcher_.progress({at().epoch, epochs_of(plan_), at().next, plan_.train.count, in_epoch_.loss(),
                         seconds_since(epoch_start_)});
    }
    if (watcher_.interrupted && watcher_.interrupted()) {
      end(TrainingEnd::interrupted);
      save(false);
    }
  }

  void save(bool is_best) {
    if (!watcher_.save) return;
    if (std::optional<std::string> failure = watcher_.save(at(), is_best)) end(TrainingEnd::failed, *failure);
  }

  std::optional<double> watched_value(const Watched& watched, const std::optional<Measured>& valid) const {
    if (watched.part == "train") return in_epoch_.number(watched.metric);
    return valid ? valid->number(watched.metric) : std::nullopt;
  }

  void measure() {
    std::optional<Measured> valid;
    if (plan_.valid) {
      valid = steps_.evaluate(*plan_.valid, plan_.metrics,
                              std::min(std::max<std::int64_t>(plan_.batch, 32), plan_.valid->count),
                              numbers(false), parallel_);
      if (!valid) return end(TrainingEnd::failed, steps_.failure());
    }
    at().seconds = seconds_since(start_);
    HistoryRow row;
    row.epoch = at().epoch;
    row.step = at().step;
    row.seconds = at().seconds;
    add_numbers(in_epoch_, plan_.metrics, row, "train");
    if (plan_.valid) add_numbers(valid, plan_.metrics, row, "valid");
    const bool is_best = take_best(valid);
    if (watcher_.epoch) watcher_.epoch(row, is_best, seconds_since(epoch_start_));
    save(is_best);
    if (!ended_) stop_if_due(valid);
  }

  /// Without `keep` the latest weights are the ones that stay.
  bool take_best(const std::optional<Measured>& valid) {
    if (!plan_.keep) return true;
    const std::optional<double> value = watched_value(*plan_.keep, valid);
    if (!value || !better(*plan_.keep, *value, at().best)) return false;
    at().best = value;
    at().best_epoch = at().epoch;
    return true;
  }

  void stop_if_due(const std::optional<Measured>& valid) {
    if (!plan_.stop) return;
    const std::optional<double> value = watched_value(plan_.stop->watched, valid);
    if (value && better(plan_.stop->watched, *value, at().stop_best)) {
      at().stop_best = value;
      at().stop_epoch = at().epoch;
    }
    if (at().epoch - at().stop_epoch >= plan_.stop->epochs) end(TrainingEnd::stopped_early);
  }

  const TrainingPlan& plan_;
  Steps& steps_;
  const TrainingWatcher& watcher_;
  const ParallelChunks& parallel_;
  std::int64_t total_ = 0;
  Measured in_epoch_;
  Clock::time_point start_;
  Clock::time_point epoch_start_;
  bool ended_ = false;
  TrainingResult result_;
};

}  // namespace

std::int64_t epochs_of(const TrainingPlan& plan) {
  if (plan.epochs) return *plan.epochs;
  const std::int64_t steps = steps_of_an_epoch(plan);
  return (*plan.steps + steps - 1) / steps;
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

TrainingResult train(const TrainingPlan& plan, Steps& steps, const TrainingWatcher& watcher,
                     const ParallelChunks& parallel) {
  return Training(plan, steps, watcher, parallel).run();
}

}  // namespace dlc
