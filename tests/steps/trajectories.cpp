// Ten training steps of whole nets against PyTorch in double precision (tools/make-trajectories): the loss,
// all gradients, all weights.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>

#include "compiler/compile.h"
#include "compiler/differentiate/differentiate.h"
#include "compiler/reference/evaluate.h"
#include "compiler/target/target.h"
#include "runtime/files/safetensors.h"
#include "runtime/threads/pool.h"
#include "runtime/train/weights.h"
#include "tests/steps/load_model.h"

namespace {

using namespace dlc;
using dlc::tests::load_model;
using dlc::tests::load_text;
using dlc::tests::LoadedModel;

constexpr std::size_t steps = 10;

std::string text_of(const std::string& path) {
  std::ifstream in(std::string(DLC_SOURCE_DIR) + "/" + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// A tensor of the trajectory, or its slice for one step.
std::vector<double> expected(const Tensors& trajectory, const std::string& name,
                             std::optional<std::size_t> step = {}) {
  const TensorView* view = trajectory.find(name);
  REQUIRE(view != nullptr);
  std::vector<double> values(view->data.size() / 4);
  for (std::size_t i = 0; i < values.size(); ++i) {
    float number = 0;
    std::int32_t whole = 0;
    std::memcpy(&number, view->data.data() + 4 * i, 4);
    std::memcpy(&whole, view->data.data() + 4 * i, 4);
    values[i] = view->element == ElementType::i32 ? whole : static_cast<double>(number);
  }
  if (!step) return values;
  const std::size_t size = values.size() / steps;
  return {values.begin() + static_cast<std::ptrdiff_t>(*step * size),
          values.begin() + static_cast<std::ptrdiff_t>((*step + 1) * size)};
}

void check_close(const std::vector<double>& found, const std::vector<double>& wanted, double tolerance,
                 const std::string& what) {
  REQUIRE(found.size() == wanted.size());
  double largest = 1e-3;
  for (const double value : wanted) largest = std::max(largest, std::fabs(value));
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO(what << " at " << i << ": " << found[i] << ", PyTorch has " << wanted[i]);
    REQUIRE(std::fabs(found[i] - wanted[i]) <= tolerance * largest);
  }
}

/// States that PyTorch has too have their first values in the file; an optimizer's begin at 0.
std::vector<double> initial(const Kept& kept, const Tensors& trajectory) {
  const std::string name = "initial." + kept.name;
  if (trajectory.find(name) != nullptr) return expected(trajectory, name);
  REQUIRE_FALSE(kept.trained);
  return std::vector<double>(static_cast<std::size_t>(count(kept.shape)));
}

/// The training step, with the gradient of every parameter among its outputs.
Graph step_with_gradients(const Model& model) {
  Graph graph = model.step(model.train.batch, Mode::training);
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto* gradient = std::get_if<Gradient>(&graph[static_cast<ValueId>(i)].node);
    if (gradient == nullptr) continue;
    graph.outputs.push_back({"gradient." + graph[gradient->by].name, static_cast<ValueId>(i)});
  }
  return graph;
}

template <class T>
std::vector<double> doubles(const void* data, std::size_t count) {
  return std::vector<double>(static_cast<const T*>(data), static_cast<const T*>(data) + count);
}

void fill(const Slot& slot, std::vector<std::byte>& buffer, const std::vector<double>& values) {
  buffer.resize(values.size() * (slot.type.element == Element::u8 ? 1 : 4));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float number = static_cast<float>(values[i]);
    const auto whole = static_cast<std::int32_t>(values[i]);
    if (slot.type.element == Element::u8) {
      buffer[i] = static_cast<std::byte>(whole);
    } else if (slot.type.element == Element::f32) {
      std::memcpy(buffer.data() + 4 * i, &number, 4);
    } else {
      std::memcpy(buffer.data() + 4 * i, &whole, 4);
    }
  }
}

std::vector<double> input(const std::string& name, const Tensors& trajectory, std::size_t step) {
  if (name == "step") return {static_cast<double>(step + 1)};
  if (name == "steps") return {steps};
  if (name == "image" || name == "label") return expected(trajectory, "input." + name, step);
  return {0};
}

void follow_compiled(const Model& model, const Tensors& trajectory, const Target& target, unsigned threads) {
  std::variant<Step, std::string> made = compile(step_with_gradients(model), target);
  INFO((std::holds_alternative<std::string>(made) ? std::get<std::string>(made) : ""));
  REQUIRE(std::holds_alternative<Step>(made));
  Step& step = std::get<Step>(made);
  Weights weights;
  for (const Kept& kept : model.kept) {
    Weights::Entry& entry = weights.add(kept.name, kept.shape, kept.trained);
    const std::vector<double> values = initial(kept, trajectory);
    for (std::size_t i = 0; i < values.size(); ++i) entry.values()[i] = static_cast<float>(values[i]);
  }
  weights.bind(step);
  ThreadPool pool(threads);
  const ParallelChunks parallel = [&](std::int64_t chunks, const auto& body) { pool.run(chunks, body); };
  for (std::size_t t = 0; t < steps; ++t) {
    std::vector<std::vector<std::byte>> buffers(step.slots().size());
    for (std::size_t s = 0; s < step.slots().size(); ++s) {
      const Slot& slot = step.slots()[s];
      if (slot.role != Slot::Role::input) continue;
      fill(slot, buffers[s], input(slot.name, trajectory, t));
      step.bind(*step.slot(slot.name), buffers[s].data());
    }
    step.run(parallel);
    INFO("step " << t);
    check_close(doubles<float>(step.data(*step.result("loss")), 1), {expected(trajectory, "loss")[t]}, 1e-5,
                "loss");
    for (const Weights::Entry& entry : weights.entries()) {
      if (trajectory.find("weight." + entry.name) == nullptr) continue;
      check_close(doubles<float>(entry.buffer.data(), entry.values().size()),
                  expected(trajectory, "weight." + entry.name, t), 2e-4, "weights " + entry.name);
      if (!entry.trained) continue;
      const ResultId gradient = *step.result("gradient." + entry.name);
      check_close(doubles<float>(step.data(gradient), entry.values().size()),
                  expected(trajectory, "gradient." + entry.name, t), 2e-4, "gradient of " + entry.name);
    }
  }
}

