#include "tests/differentiate/gradient_check.h"

#include <cmath>

#include "compiler/differentiate/differentiate.h"
#include "compiler/graph/build.h"

namespace dlc {

Tensor random_tensor(const Shape& shape, std::mt19937& random) {
  std::normal_distribution<double> normal;
  Tensor tensor{shape, std::vector<double>(static_cast<std::size_t>(count(shape)))};
  for (double& element : tensor.elements) element = normal(random);
  return tensor;
}

Given random_given(const Graph& graph, std::mt19937& random) {
  Given given;
  for (const Value& value : graph.values()) {
    const bool is_outside = std::holds_alternative<Input>(value.node) ||
                            std::holds_alternative<Parameter>(value.node) ||
                            std::holds_alternative<State>(value.node);
    if (!is_outside) continue;
    Tensor tensor = random_tensor(value.type.shape, random);
    if (value.type.kind != Kind::number) {
      std::uniform_int_distribution<std::int64_t> integers(value.type.least, value.type.most);
      for (double& element : tensor.elements) element = static_cast<double>(integers(random));
    }
    given[value.name] = tensor;
  }
  return given;
}

ValueId add_weighted_sum(Graph& graph, ValueId y, const std::string& name_of_weights) {
  const Shape shape = graph[y].type.shape;
  const ValueId weights = graph.add({name_of_weights, {Kind::number, Element::f32, shape}, Input{}, {}});
  std::vector<Index> indices;
  for (const std::int64_t extent : shape) indices.push_back({"s" + std::to_string(indices.size()), extent});
  const Window all = identity_window(shape.size());
  BodyBuilder body;
  const ExpressionId product = body.call(Scalar::multiply, body.read(weights, all), body.read(y, all));
  const Combiner combiner = indices.empty() ? Combiner::none : Combiner::sum;
  return graph.add({"total", {}, Definition{indices, {}, combiner, body.finish(product)}, {}});
}

ValueId add_gradient(Graph& graph, ValueId of, ValueId by) {
  Type type = graph[by].type;
  const ValueId gradient = graph.add({"gradient", type, Gradient{of, by}, {}});
  graph.outputs.push_back({"gradient", gradient});
  return gradient;
}

std::optional<Slope> slope(const Graph& graph, const Given& given, ValueId of, ValueId by,
                           const Tensor& direction) {
  const std::string& name = graph[by].name;
  double size = 0;
  const auto at = [&](double step) {
    Given moved = given;
    std::vector<double>& elements = moved[name].elements;
    for (std::size_t i = 0; i < elements.size(); ++i) elements[i] += step * direction.elements[i];
    const double result = evaluate(graph, moved)[of].elements.front();
    size = std::max(size, std::fabs(result));
    return result;
  };
  const auto difference = [&](double step) { return (at(step) - at(-step)) / (2 * step); };
  const double step = 1e-5;
  const double fine = difference(step);
  const double coarse = difference(2 * step);
  const double error = std::fabs(fine - coarse) + 1e-14 * size / step + 1e-8 * std::fabs(fine) + 1e-9;
  if (!std::isfinite(fine) || !std::isfinite(error)) return std::nullopt;
  return Slope{fine, error};
}

bool all_tame(const Graph& graph, const Given& given) {
  for (const Tensor& tensor : evaluate(graph, given).of_value) {
    for (const double element : tensor.elements) {
      if (!(std::fabs(element) < 1e4)) return false;
    }
  }
  return true;
}

double inner_product(const Tensor& a, const Tensor& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.elements.size(); ++i) sum += a.elements[i] * b.elements[i];
  return sum;
}

std::optional<std::string> wrong_gradient(const Graph& forward, const Given& given, ValueId of,
                                          std::mt19937& random, int& compared) {
  if (!all_tame(forward, given)) return std::nullopt;
  Graph graph = forward;
  std::vector<std::pair<ValueId, ValueId>> gradients;  // by, and the gradient by it
  for (std::size_t i = 0; i < forward.size(); ++i) {
    const auto by = static_cast<ValueId>(i);
    if (!std::holds_alternative<Parameter>(forward[by].node)) continue;
    gradients.emplace_back(by, add_gradient(graph, of, by));
    graph.outputs.back().name = forward[by].name;
  }
  const Graph whole = differentiate(graph);
  if (const std::optional<std::string> broken = broken_rule(whole)) return *broken + "\n" + print(whole);
  const Values values = evaluate(whole, given);
  for (const auto& [by, unused] : gradients) {
    const Tensor& gradient = values.outputs.at(forward[by].name);
    std::vector<Tensor> directions = {random_tensor(gradient.shape, random)};
    for (std::size_t i = 0; i < gradient.elements.size(); ++i) {
      directions.push_back({gradient.shape, std::vector<double>(gradient.elements.size(), 0.0)});
      directions.back().elements[i] = 1;
    }
    for (const Tensor& direction : directions) {
      const std::optional<Slope> expected = slope(forward, given, of, by, direction);
      if (!expected) continue;
      const double found = inner_product(gradient, direction);
      compared += found != 0 ? 1 : 0;
      if (std::fabs(found - expected->value) <= 3 * expected->error) continue;
      return "by " + forward[by].name + ": " + std::to_string(found) + " instead of " +
             std::to_string(expected->value) + " ± " + std::to_string(expected->error) + "\n" + print(whole);
    }
  }
  return std::nullopt;
}

}  // namespace dlc
