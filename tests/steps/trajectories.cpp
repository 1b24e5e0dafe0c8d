// Ten training steps of whole nets against PyTorch in double precision (tools/make-trajectories): the loss,
// all gradients, all weights.

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

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
using dlc::tests::LoadedModel;

constexpr std::size_t steps = 10;

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
    if (!kept.trained) continue;  // States begin at 0.
    const std::vector<double> initial = expected(trajectory, "initial." + kept.name);
    for (std::size_t i = 0; i < initial.size(); ++i) entry.values()[i] = static_cast<float>(initial[i]);
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
      if (!entry.trained) continue;
      const ResultId gradient = *step.result("gradient." + entry.name);
      check_close(doubles<float>(step.data(gradient), entry.values().size()),
                  expected(trajectory, "gradient." + entry.name, t), 2e-4, "gradient of " + entry.name);
      check_close(doubles<float>(entry.buffer.data(), entry.values().size()),
                  expected(trajectory, "weight." + entry.name, t), 2e-4, "weights " + entry.name);
    }
  }
}

void follow_reference(const Model& model, const Tensors& trajectory) {
  const Graph graph = differentiate(step_with_gradients(model));
  std::map<std::string, Tensor> given;
  for (const Kept& kept : model.kept) {
    given[kept.name] = {kept.shape, kept.trained
                                        ? expected(trajectory, "initial." + kept.name)
                                        : std::vector<double>(static_cast<std::size_t>(count(kept.shape)))};
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
      if (!kept.trained) continue;
      check_close(values.outputs.at("gradient." + kept.name).elements,
                  expected(trajectory, "gradient." + kept.name, t), 1e-5, kept.name);
      check_close(values.next.at(kept.name).elements, expected(trajectory, "weight." + kept.name, t), 1e-5,
                  kept.name);
    }
    for (const auto& [name, tensor] : values.next) given[name] = tensor;
  }
}

}  // namespace

TEST_CASE("ten steps follow PyTorch's", "[steps][trajectory]") {
  const std::string name = GENERATE("mlp", "cnn", "strided");
  INFO(name);
  const std::unique_ptr<LoadedModel> loaded = load_model("tests/trajectories/" + name + ".net");
  INFO(loaded->diagnostics);
  REQUIRE(loaded->model.has_value());
  const Result<Tensors> trajectory =
      read_safetensors(std::string(DLC_SOURCE_DIR) + "/tests/trajectories/" + name + ".safetensors");
  REQUIRE(trajectory);
  SECTION("in the reference") {
    follow_reference(*loaded->model, *trajectory);
  }
  SECTION("compiled, for each set of instructions") {
    for (const std::string& instructions : host_instructions()) {
      INFO(instructions);
      follow_compiled(*loaded->model, *trajectory, *host_target(instructions), 2);
    }
  }
}
