#include "tools/dlc/run/training_run.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <future>

#include "runtime/data/parts/random_order.h"
#include "runtime/files/atomic_write.h"
#include "runtime/files/run_folder.h"
#include "runtime/files/run_record.h"
#include "runtime/report/curve.h"
#include "runtime/report/format.h"
#include "runtime/report/progress.h"
#include "runtime/train/train.h"
#include "tools/dlc/data/given_examples.h"
#include "tools/dlc/predict/prediction_graph.h"
#include "tools/dlc/resume/not_finite.h"
#include "tools/dlc/resume/watched_before.h"
#include "tools/dlc/run/original_folder.h"
#include "tools/dlc/run/start_weights.h"
#include "tools/dlc/run/stop_signals.h"
#include "tools/dlc/run/tell.h"
#include "tools/dlc/run/used_texts.h"
#include "tools/dlc/run/weights_file.h"

namespace dlc {

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// A run on its way: what is shown and written while it trains.
class Run {
 public:
  Run(TrainingRun& run, std::optional<StoppedRun> stopped)
      : session_(run.session),
        compilation_(run.compilation),
        data_(run.data),
        known_(session_.data().known(session_.model().data, data_.learned)),
        plan_(run.plan),
        make_step_(std::move(run.make_step)),
        weights_(run.weights),
        stopped_(std::move(stopped)),
        progress_([](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); },
                  terminal_of(STDERR_FILENO)),
        quiet_(session_.options().has("quiet")) {
    history_.columns = history_columns(plan_);
    for (const Field& field : session_.model().data.fields) {  // Of the field whose classes are told apart.
      const auto& predict = session_.model().train.predict;
      if (predict && predict->field == field.name)
        history_.classes = data_.learned.names_of(field.class_column);
    }
  }

  ExitStatus train() {
    if (Result<void> made = begin(); !made) return session_.fail(made.failure()), session_.status();
    Steps steps(make_step_, weights_);
    say_first_lines(steps);
    if (stopped_ && !say_what_was_found()) return session_.status();
    const TrainingResult result = dlc::train(plan_, steps, watcher(steps), compilation_.parallel(), from_);
    progress_.clear();
    if (result.end == TrainingEnd::not_finite) why_ = explain(result.position.step, steps);
    // After a failure that is told already, a record that cannot be written either is no news.
    if (Result<void> written = end(result); !written && result.end != TrainingEnd::failed)
      session_.fail(written.failure());
    const ExitStatus status = report(result, steps);
    return status == ExitStatus::done ? session_.status() : status;
  }

 private:
  ExitStatus could_not(const std::string& sentence) {
    session_.fail(ExitStatus::model_is_wrong, sentence);
    return session_.status();
  }

  void say(const std::string& line) {
    if (!quiet_) progress_.say(line);
  }

  std::string beside(const std::string& name) const { return (folder_ / name).string(); }

  Result<void> begin() {
    const std::filesystem::path file = session_.options().file;
    Result<std::filesystem::path> folder = stopped_ ? stopped_->folder
                                           : session_.options().has("out")
                                               ? take_run_folder(session_.options().value("out"))
                                               : make_run_folder("", file.stem().string());
    if (!folder) return folder.failure();
    folder_ = *folder;
    if (!lock_run(folder_))
      return Failure{.what = "another process trains in this folder now", .file = folder_.string()};
    if (stopped_) {
      differences_ = differences(*stopped_, run_texts(session_), session_.options().overrides);
      if (Result<void> gone_on = go_on(); !gone_on) return gone_on;
    }
    record_.command = session_.options().words;
    record_.folder = original_folder(file).string();
    record_.overrides = session_.options().overrides;
    record_.seed = plan_.seed;
    record_.threads = compilation_.threads();
    record_.dlc_version = DLC_VERSION;
    record_.llvm_version = DLC_LLVM_VERSION;
    record_.processor = processor_name();
    record_.started = now_as_text();
    digests_ = std::async(std::launch::async, [this] { return digests_of(data_.files); });
    // First, for it makes the folder a run that can be resumed, whenever the process is killed.
    if (Result<void> written = write_run_record(folder_, record_); !written) return written;
    return write_texts(folder_, session_, record_.overrides);
  }

