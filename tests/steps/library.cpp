// The library in compiled steps: optimizers and schedules by hand, layers against the reference.

#include <catch2/catch.hpp>
#include <map>

#include "compiler/compile.h"
#include "compiler/differentiate/differentiate.h"
#include "compiler/reference/evaluate.h"
#include "compiler/target/target.h"
#include "runtime/train/part.h"
#include "tests/steps/load_model.h"

namespace {

using namespace dlc;
using dlc::tests::load_text;
using dlc::tests::LoadedModel;

constexpr std::int64_t batch = 3;

std::map<std::string, Tensor> initial_values(const Model& model) {
  std::map<std::string, Tensor> values = evaluate(model.initial, {{"key", {{}, {7}}}}).outputs;
  for (const Kept& kept : model.kept)
    values.try_emplace(kept.name, Tensor{kept.shape, std::vector<double>(std::size_t(count(kept.shape)))});
  return values;
}

/// Trains by the compiled step; all that is kept, after each step.
class Compiled {
 public:
  explicit Compiled(const Model& model) : part_{"train", 0, {}} {
    for (const auto& [name, tensor] : initial_values(model)) {
      Weights::Entry& entry = weights_.add(name, tensor.shape, false);
      std::transform(tensor.elements.begin(), tensor.elements.end(), entry.values().begin(),
                     [](double value) { return static_cast<float>(value); });
    }
    std::variant<Step, std::string> step = compile(model.step(batch, Mode::training), *host_target());
    INFO((std::holds_alternative<std::string>(step) ? std::get<std::string>(step) : ""));
    REQUIRE(std::holds_alternative<Step>(step));
    step_.emplace(std::get<Step>(std::move(step)), batch, weights_, part_);
  }

  void run(float number, std::int32_t key) {
    const std::vector<std::int64_t> examples(batch, 0);
    step_->run(examples, {number, 3, 1, 1, key, 0},
               [](std::int64_t chunks, const auto& body) { body(0, chunks); });
  }

  std::span<const float> values(const std::string& name) { return weights_.find(name)->values(); }
  double loss() const { return step_->result("loss").front(); }

