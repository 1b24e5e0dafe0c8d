#include "tools/dlc/run/training_plan.h"

#include "compiler/reference/evaluate.h"
#include "runtime/data/parts/random_order.h"

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

}  // namespace

bool can_train(Session& session) {
  const Model& model = session.model();
  if (!model.train.present) {
    return session.fail(ExitStatus::model_is_wrong,
                        model.file + " has no train block: there is nothing to train");
  }
  if (model.data.columns.empty()) {
    return session.fail(ExitStatus::model_is_wrong, model.file + ": training without data is not there yet");
  }
  return true;
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
  plan.train = *part_of(data, "train");
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
  plan.order = [count = plan.train.count, seed](std::int64_t epoch) {
    return epoch_order(count, seed, epoch);
  };
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
