#include <algorithm>

#include "dsl/elaborate/elaborator.h"
#include "dsl/elaborate/graphs.h"

namespace dlc {

namespace {

/// The name of a metric that gives none: a name, or the outermost function.
std::string metric_name(const tree::Expression& expression) {
  if (const auto* use = std::get_if<tree::NameUse>(&expression.what)) return use->name;
  if (const auto* call = std::get_if<tree::Call>(&expression.what)) return call->function.text;
  if (const auto* pipe = std::get_if<tree::Pipe>(&expression.what)) return pipe->steps.back().function.text;
  return "";
}

bool is_among(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> names_of(const TrainDescription& description) {
  std::vector<std::string> names = {"loss"};
  for (const MetricDescription& metric : description.metrics) names.push_back(metric.name);
  return names;
}

bool names_one_of(const tree::Expression& expression, const std::vector<std::string>& names) {
  const auto* use = std::get_if<tree::NameUse>(&expression.what);
  if (use && is_among(names, use->name)) return true;
  bool found = false;
  for_each_inside(expression,
                  [&](const tree::Expression& inside) { found = found || names_one_of(inside, names); });
  return found;
}

/// The names that a metric line binds itself, for its own lines.
void collect_bound(const tree::Expression& expression, std::vector<std::string>& bound) {
  if (const auto* reduction = std::get_if<tree::Reduction>(&expression.what)) {
    for (const tree::Binder& binder : reduction->binders) {
      if (const auto* index = std::get_if<tree::Index>(&binder)) bound.push_back(index->name.text);
    }
  }
  for_each_inside(expression, [&](const tree::Expression& inside) { collect_bound(inside, bound); });
}

}  // namespace

void Elaborator::metric(const tree::Metric& line, TrainDescription& description) {
  const std::string name = line.name ? line.name->text : metric_name(line.value);
  const SourceRange& place = line.name ? line.name->range : line.value.range;
  if (name.empty()) {
    report(message::metric_without_name, line.value.range);
    return;
  }
  const std::vector<std::string> earlier = names_of(description);
  if (is_among(earlier, name)) {
    report(message::metric_twice, place, name);
    return;
  }
  if (names_one_of(line.value, earlier)) return metric_of_metrics(line, name, description);
  const Meaning meaning = evaluate(line.value);
  // Known even where it is wrong, so that `keep` is not wrong too.
  description.metrics.push_back({name, false, {}});
  std::optional<Quantity> tensor = tensor_of(meaning, line.value.range);
  if (!tensor) return;
  MetricDescription& metric = description.metrics.back();
  metric.is_sum = tensor->kind == Kind::integer;
  metric.shape = builder.shape_of(*tensor);
  const std::string output = "metric." + name;
  Quantity each = as_number(std::move(*tensor));
  Quantity value;
  if (metric.is_sum) {
    const std::vector<Dimension> dimensions = std::exchange(each.dimensions, {});
    value = builder.reduced(Combiner::sum, each, {batch_axis_}, output);
    value.dimensions = dimensions;
  } else {
    value = mean_over(builder, each, batch_axis_, output + ".sum");
  }
  builder.graph.outputs.push_back({output, builder.value_of(value, output)});
}

/// Does it name besides metrics only constants, functions and its own indices? What is else is told.
bool Elaborator::names_metrics_only(const tree::Expression& expression, const TrainDescription& description,
                                    const std::vector<std::string>& bound) {
  bool is_sound = true;
  if (const auto* use = std::get_if<tree::NameUse>(&expression.what)) {
    const bool is_fine = is_among(names_of(description), use->name) || is_among(bound, use->name) ||
                         (!find_binding(use->name) && (setup_.program.constants.contains(use->name) ||
                                                       use->name == "pi" || !late_name(use->name)));
    if (!is_fine) report(message::metric_mixture, expression.range, use->name);
    is_sound = is_fine;
  }
  if (const auto* reduction = std::get_if<tree::PathReduction>(&expression.what)) {
    report(message::metric_mixture, reduction->path.range, text_of(reduction->path.range));
    return false;
  }
  for_each_inside(expression, [&](const tree::Expression& inside) {
    is_sound = names_metrics_only(inside, description, bound) && is_sound;
  });
  return is_sound;
}

/// A graph of its own, from the measured values of earlier metrics.
void Elaborator::metric_of_metrics(const tree::Metric& line, const std::string& name,
                                   TrainDescription& description) {
  const std::size_t at = description.metrics.size();
  std::vector<std::string> bound;
  collect_bound(line.value, bound);
  const bool is_sound = names_metrics_only(line.value, description, bound);
  std::vector<MetricDescription> earlier = description.metrics;
  description.metrics.push_back({name, false, {}});
  if (!is_sound) return;
  earlier.insert(earlier.begin(), MetricDescription{"loss", false, {}});
  Builder of_step = std::exchange(builder, Builder{});
  builder.axes = of_step.axes;
  builder.places = of_step.places;
  open_activation("metric");
  now().ambient.clear();
  is_of_measured_ = true;
  for (const MetricDescription& metric : earlier) {
    Type type{Kind::number, Element::f32, metric.shape, 0, 0};
    now().scopes.back().push_back(
        {metric.name, builder.input(metric.name, std::move(type), {}), Binding::Role::value, {}, false, {}});
  }
  const Meaning meaning = evaluate(line.value);
  is_of_measured_ = false;
  activations_.pop_back();
  if (std::optional<Quantity> value = tensor_of(meaning, line.value.range)) {
    MetricDescription& metric = description.metrics[at];
    metric.shape = builder.shape_of(*value);
    const Quantity number = as_number(std::move(*value));
    builder.graph.outputs.push_back({"value", builder.value_of(number, name + ".value")});
    metric.of_metrics = without_unneeded(builder.graph);
  }
  of_step.axes = builder.axes;  // axes are numbered through
  builder = std::move(of_step);
}

}  // namespace dlc
