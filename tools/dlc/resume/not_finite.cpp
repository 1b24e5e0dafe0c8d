#include "tools/dlc/resume/not_finite.h"

#include <algorithm>
#include <cmath>

#include "compiler/differentiate/differentiate.h"

// A step changes the weights in place, so the state before the bad step is gone when its loss is seen. It is
// not kept on the way, it is made again: from the last saved weights (or the initial ones) the same steps
// give the same bits. The first step that leaves a loss or a weight that is not finite is then run once more
// with all of its values as results. An infinity may be meant (a mask of minus infinities under a softmax);
// so the cause is looked for backwards from what went wrong, only through values that were not finite
// themselves.

namespace dlc {

namespace {

using Copies = std::vector<std::vector<float>>;

Copies copies_of(const Weights& weights) {
  Copies copies;
  for (const Weights::Entry& entry : weights.entries())
    copies.emplace_back(entry.values().begin(), entry.values().end());
  return copies;
}

void put_back(const Copies& copies, Weights& weights) {
  for (std::size_t i = 0; i < copies.size(); ++i)
    std::copy(copies[i].begin(), copies[i].end(), weights.entries()[i].values().begin());
}

std::string output_of(std::size_t value) {
  return "checked." + std::to_string(value);
}

bool is_checked(const Value& value) {
  return std::holds_alternative<Definition>(value.node) && value.type.element == Element::f32;
}

/// The first element that is not finite: "-inf at [0, 3]"; empty if there is none.
std::string first_bad(const std::vector<double>& values, const Shape& shape) {
  const auto bad =
      std::find_if(values.begin(), values.end(), [](double value) { return !std::isfinite(value); });
  if (bad == values.end()) return "";
  std::string text = std::isnan(*bad) ? "nan" : *bad > 0 ? "inf" : "-inf";
  std::int64_t position = bad - values.begin();
  std::string places;
  for (std::size_t d = shape.size(); d-- > 0; position /= shape[d])
    places = std::to_string(position % shape[d]) + (places.empty() ? "" : ", ") + places;
  return places.empty() ? text : text + " at [" + places + "]";
}

/// The value from which all that is not finite in `end` comes; none if `end` is finite.
std::optional<std::size_t> first_cause(const Graph& graph, const std::vector<std::string>& bad,
                                       std::size_t end) {
  std::vector<bool> reached(graph.size(), false);
  reached[end] = true;
  std::optional<std::size_t> first;
  for (std::size_t id = end + 1; id-- > 0;) {  // Operands stand before what reads them.
    if (!reached[id] || bad[id].empty()) continue;
    first = id;
    for (const ValueId operand : operands(graph.values()[id].node)) reached[number_of(operand)] = true;
  }
  return first;
}

std::string told(const Session& session, const Value& value, const std::string& bad, std::int64_t step) {
  const std::string what = "in step " + std::to_string(step) + " the first value that was not finite was " +
                           value.name + ", " + bad;
  const Sources& sources = session.sources();
  // The innermost place that is the user's own.
  for (std::size_t p = value.places.size(); p-- > 0;) {
    const Place& place = value.places[p];
    for (std::size_t f = 0; f < sources.count(); ++f) {
      const auto file = static_cast<FileId>(f);
      if (sources.is_library(file) || sources.name(file) != place.file) continue;
      const std::string line = std::to_string(place.line);
      return place.file + ":" + line + ":" + std::to_string(place.column) + ": " + what + "\n    " + line +
             " | " + std::string(sources.line(file, static_cast<std::uint32_t>(place.line)));
    }
  }
  return what;
}

/// The step once more, with all values kept.
std::string checked(Session& session, Compilation& compilation, const TrainingPlan& plan, Weights& weights,
                    const StepCall& call, std::int64_t number) {
  const std::string nothing = "in step " + std::to_string(number) + "; its values one by one were all finite";
  const auto size = static_cast<std::int64_t>(call.examples.size());
  const Graph graph = differentiate(session.model().step(size, Mode::training));
  Graph all = graph;
  all.outputs.clear();
  for (std::size_t id = 0; id < graph.size(); ++id) {
    if (is_checked(graph.values()[id])) all.outputs.push_back({output_of(id), static_cast<ValueId>(id)});
  }
  BoundStep step(compilation.compile(std::move(all)), size, weights, plan.train);
  step.run(call.examples, call.numbers, compilation.parallel());

  std::vector<std::string> bad(graph.size());
  std::vector<std::size_t> ends;
  for (std::size_t id = 0; id < graph.size(); ++id) {
    const Value& value = graph.values()[id];
    if (is_checked(value)) {
      bad[id] = first_bad(step.result(output_of(id)), value.type.shape);
    } else if (const View* view = std::get_if<View>(&value.node)) {
      bad[id] = bad[number_of(view->of)];
    } else if (const Update* update = std::get_if<Update>(&value.node)) {
      ends.push_back(number_of(update->value));
    }
  }
  for (const Output& output : graph.outputs) {
    if (output.name == "loss") ends.insert(ends.begin(), number_of(output.value));
  }
  for (const std::size_t end : ends) {
    if (const std::optional<std::size_t> cause = first_cause(graph, bad, end))
      return told(session, graph.values()[*cause], bad[*cause], number);
  }
  return nothing;
}

}  // namespace

std::string why_not_finite(Session& session, Compilation& compilation, const TrainingPlan& plan, Steps& steps,
                           Weights& weights, TrainingPosition from, std::int64_t last) {
  TrainingPosition at = std::move(from);
  while (at.step < last) {
    if (is_epoch_over(plan, at)) {
      at.epoch += 1;
      at.next = 0;
    }
    const StepCall call = next_step(plan, at);
    const auto size = static_cast<std::int64_t>(call.examples.size());
    const Copies before = copies_of(weights);
    BoundStep& step = steps.get(plan.train, size, true);
    step.run(call.examples, call.numbers, compilation.parallel());
    if (!std::isfinite(step.result("loss").front()) || !weights.are_finite()) {
      put_back(before, weights);
      return checked(session, compilation, plan, weights, call, at.step + 1);
    }
    at.step += 1;
    at.next += size;
  }
  return "the same steps run again gave finite values";
}

}  // namespace dlc
