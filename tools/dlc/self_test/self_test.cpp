#include "tools/dlc/self_test/self_test.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "compiler/differentiate/differentiate.h"
#include "compiler/reference/evaluate.h"
#include "compiler/target/target.h"
#include "dsl/elaborate/names/library.h"
#include "dsl/grammar/parse.h"
#include "runtime/report/format.h"
#include "runtime/report/text_table.h"
#include "runtime/threads/pool.h"
#include "tools/dlc/bug_report.h"
#include "tools/dlc/compilation.h"
#include "tools/dlc/self_test/nets.h"

namespace dlc {

namespace {

using Tensors = std::map<std::string, Tensor>;

/// What a sum of floats may be off, as a share of the largest number it is compared among.
constexpr double tolerance = 2e-4;

constexpr StepNumbers first_step = {1, 1, 1, 1, 12345, 54321};

/// The nets' texts and trees, which a model refers to.
struct Texts {
  Sources sources;
  Diagnostics diagnostics;
  std::vector<Tree> library = parse_library(sources, diagnostics);
};

/// Of texts that are ours, mistakes are ours too.
void no_mistakes(const Texts& texts) {
  if (texts.diagnostics.has_errors()) our_mistake(to_text(texts.diagnostics, texts.sources, false));
}

/// Numbers that look random and are the same everywhere: Weyl's sequence of the golden section.
double made_up(std::size_t place, double from, double to) {
  double whole = 0;
  return from + (to - from) * std::modf(static_cast<double>(place + 1) * 0.6180339887498949, &whole);
}

/// The step's inputs and, at their initial values, all that is kept.
Tensors given_values(const Model& model, const Graph& graph) {
  Tensors given;
  const std::pair<const char*, double> numbers[] = {
      {step_input::step, first_step.step},   {step_input::steps, first_step.steps},
      {step_input::epoch, first_step.epoch}, {step_input::epochs, first_step.epochs},
      {step_input::key, first_step.key},     {step_input::epoch_key, first_step.epoch_key}};
  for (const Value& value : graph.values()) {
    if (!std::holds_alternative<Input>(value.node)) continue;
    Tensor& tensor = given[value.name] = {value.type.shape, {}};
    for (std::size_t i = 0; i < static_cast<std::size_t>(count(value.type.shape)); ++i) {
      const bool is_integer = value.type.kind == Kind::integer;
      const double number = is_integer ? std::floor(made_up(i, 0, static_cast<double>(value.type.most + 1)))
                                       : static_cast<double>(static_cast<float>(made_up(i, -1, 1)));
      tensor.elements.push_back(number);
    }
    for (const auto& [name, number] : numbers) {
      if (value.name == name) tensor.elements = {number};
    }
  }
  const Weights weights = initial_weights(model, 1);
  for (const Weights::Entry& entry : weights.entries())
    given[entry.name] = {entry.shape, {entry.values().begin(), entry.values().end()}};
  return given;
}

/// What a first step leaves of all that is kept, as floats: what the optimizers keep begins with zeros, which
/// would hide what is done with it.
void step_on(const Graph& whole, Tensors& given) {
  for (auto& [name, tensor] : evaluate(whole, given).next) {
    for (double& number : tensor.elements) number = static_cast<double>(static_cast<float>(number));
    given[name] = std::move(tensor);
  }
}

/// The columns of a batch, as steps read them.
LoadedPart batch_of(const Tensors& given, const Graph& graph, std::int64_t batch) {
  LoadedPart part{"made up", batch, {}};
  for (const Value& value : graph.values()) {
    if (!std::holds_alternative<Input>(value.node) || value.type.shape.empty()) continue;
    const Tensor& tensor = given.at(value.name);
    Column column;
    column.shape.assign(value.type.shape.begin() + 1, value.type.shape.end());
    column.count = batch;
    column.element = ElementType::f32;
    const std::vector<float> numbers(tensor.elements.begin(), tensor.elements.end());
    column.data = bytes_of(std::span<const float>(numbers));
    part.columns[value.name] = as_element(std::move(column), value.type.element);
  }
  return part;
}

struct Comparison {
  double largest = 0;     // error, as a share of the tensor's largest number
  std::string trouble{};  // what is not as it should be