 private:
  Part part_;
  Weights weights_;
  std::optional<BoundStep> step_;
};

struct Rate {
  std::string optimizer;
  double first;   // w after one step; it begins at 2, its gradient is 3
  double second;  // after two
};

const std::vector<Rate> rates = {
    {"sgd(0.1)", 1.7, 1.4},
    {"sgd(0.1, momentum = 0.9)", 1.7, 1.13},
    {"sgd(0.1, momentum = 0.9, nesterov = true)", 1.43, 0.617},
    {"sgd(0.1, decay = 0.5)", 1.6, 1.22},
    {"sgd(0.1, clip = 1)", 1.9, 1.8},
    {"adam(0.1)", 1.9, 1.8},
    {"adamw(0.1, decay = 0.5)", 1.8, 1.61},
    {"rmsprop(0.1)", 1.683772, 1.454356},
    {"adagrad(0.1)", 1.9, 1.829289},
    {"sgd(warmup(0.1, step, 2))", 1.85, 1.55},
    {"sgd(warmup_cosine(0.1, 0, step, 1, steps))", 1.7, 1.55},
    {"sgd(cosine(0.1, 0, (step - 1) / 2))", 1.7, 1.55},
    {"sgd(exponential(0.1, 0.5, step))", 1.7, 1.55},
    {"sgd(inverse_time(0.1, 1, step))", 1.7, 1.55},
    {"sgd(step_decay(0.1, 0.5, 1, step))", 1.7, 1.55},
};

/// Bodies of nets of x, with the extents of x.
const std::vector<std::pair<std::string, std::string>> bodies = {
    {"6, 5, 2", "x |> conv2d(3, 3, stride = 2, pad = \"same\") |> flatten"},
    {"7, 5, 2", "x |> conv2d(4, 4, pad = \"same\", groups = 2) |> batch_norm |> relu"},
    {"5, 4, 3", "x |> depthwise_conv2d(3, pad = \"same\", multiplier = 2)"},
    {"3, 4, 3", "x |> conv_transpose2d(2, 4, stride = 2, pad = 1)"},
    {"9, 3", "x |> conv1d(4, 3, stride = 2, pad = \"same\", dilation = 2) |> batch_norm"},
    {"5", "x |> dense(4) |> batch_norm |> dense(2)"},
    {"3, 5", "x |> rms_norm |> layer_norm"},
    {"3, 4", "concat(x |> dense(2), x)"},
    {"7, 5, 2",
     "y = x |> conv2d(2, 1)\nconcat(y |> max_pool2d(3, stride = 2, pad = 1), y |> avg_pool2d(3, stride = 2, "
     "pad = \"same\"))"},
    {"4, 5", "x |> dropout(0.4) |> dense(2, init = truncated_normal)"},
};

std::string program(const std::string& extents, const std::string& body, const std::string& optimizer) {
  std::string binders;
  for (std::size_t begin = 0, i = 0; begin < extents.size(); ++i) {
    const std::size_t end = std::min(extents.find(", ", begin), extents.size());
    binders += (i ? ", i" : "i") + std::to_string(i) + " < " + extents.substr(begin, end - begin);
    begin = end + 2;
  }
  return "net n(x[" + extents + "]) {\n" + body + "\n}\ntrain {\n  batch 3\n  steps 3\n  x[" + binders +
         "] = normal(0, 1)\n  minimize sum(sin(n(x))) with " + optimizer + "\n}\n";
}

std::unique_ptr<LoadedModel> loaded_model(const std::string& text) {
  auto loaded = load_text(text);
  INFO(text << loaded->diagnostics);
  REQUIRE(loaded->model);
  return loaded;
}

}  // namespace

TEST_CASE("optimizers and schedules take the steps that are computed by hand", "[steps][library]") {
  for (const Rate& rate : rates) {
    INFO(rate.optimizer);
    const auto loaded = loaded_model(
        "net n(x[]) {\n  param w = 2\n  x * w\n}\ntrain {\n  batch 3\n  steps 3\n  z = 3\n"
        "  minimize n(z) with " +
        rate.optimizer + "\n}\n");
    Compiled compiled(*loaded->model);
    compiled.run(1, 1);
    CHECK(compiled.values("n.w")[0] == Approx(rate.first).epsilon(2e-6));
    compiled.run(2, 2);
    CHECK(compiled.values("n.w")[0] == Approx(rate.second).epsilon(2e-6));
  }
}

TEST_CASE("layers train in the compiled step as in the reference", "[steps][library]") {
  for (const auto& [extents, body] : bodies) {
    const std::string text = program(extents, body, "sgd(0.05, momentum = 0.9, clip = 2)");
    INFO(text);
    const auto loaded = loaded_model(text);
    const Model& model = *loaded->model;
    Compiled compiled(model);
    const Graph graph = differentiate(model.step(batch, Mode::training));
    std::map<std::string, Tensor> given = initial_values(model);
    for (int step = 1; step <= 2; ++step) {
      given["key"] = {{}, {step * 11.0}};
      given["step"] = {{}, {step * 1.0}};
      const Values values = evaluate(graph, given);
      compiled.run(static_cast<float>(step), step * 11);
      CHECK(compiled.loss() == Approx(values.outputs.at("loss").elements[0]).epsilon(1e-4).margin(1e-5));
      for (const auto& [name, tensor] : values.next) {
        INFO(name);
        given[name] = tensor;
        const std::span<const float> found = compiled.values(name);
        for (std::size_t i = 0; i < found.size(); ++i)
          CHECK(found[i] == Approx(tensor.elements[i]).epsilon(1e-4).margin(2e-5));
      }
    }
  }
}