  /// Where the stopped run stands. The weights it had are in last.safetensors; before there was one, they are
  /// the initial ones.
  Result<void> go_on() {
    if (!stopped_->has_saved()) return {};
    Result<TrainingPosition> position =
        read_last(folder_ / "last.safetensors", weights_, session_.model(), plan_.seed);
    if (!position) return position.failure();
    from_ = *std::move(position);
    Result<History> history = read_history(folder_);
    if (!history) return history.failure();
    // A row may have been written for which the weights no longer were; it will be measured again.
    std::erase_if(history->rows, [this](const HistoryRow& row) { return row.step > from_.measured; });
    const std::string changed = changed_columns(history->columns, history_.columns);
    if (!changed.empty()) differences_.push_back(changed);
    if (history->columns != history_.columns) from_.sums.clear();  // They may be of other metrics.
    history_.rows = with_columns(*history, history_.columns).rows;
    const std::string watched = forget_other_bests(plan_, history_, from_);
    if (!watched.empty()) differences_.push_back(watched);
    from_.seconds = history_.rows.empty() ? 0 : history_.rows.back().seconds;
    if (stopped_->is_finished() && is_done(plan_, from_))
      return Failure{.what = finished_text(plan_, from_), .file = folder_.string(), .command_line = true};
    if (!plan_.has_data) from_.next = from_.step * plan_.batch;  // The batch may have another size now.
    return {};
  }

  /// Begins with the weights that were saved last, or with the initial ones.
  std::string explain(std::int64_t last, Steps& steps) {
    TrainingPosition saved;
    std::error_code error;
    if (std::filesystem::exists(folder_ / "last.safetensors", error)) {
      Result<TrainingPosition> position =
          read_last(folder_ / "last.safetensors", weights_, session_.model(), plan_.seed);
      if (!position) return one_line(position.failure());
      saved = *std::move(position);
    } else {
      Weights initial = initial_weights(session_.model(), plan_.seed);
      if (Result<void> started = start_weights(session_, initial); !started)
        return one_line(started.failure());
      for (Weights::Entry& entry : weights_.entries()) {
        if (entry.name.starts_with("data.")) continue;  // Figures of the data: no step changes them.
        const std::span<const float> values = initial.find(entry.name)->values();
        std::copy(values.begin(), values.end(), entry.values().begin());
      }
    }
    return why_not_finite(session_, compilation_, plan_, steps, weights_, saved, last);
  }

  bool say_what_was_found() {
    say("goes on in " + folder_.string() + ", " +
        (from_.step == 0 ? "from its beginning: nothing had been saved yet"
                         : "after " + place_text(plan_, from_)));
    if (Result<void> recorded = record_digests(); !recorded) return session_.fail(recorded.failure());
    if (!measures_whole_epoch(plan_, from_))
      say("train.loss and the metrics of epoch " + std::to_string(from_.epoch) + " begin after step " +
          std::to_string(from_.step) + ": what was summed before is of other metrics");
    for (const std::string& line : differences_) say("changed since: " + line);
    for (const std::string& line : differences(stopped_->record.data, record_.data))
      say("changed since: " + line);
    return true;
  }

  /// The first steps need not wait for the sums of the data files: they are put into run.json after the first
  /// epoch.
  Result<void> record_digests() {
    if (!digests_.valid()) return {};
    Result<std::vector<FileDigest>> digests = digests_.get();
    if (!digests) return digests.failure();
    record_.data = *std::move(digests);
    return write_run_record(folder_, record_);
  }

  void say_first_lines(Steps& steps) {
    TrainingFacts facts;
    facts.file = session_.options().file;
    for (const Weights::Entry& entry : weights_.entries())
      facts.parameters += entry.trained ? count(entry.shape) : 0;
    for (const LoadedPart& part : data_.parts) facts.parts.push_back({part.name, part.count});
    facts.batch = plan_.batch;
    facts.seed = plan_.seed;
    facts.threads = compilation_.threads();
    say(training_line(facts));
    Step& step = first_step(steps).step();
    say(compilation_line({static_cast<std::int64_t>(step.kernels().size()), compilation_.seconds(),
                          kernels_from_cache(step), static_cast<std::int64_t>(step.arena_bytes()),
                          static_cast<std::int64_t>(step.arena_lower_bound())}));
  }

