#include <algorithm>
#include <cstdio>

#include "runtime/report/format.h"
#include "runtime/report/text_table.h"
#include "tools/dlc/commands/commands.h"
#include "tools/dlc/compilation.h"
#include "tools/dlc/predict/predictions.h"
#include "tools/dlc/run/find_weights.h"
#include "tools/dlc/run/training_plan.h"
#include "tools/dlc/run/weights_file.h"

namespace dlc {

namespace {

/// Scores of each example, gathered batch by batch, to find the surest mistakes.
struct Mistake {
  std::int64_t example = 0;
  std::int64_t truth = 0;
  std::int64_t guess = 0;
  double probability = 0;
};

std::vector<std::int32_t> labels_of(const LoadedPart& part, const std::string& input) {
  const Column& column = part.columns.at(input);
  std::vector<std::int32_t> labels;
  for (std::int64_t i = 0; i < column.count; ++i)
    labels.push_back(static_cast<std::int32_t>(number_at(column, i)));
  return labels;
}

class Evaluation {
 public:
  Evaluation(Session& session, Compilation& compilation, const LoadedData& data, const LoadedPart& part,
             Weights& weights)
      : session_(session),
        compilation_(compilation),
        data_(data),
        loaded_(part),
        part_(part.view()),
        weights_(weights) {}

  ExitStatus run() {
    const Model& model = session_.model();
    const std::vector<Metric> metrics = metrics_of(model);
    Steps steps(step_maker(model, compilation_), weights_);
    const std::int64_t batch = evaluation_batch(model.train.batch, part_.count);
    print_numbers(steps.evaluate(part_, metrics, batch, {}, compilation_.parallel()), metrics);
    for (const Field& field : model.data.fields) {
      if (model.train.predict && field.name == model.train.predict->field && field.is_class)
        classes(steps, field, batch);
    }
    return ExitStatus::done;
  }

 private:
  void print_numbers(const Measured& measured, const std::vector<Metric>& metrics) const {
    std::printf("%s, %s\n\n", part_.name.c_str(), counted(part_.count, "example", "examples").c_str());
    TextTable table{{Align::left, Align::right}, {{"loss", as_figure(measured.loss())}}};
    for (const Metric& metric : metrics) {
      if (const std::optional<double> value = measured.number(metric.name))
        table.rows.push_back({metric.name, as_figure(*value)});
    }
    std::fputs(table_text(table).c_str(), stdout);
  }

  void classes(Steps& steps, const Field& field, std::int64_t batch) {
    const std::vector<std::int32_t> labels = labels_of(loaded_, field.class_column);
    std::vector<std::string> names = data_.learned.names_of(field.class_column);
    for (auto c = static_cast<std::int64_t>(names.size()); c < field.classes; ++c)
      names.push_back(std::to_string(c));
    std::vector<double> confusion(names.size() * names.size());
    std::vector<Mistake> mistakes;
    for (std::int64_t first = 0; first < part_.count; first += batch) {
      const std::int64_t size = std::min(batch, part_.count - first);
      std::vector<std::int64_t> examples(static_cast<std::size_t>(size));
      for (std::int64_t i = 0; i < size; ++i) examples[static_cast<std::size_t>(i)] = first + i;
      BoundStep& step = steps.get(part_, size, false);
      step.run(examples, {}, compilation_.parallel());
      const std::vector<double> scores = step.result("predict");
      const std::size_t width = scores.size() / static_cast<std::size_t>(size);
      for (std::size_t i = 0; i < static_cast<std::size_t>(size); ++i) {
        const double* row = scores.data() + i * width;
        const auto guess = static_cast<std::size_t>(std::max_element(row, row + width) - row);
        const auto truth = static_cast<std::size_t>(labels[static_cast<std::size_t>(first) + i]);
        if (guess < names.size()) confusion[truth * names.size() + guess] += 1;
        if (guess != truth) {
          mistakes.push_back({first + static_cast<std::int64_t>(i), static_cast<std::int64_t>(truth),
                              static_cast<std::int64_t>(guess), row[guess]});
        }
      }
    }
    std::printf("\n%s", per_class_text(names, confusion).c_str());
    const auto has_confusion = [](const MetricDescription& metric) {
      return metric.is_sum && metric.shape.size() == 2;
    };
    if (std::any_of(session_.model().train.metrics.begin(), session_.model().train.metrics.end(),
                    has_confusion)) {
      std::printf("\n%s", confusion_text(names, confusion).c_str());
    }
    print_mistakes(mistakes, names);
  }

  static void print_mistakes(std::vector<Mistake>& mistakes, const std::vector<std::string>& names) {
    if (mistakes.empty()) return;
    std::stable_sort(mistakes.begin(), mistakes.end(), [](const Mistake& a, const Mistake& b) {
      return is_surer(a.probability, b.probability);
    });
    TextTable table{{Align::right, Align::left, Align::left, Align::right},
                    {{"record", "is", "taken for", "score"}}};
    for (std::size_t i = 0; i < std::min<std::size_t>(mistakes.size(), 10); ++i) {
      const Mistake& mistake = mistakes[i];
      const auto name = [&](std::int64_t c) {
        return static_cast<std::size_t>(c) < names.size() ? names[static_cast<std::size_t>(c)]
                                                          : std::to_string(c);
      };
      table.rows.push_back({with_thousands(mistake.example), name(mistake.truth), name(mistake.guess),
                            as_figure(mistake.probability)});
    }
    std::printf("\nthe surest mistakes\n%s", table_text(table).c_str());
  }

  Session& session_;
  Compilation& compilation_;
  const LoadedData& data_;
  const LoadedPart& loaded_;
  Part part_;
  Weights& weights_;
};

}  // namespace

ExitStatus evaluate_command(Session& session) {
  if (!session.elaborate() || !can_train(session) || !can_use_data(session, "to evaluate"))
    return session.status();
  const Model& model = session.model();
  std::optional<Compilation> compilation = Compilation::make(session);
  if (!compilation) return session.status();
  const Result<std::filesystem::path> file = find_weights(session);
  if (!file) return session.fail(file.failure()), session.status();
  Weights weights = initial_weights(model, 0);
  if (Result<void> read = read_weights(*file, weights, model); !read)
    return session.fail(read.failure()), session.status();
  const Result<LoadedData> data = session.data().load(model.data, inputs_of_evaluation(model));
  if (!data) return session.fail(data.failure()), session.status();
  std::string name = session.options().value("evaluate");
  if (name.empty()) name = data->find("valid") != nullptr ? "valid" : "train";
  const LoadedPart* part = data->find(name);
  if (part == nullptr)
    return session.fail(ExitStatus::command_is_wrong, "the data have no part " + name), session.status();
  if (!session.options().has("quiet")) say_weights(session, *file);
  return Evaluation(session, *compilation, *data, *part, weights).run();
}

}  // namespace dlc
