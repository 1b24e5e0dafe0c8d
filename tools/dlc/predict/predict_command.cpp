#include <algorithm>
#include <cstdio>
#include <numeric>

#include "tools/dlc/commands/commands.h"
#include "tools/dlc/compilation.h"
#include "tools/dlc/data/given_examples.h"
#include "tools/dlc/predict/prediction_graph.h"
#include "tools/dlc/predict/predictions.h"
#include "tools/dlc/run/find_weights.h"
#include "tools/dlc/run/training_plan.h"
#include "tools/dlc/run/weights_file.h"

namespace dlc {

namespace {

bool can_predict(Session& session) {
  const Model& model = session.model();
  if (model.train.present && !can_use_data(session, "to predict something for")) return false;
  if (model.train.present && model.train.predict) return true;
  return session.fail(ExitStatus::model_is_wrong,
                      model.file +
                          " does not say what is predicted: its train block needs a line such as "
                          "`predict label = softmax(logits)`");
}

Graph graph_of(const Model& model, std::int64_t batch) {
  return prediction_graph(model.step(batch, Mode::evaluation));
}

/// Of weights that do not say how the data were read: from the data themselves.
Result<KnownData> learn_again(Session& session, const std::filesystem::path& weights) {
  const Model& model = session.model();
  const Result<LoadedData> data = session.data().load(model.data, inputs_of_evaluation(model));
  if (data) return session.data().known(model.data, data->learned);
  return Failure{.what =
                     "these weights are of an earlier version and do not say how the data were read; train "
                     "again, or put the data where they are found (" +
                     one_line(data.failure()) + ")",
                 .file = weights.string()};
}

/// The example that --index names, of the data.
Result<GivenExamples> chosen_example(Session& session, const std::map<std::string, Element>& elements) {
  const Options& options = session.options();
  const DataDescription& data = session.model().data;
  Result<LoadedData> loaded = session.data().load(data, elements);
  if (!loaded) return loaded.failure();
  const std::string name = options.value("part", loaded->find("valid") != nullptr ? "valid" : "train");
  const LoadedPart* part = loaded->find(name);
  if (part == nullptr)
    return Failure{.what = "the data have no part " + name, .file = {}, .command_line = true};
  const std::int64_t index = std::stoll(options.value("index"));
  if (index >= part->count) {
    return Failure{.what = "--index " + std::to_string(index) + ": " + name + " has " +
                           std::to_string(part->count) + " examples, 0 to " + std::to_string(part->count - 1),
                   .file = {}};
  }
  GivenExamples given{{part->name, 1, {}}, {{part->name, index}}};
  const std::vector<std::int64_t> one = {index};
  for (const auto& [input, column] : part->columns) given.part.columns[input] = take(column, one);
  return given;
}

Predictions described(const Model& model, const KnownData& known, std::vector<ExampleSource> sources,
                      const Shape& result) {
  Predictions predictions;
  predictions.field = model.train.predict->field;
  predictions.sources = std::move(sources);
  predictions.shape.assign(result.begin() + 1, result.end());
  for (const Field& field : model.data.fields) {
    if (field.name != predictions.field || !field.is_class || predictions.shape.size() != 1) continue;
    predictions.is_class = true;
    predictions.classes = known.learned.names_of(field.class_column);
    predictions.classes.resize(
        std::min(predictions.classes.size(), static_cast<std::size_t>(predictions.shape[0])));
    for (auto c = static_cast<std::int64_t>(predictions.classes.size()); c < predictions.shape[0]; ++c)
      predictions.classes.push_back(std::to_string(c));
  }
  return predictions;
}

/// In batches, the last of which may be smaller.
void run(Steps& steps, const Part& part, std::int64_t batch, const ParallelChunks& parallel,
         Predictions& predictions) {
  std::vector<std::int64_t> examples(static_cast<std::size_t>(part.count));
  std::iota(examples.begin(), examples.end(), 0);
  for (std::int64_t first = 0; first < part.count; first += batch) {
    const std::int64_t size = std::min(batch, part.count - first);
    BoundStep& step = steps.get(part, size, false);
    step.run(std::span(examples).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(size)), {},
             parallel);
    const std::vector<double> values = step.result("predict");
    const auto width = static_cast<std::ptrdiff_t>(values.size()) / size;
    for (std::ptrdiff_t i = 0; i < size; ++i)
      predictions.values.emplace_back(values.begin() + i * width, values.begin() + (i + 1) * width);
  }
}

/// What is no number is no answer, however it is printed.
Result<void> check_numbers(const Predictions& predictions, const Weights& weights,
                           const std::filesystem::path& file) {
  const std::optional<std::size_t> example = predictions.first_without_number();
  if (!example) return {};
  return Failure{
      .what = "these weights give no numbers: of " + source_text(predictions.sources[*example]) +
              " comes nan" +
              (weights.are_finite() ? "" : ", for the weights themselves are not finite; train again"),
      .file = file.string()};
}

}  // namespace

ExitStatus predict_command(Session& session) {
  const auto failed = [&](const Failure& failure) { return session.fail(failure), session.status(); };
  const Result<std::filesystem::path> file = find_weights(session);
  if (!file) {  // A file that nothing can be predicted of needs no training.
    if (session.elaborate() && can_predict(session)) session.fail(file.failure());
    return session.status();
  }
  Result<std::optional<KnownData>> said = read_known_data(*file);
  if (!said) return failed(said.failure());
  if (*said) session.data().answer_with(**said);
  if (!session.elaborate() || !can_predict(session)) return session.status();
  const Model& model = session.model();
  const Result<KnownData> known = *said ? Result<KnownData>(**std::move(said)) : learn_again(session, *file);
  if (!known) return failed(known.failure());
  Weights weights = initial_weights(model, 0);
  if (Result<void> read = read_weights(*file, weights, model); !read) return failed(read.failure());

  const Graph one = graph_of(model, 1);
  const Options& options = session.options();
  Result<GivenExamples> given = options.has("index")
                                    ? chosen_example(session, input_elements(one))
                                    : read_given(options.sources, model.data, *known, input_elements(one));
  if (!given) return failed(given.failure());
  std::optional<Compilation> compilation = Compilation::make(session);
  if (!compilation) return session.status();
  if (!options.has("quiet")) say_weights(session, *file);
  const Part part = given->part.view();
  Steps steps([&](std::int64_t batch, bool) { return compilation->compile(graph_of(model, batch)); },
              weights);
  Predictions predictions =
      described(model, *known, std::move(given->sources), one[one.outputs.front().value].type.shape);
  run(steps, part, evaluation_batch(model.train.batch, part.count), compilation->parallel(), predictions);
  if (Result<void> numbers = check_numbers(predictions, weights, *file); !numbers)
    return failed(numbers.failure());
  const std::string text =
      options.has("json") ? predictions_json(predictions) : predictions_table(predictions);
  std::fputs(text.c_str(), stdout);
  return ExitStatus::done;
}

}  // namespace dlc