  void add(const std::string& name, std::span<const double> found, const Tensor& wanted) {
    double most = 1e-3;
    for (const double number : wanted.elements) most = std::max(most, std::abs(number));
    for (std::size_t i = 0; i < wanted.elements.size(); ++i) {
      const double error = std::abs(found[i] - wanted.elements[i]) / most;
      if (error <= tolerance || !trouble.empty()) {
        largest = std::max(largest, error);
      } else {  // What is no number, too.
        trouble = name + " has " + as_figure(found[i], 7) + " where " + as_figure(wanted.elements[i], 7) +
                  " is right";
      }
    }
  }
};

Comparison compared(const Model& model, const Graph& graph, const Tensors& given, const Values& wanted,
                    const Target& target, const CompileStep& compile_step, ThreadPool& pool) {
  std::variant<Step, std::string> made = compile_step(graph, target);
  if (const std::string* failure = std::get_if<std::string>(&made)) our_mistake(*failure);
  now_at("run");
  Weights weights = initial_weights(model, 1);
  for (Weights::Entry& entry : weights.entries()) {
    const Tensor& value = given.at(entry.name);
    std::copy(value.elements.begin(), value.elements.end(), entry.values().begin());
  }
  const LoadedPart columns = batch_of(given, graph, model.train.batch);
  const Part part = columns.view();
  BoundStep step(std::get<Step>(std::move(made)), model.train.batch, weights, part);
  std::vector<std::int64_t> examples(static_cast<std::size_t>(model.train.batch));
  for (std::size_t i = 0; i < examples.size(); ++i) examples[i] = static_cast<std::int64_t>(i);
  step.run(examples, first_step, [&](std::int64_t chunks, const auto& body) { pool.run(chunks, body); });
  Comparison comparison;
  for (const auto& [name, tensor] : wanted.outputs) comparison.add(name, step.result(name), tensor);
  for (const auto& [name, tensor] : wanted.next) {
    const std::span<const float> values = weights.find(name)->values();
    comparison.add(name, std::vector<double>(values.begin(), values.end()), tensor);
  }
  return comparison;
}

}  // namespace

std::variant<Step, std::string> compiled_step(const Graph& graph, const Target& target) {
  return compile(graph, target, reporting_mistakes({}), CompileOptions{{}, false, target.cores, {}});
}

ExitStatus self_test(const Options& options, const CompileStep& compile_step) {
  const std::optional<unsigned> threads = threads_of(options, host_target().value());
  if (!threads) {
    std::fprintf(stderr, "dlc: %s\n", thread_range);
    return ExitStatus::command_is_wrong;
  }
  Texts texts;
  TextTable table{{Align::left, Align::left, Align::left}, {}};
  bool all_right = true;
  for (const SelfTestNet& net : self_test_nets) {
    now_at("elaborate");
    const Tree tree = parse(texts.sources.add(net.name, net.text), texts.sources, texts.diagnostics).value();
    const std::optional<Model> model = elaborate(tree, texts.library, texts.sources, {}, texts.diagnostics);
    no_mistakes(texts);
    const Graph graph = model->step(model->train.batch, Mode::training);
    Tensors given = given_values(*model, graph);
    now_at("reference");
    const Graph whole = differentiate(graph);
    step_on(whole, given);
    const Values wanted = evaluate(whole, given);
    for (const std::string& instructions : host_instructions()) {
      const Target target = host_target(instructions).value();
      ThreadPool pool(*threads);
      const Comparison result = compared(*model, graph, given, wanted, target, compile_step, pool);
      const bool right = result.trouble.empty();
      all_right = all_right && right;
      table.rows.push_back(
          {instructions, net.name,
           right ? "ok, at most " + in_powers_of_ten(result.largest, 1) + " off" : result.trouble});
    }
  }
  std::fputs(table_text(table).c_str(), stdout);
  if (all_right) return ExitStatus::done;
  std::fputs("dlc: what is compiled on this machine is wrong; do not trust what it trains\n", stderr);
  return ExitStatus::model_is_wrong;
}

}  // namespace dlc