  static std::int64_t kernels_from_cache(const Step& step) {
    return std::count_if(step.kernels().begin(), step.kernels().end(),
                         [](const KernelReport& kernel) { return kernel.from_cache; });
  }

  BoundStep& first_step(Steps& steps) {
    return steps.get(plan_.train, std::min(plan_.batch, plan_.train.count), true);
  }

  TrainingWatcher watcher(Steps& steps) {
    TrainingWatcher watcher;
    watcher.interrupted = [] { return asked_to_stop() != 0; };
    if (!quiet_) {
      watcher.progress = [this](const TrainingProgress& state) {
        progress_.update(progress_state(plan_, state), now());
      };
    }
    watcher.epoch = [this, &steps](const HistoryRow& row, bool is_best, const EpochSeconds& seconds) {
      keep_row(row, is_best, seconds.all);
      if (!tells_of_gathering_) tell_of_gathering(seconds, steps);
    };
    watcher.keep = [this] { return sentence_of(write_best()); };
    watcher.save = [this](const TrainingPosition& position) { return sentence_of(save(position)); };
    return watcher;
  }

  void tell_of_gathering(const EpochSeconds& seconds, Steps& steps) {
    const std::optional<std::string> note = gathering_text(seconds, steps.seconds_of_gathering(), plan_.batch,
                                                           first_step(steps).bytes_of_example());
    if (!note) return;
    say(*note);
    tells_of_gathering_ = true;
  }

  void keep_row(const HistoryRow& row, bool is_best, double seconds) {
    history_.rows.push_back(row);
    EpochFigures figures = epoch_figures(plan_, history_.columns, row, seconds);
    figures.best = is_best && plan_.keep.has_value();
    if (!quiet_) progress_.epoch(figures);
  }

  static std::optional<std::string> sentence_of(const Result<void>& written) {
    return written ? std::nullopt : std::optional(one_line(written.failure()));
  }

  Result<void> write_best() {
    return write_weights(folder_ / "best.safetensors", weights_, session_.model(), known_, nullptr,
                         plan_.seed);
  }

  Result<void> save(const TrainingPosition& position) {
    Result<void> written = record_digests();
    if (written) written = write_history(folder_, history_);
    if (written)
      written = write_atomically(folder_ / "curve.svg",
                                 curve_svg(curve_of(history_, session_.options().file, kept_step(position))));
    if (written && !plan_.keep) written = write_best();
    if (written)
      written = write_weights(folder_ / "last.safetensors", weights_, session_.model(), known_, &position,
                              plan_.seed);
    return written;
  }

  static std::optional<std::int64_t> kept_step(const TrainingPosition& position) {
    return position.best ? std::optional(position.best_step) : std::nullopt;
  }

  std::string kept_name() const { return plan_.keep->part + "." + plan_.keep->metric; }

  Result<void> end(const TrainingResult& result) {
    if (Result<void> recorded = record_digests(); !recorded) return recorded;
    constexpr RunEnd ends[] = {RunEnd::finished, RunEnd::stopped_early, RunEnd::interrupted,
                               RunEnd::not_finite, RunEnd::failed};
    record_.end = ends[static_cast<std::size_t>(result.end)];
    record_.ended = now_as_text();
    record_.epoch = history_.rows.empty() ? 0 : history_.rows.back().epoch;
    record_.step = result.position.step;
    record_.seconds = result.position.seconds;
    record_.remark = why_.empty() ? result.failure : why_;
    if (result.position.best)
      record_.kept = KeptEpoch{kept_name(), *result.position.best, result.position.best_epoch};
    return write_run_record(folder_, record_);
  }

