#include "tools/dlc/run/training_plan.h"

#include <algorithm>
#include <limits>

#include "compiler/reference/evaluate.h"

namespace dlc {

namespace {

std::optional<Part> part_of(const LoadedData& data, const char* name) {
  const LoadedPart* part = data.find(name);
  return part == nullptr ? std::nullopt : std::optional(part->view());
}

/// The value of a metric that is made of the loss and of the metrics before it.
auto measured_function(const Model& model, const Graph& graph) {
  std::vector<std::pair<std::string, Shape>> inputs = {{"loss", {}}};
  for (const MetricDescription& metric : model.train.metrics) inputs.emplace_back(metric.name, metric.shape);
  return [graph, inputs](std::span<const std::vector<double>> earlier) {
    std::map<std::string, Tensor> given;
    for (std::size_t i = 0; i < earlier.size(); ++i) given[inputs[i].first] = {inputs[i].second, earlier[i]};
    return evaluate(graph, given).outputs.at("value").elements;
  };
}

/// The numbers of the classes that are predicted, which no step may read.
void add_predicted_classes(const Model& model, std::map<std::string, Element>& inputs) {
  for (const Field& field : model.data.fields) {
    const auto& predict = model.train.predict;
    if (predict && predict->field == field.name && field.is_class && !field.class_column.empty())
      inputs.emplace(field.class_column, Element::i32);
  }
}

/// What stands in for the training part where there are no data: the frames of all steps, one after another.
Part drawn_part(std::int64_t batch, std::int64_t steps) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  return {"train", batch * std::min(steps, most / batch), {}};
}

}  // namespace

bool can_train(Session& session) {
  const Model& model = session.model();
  if (!model.train.present) {
    return session.fail(ExitStatus::model_is_wrong,
                        model.file + " has no train block: there is nothing to train");
  }
  return true;
}

bool has_step(Session& session) {
  if (session.model().train.present) return true;
  return session.fail(ExitStatus::model_is_wrong,
                      session.model().file + " has no train block: there is no step to make");
}

bool can_use_data(Session& session, const std::string& what) {
  if (training_reader(session.model().data) != nullptr) return true;
  return session.fail(ExitStatus::model_is_wrong,
                      session.model().file + " reads no data: there are no examples " + what);
}

std::map<std::string, Element> inputs_of_training(const Model& model) {
  std::map<std::string, Element> inputs = input_elements(model.step(1, Mode::training));
  if (!model.data.standardize.empty()) inputs.merge(input_elements(model.raw_fields(1)));
  add_predicted_classes(model, inputs);
  return inputs;
}

std::map<std::string, Element> inputs_of_evaluation(const Model& model) {
  std::map<std::string, Element> inputs = input_elements(model.step(1, Mode::evaluation));
  add_predicted_classes(model, inputs);
  return inputs;
}

std::vector<Metric> metrics_of(const Model& model) {
  std::vector<Metric> metrics;
  for (const MetricDescription& metric : model.train.metrics) {
    metrics.push_back({metric.name, metric.is_sum, metric.shape});
    if (metric.of_metrics) metrics.back().of_metrics = measured_function(model, *metric.of_metrics);
  }
  return metrics;
}

TrainingPlan training_plan(const Model& model, const LoadedData& data, std::uint64_t seed) {
  TrainingPlan plan;
  plan.has_data = training_reader(model.data) != nullptr;
  plan.train = plan.has_data ? *part_of(data, "train") : drawn_part(model.train.batch, *model.train.steps);
  plan.valid = part_of(data, "valid");
  plan.test = part_of(data, "test");
  plan.batch = model.train.batch_is_all ? plan.train.count : model.train.batch;
  plan.epochs = model.train.epochs;
  plan.steps = model.train.steps;
  plan.seed = seed;
  plan.metrics = metrics_of(model);
  if (const auto& keep = model.train.keep)
    plan.keep = Watched{keep->part, keep->metric, keep->direction == Direction::lowest};
  if (const auto& stop = model.train.stop) {
    plan.stop = StopRule{{stop->part, stop->metric, stop->better == Direction::lowest}, stop->epochs};
  }
  plan.validate_steps = model.train.validate_steps;
  plan.examples = plan.has_data ? in_random_order(plan.train.count, seed) : numbered();
  return plan;
}

Step make_training_step(const Model& model, Compilation& compilation, std::int64_t batch) {
  Graph graph = model.step(batch, Mode::training);
  std::erase_if(graph.outputs,
                [](const Output& output) { return output.name == "predict"; });  // Nobody asks.
  return compilation.compile(std::move(graph));
}

MakeStep step_maker(const Model& model, Compilation& compilation) {
  return [&](std::int64_t batch, bool training) {
    return training ? make_training_step(model, compilation, batch)
                    : compilation.compile(model.step(batch, Mode::evaluation));
  };
}

}  // namespace dlc