/// After the training: the loss of the first batch, with the running figures of batch-norm.
void evaluate_reference(const Model& model, const Tensors& trajectory, std::map<std::string, Tensor> given) {
  const Graph graph = differentiate(model.step(model.train.batch, Mode::evaluation));
  for (const Value& value : graph.values()) {
    if (std::holds_alternative<Input>(value.node))
      given[value.name] = {value.type.shape, input(value.name, trajectory, 0)};
  }
  check_close(evaluate(graph, given).outputs.at("loss").elements, expected(trajectory, "evaluation.loss"),
              1e-5, "loss after the training");
}

void follow_reference(const Model& model, const Tensors& trajectory) {
  const Graph graph = differentiate(step_with_gradients(model));
  std::map<std::string, Tensor> given;
  for (const Kept& kept : model.kept) {
    given[kept.name] = {kept.shape, initial(kept, trajectory)};
  }
  for (std::size_t t = 0; t < steps; ++t) {
    for (const Value& value : graph.values()) {
      if (std::holds_alternative<Input>(value.node))
        given[value.name] = {value.type.shape, input(value.name, trajectory, t)};
    }
    const Values values = evaluate(graph, given);
    INFO("step " << t);
    check_close(values.outputs.at("loss").elements, {expected(trajectory, "loss")[t]}, 1e-6, "loss");
    for (const Kept& kept : model.kept) {
      if (trajectory.find("weight." + kept.name) == nullptr) continue;
      check_close(values.next.at(kept.name).elements, expected(trajectory, "weight." + kept.name, t), 1e-5,
                  kept.name);
      if (!kept.trained) continue;
      check_close(values.outputs.at("gradient." + kept.name).elements,
                  expected(trajectory, "gradient." + kept.name, t), 1e-5, kept.name);
    }
    for (const auto& [name, tensor] : values.next) given[name] = tensor;
  }
  const bool has_figures = std::any_of(model.kept.begin(), model.kept.end(), [&](const Kept& kept) {
    return !kept.trained && trajectory.find("initial." + kept.name) != nullptr;
  });
  if (has_figures) evaluate_reference(model, trajectory, given);
}

void follow(const LoadedModel& loaded, const std::string& file) {
  INFO(loaded.diagnostics);
  REQUIRE(loaded.model.has_value());
  const Result<Tensors> trajectory =
      read_safetensors(std::string(DLC_SOURCE_DIR) + "/tests/trajectories/" + file + ".safetensors");
  REQUIRE(trajectory);
  follow_reference(*loaded.model, *trajectory);
  for (const std::string& instructions : host_instructions()) {
    INFO(instructions);
    follow_compiled(*loaded.model, *trajectory, *host_target(instructions), 2);
  }
}

}  // namespace

TEST_CASE("ten steps follow PyTorch's", "[steps][trajectory]") {
  const std::string name = GENERATE("mlp", "cnn", "strided", "convolutions", "residual", "tokens");
  INFO(name);
  follow(*load_model("tests/trajectories/" + name + ".net"), name);
}

TEST_CASE("so they do under each optimizer and schedule", "[steps][trajectory]") {
  const auto [name, update] = GENERATE(table<std::string, std::string>({
      {"sgd", "sgd(0.2)"},
      {"sgd_momentum", "sgd(0.1, momentum = 0.8)"},
      {"sgd_nesterov", "sgd(0.1, momentum = 0.8, nesterov = true)"},
      {"sgd_decay", "sgd(0.2, decay = 0.05)"},
      {"sgd_clip", "sgd(0.2, clip = 0.3)"},
      {"adam", "adam(0.03)"},
      {"adam_clip", "adam(0.03, beta1 = 0.8, beta2 = 0.95, clip = 0.3)"},
      {"adamw", "adamw(0.03, decay = 0.1)"},
      {"rmsprop", "rmsprop(0.01)"},
      {"adagrad", "adagrad(0.1)"},
      {"inverse_time", "sgd(inverse_time(0.2, 0.3, step))"},
      {"exponential", "sgd(exponential(0.2, 0.8, step))"},
      {"step_decay", "sgd(step_decay(0.2, 0.5, 3, step))"},
      {"cosine", "sgd(cosine(0.2, 0.01, step / steps))"},
      {"warmup", "sgd(warmup(0.2, step, 4))"},
      {"warmup_cosine", "sgd(warmup_cosine(0.2, 0.01, step, 4, steps))"},
  }));
  INFO(update);
  std::string text = text_of("tests/trajectories/optimizers/small.net");
  const std::string plain = "sgd(0.2)";
  const std::size_t place = text.rfind(plain);
  REQUIRE(place != std::string::npos);
  text.replace(place, plain.size(), update);
  follow(*load_text(text), "optimizers/" + name);
}