  ExitStatus report(const TrainingResult& result, Steps& steps) {
    const TrainingPosition& at = result.position;
    switch (result.end) {
      case TrainingEnd::failed: return could_not(result.failure);
      case TrainingEnd::not_finite:
        std::fprintf(stderr, "%s\ndlc: the training ended at step %lld, no longer finite; %s\n", why_.c_str(),
                     static_cast<long long>(at.step),
                     history_.rows.empty() ? "nothing had been saved yet"
                                           : ("what it saved last is in " + folder_.string()).c_str());
        return ExitStatus::not_finite;
      case TrainingEnd::interrupted:
        say("stopped at step " + std::to_string(at.step) + "; what was learned is in " +
            beside("last.safetensors"));
        say_best(at);
        say(next_line(
            {"dlc " + as_word(session_.options().file) + " --train --resume " + as_word(folder_.string())}));
        return static_cast<ExitStatus>(128 + asked_to_stop());
      case TrainingEnd::stopped_early:
        say("stopped after epoch " + std::to_string(at.epoch) + ": no better " + plan_.stop->watched.part +
            "." + plan_.stop->watched.metric + " in " + std::to_string(plan_.stop->epochs) + " epochs");
        break;
      case TrainingEnd::finished: break;
    }
    if (plan_.keep && !at.best && !history_.rows.empty()) {
      if (Result<void> written = write_best(); !written)
        return session_.fail(written.failure()), session_.status();
      last_is_kept_ = true;
      say("no " + kept_name() + " was a number: the last weights are kept");
    }
    say_best(at);
    if (plan_.test && !measure_test(at, steps)) return session_.status();
    say_next();
    return ExitStatus::done;
  }

  /// The run that is taken where none is named.
  bool is_newest_run() const {
    const std::string name = std::filesystem::path(session_.options().file).stem().string();
    const std::vector<std::filesystem::path> runs = runs_of("", name);
    std::error_code error;
    return !runs.empty() && std::filesystem::equivalent(runs.back(), folder_, error);
  }

  void say_next() {
    const Options& options = session_.options();
    const Model& model = session_.model();
    std::string with = is_newest_run() ? "" : " --weights " + as_word(folder_.string());
    for (const auto& [name, value] : record_.overrides) {
      if (name != "epochs" && name != "steps" && name != "batch") with += " " + as_word(name + "=" + value);
    }
    std::vector<std::string> commands;
    if (plan_.has_data) commands.push_back("dlc " + as_word(options.file) + " --evaluate" + with);
    if (model.train.predict) {
      const Graph graph = prediction_graph(model.step(1, Mode::evaluation));
      const std::string source = name_of_source(model.data, input_elements(graph));
      commands.push_back("dlc " + as_word(options.file) + " --predict " +
                         (source.empty() ? "--index 0" : source) + with);
    }
    commands.push_back("open " + as_word(beside("curve.svg")));
    say(next_line(commands));
  }

  void say_best(const TrainingPosition& at) {
    if (at.best) {
      say(best_line(kept_name(), *at.best, best_text(plan_, at), beside("best.safetensors")));
    } else if (!history_.rows.empty() && (!plan_.keep || last_is_kept_)) {
      say("the weights are in " + beside("best.safetensors"));
    }
  }

  bool measure_test(const TrainingPosition& at, Steps& steps) {
    if (Result<void> read = read_weights(folder_ / "best.safetensors", weights_, session_.model()); !read) {
      return session_.fail(read.failure());
    }
    const StepNumbers numbers{static_cast<float>(at.step), static_cast<float>(at.step),
                              static_cast<float>(at.epoch), static_cast<float>(at.epoch),
                              draw_key(plan_.seed, 0)};
    const Measured test =
        steps.evaluate(*plan_.test, plan_.metrics, evaluation_batch(plan_.batch, plan_.test->count), numbers,
                       compilation_.parallel());
    say(measured_text("test", test, plan_.metrics));
    return true;
  }

  Session& session_;
  Compilation& compilation_;
  const LoadedData& data_;
  KnownData known_;
  const TrainingPlan& plan_;
  MakeStep make_step_;
  Weights& weights_;
  std::optional<StoppedRun> stopped_;
  std::vector<std::string> differences_;  // between then and now
  TrainingPosition from_;
  std::string why_;  // it is no longer finite
  Progress progress_;
  bool quiet_;
  bool last_is_kept_ = false;        // for want of a best one
  bool tells_of_gathering_ = false;  // once a run
  std::filesystem::path folder_;
  RunRecord record_;
  std::future<Result<std::vector<FileDigest>>> digests_;
  History history_;
};

}  // namespace

ExitStatus train_in_folder(TrainingRun run, std::optional<StoppedRun> stopped) {
  return Run(run, std::move(stopped)).train();
}

}  // namespace dlc
