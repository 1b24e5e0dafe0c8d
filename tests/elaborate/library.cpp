#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "compiler/differentiate/differentiate.h"
#include "compiler/reference/evaluate.h"
#include "dsl/elaborate/graphs.h"
#include "tests/elaborate/load.h"

namespace dlc::tests {

namespace {

using Tensors = std::map<std::string, Tensor>;

struct Case {
  std::string name;
  std::string input;  // extents of what the net takes
  std::string body;   // of x, of that shape: a value of any shape
};

/// The body of a net whose input is scaled by a parameter, so that the gradient goes through all of it.
std::string program(const Case& each) {
  std::string binders;
  std::string extents = each.input;
  for (std::size_t i = 0, begin = 0; begin < extents.size(); ++i) {
    const std::size_t end = std::min(extents.find(", ", begin), extents.size());
    binders += (i ? ", i" : "i") + std::to_string(i) + " < " + extents.substr(begin, end - begin);
    begin = end + 2;
  }
  return "net n(x[" + extents + "]) {\n  param scale[" + extents +
         "] = 1 + 0.3 * normal(0, 1)\n  x = x * scale\n" + each.body +
         "\n}\ntrain {\n  batch 3\n  steps 1\n  x[" + binders +
         "] = normal(0, 1)\n  minimize sum(sin(n(x))) with sgd(1)\n}\n";
}

Tensor scalar(double value) {
  return {{}, {value}};
}

Tensors step_inputs() {
  return {{"key", scalar(7)},
          {"step", scalar(1)},
          {"steps", scalar(10)},
          {"epoch", scalar(1)},
          {"epochs", scalar(1)}};
}

Graph loss_alone(const Graph& step) {
  Graph graph;
  std::map<ValueId, ValueId> copied;
  for (const Output& output : step.outputs) {
    if (output.name == "loss")
      graph.outputs.push_back({"loss", copy_into(graph, step, output.value, copied)});
  }
  return graph;
}

/// The names of functions, layers and optimizers that are called where these texts are elaborated: those that
/// they name, and those that these call.
std::set<std::string> called_from(const std::string& texts,
                                  const std::map<std::string, std::string>& entries) {
  std::set<std::string> called;
  std::vector<std::string> open = {texts};
  while (!open.empty()) {
    const std::string text = std::move(open.back());
    open.pop_back();
    std::string word;
    bool in_string = false;
    for (const char letter : text + " ") {
      if (letter == '"') in_string = !in_string;
      if (in_string) continue;
      if (std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_') {
        word += letter;
        continue;
      }
      const auto entry = entries.find(word);
      if (entry != entries.end() && called.insert(word).second) open.push_back(entry->second);
      word.clear();
    }
  }
  return called;
}

/// All entries of the library: name, and the text of the declaration.
std::map<std::string, std::string> library_entries() {
  Sources sources;
  Diagnostics diagnostics;
  std::map<std::string, std::string> entries;
  for (const Tree& tree : parse_library(sources, diagnostics)) {
    for (const tree::Declaration& declaration : tree.declarations) {
      const auto* function = std::get_if<tree::Function>(&declaration.what);
      if (function) entries.emplace(function->name.text, sources.text(declaration.range));
    }
  }
  return entries;
}

void check_gradients(const Case& each) {
  const std::unique_ptr<Loaded> loaded = load(program(each));
  INFO(each.name << "\n" << program(each) << loaded->messages());
  REQUIRE(loaded->model);
  const Model& model = *loaded->model;
  REQUIRE(broken_rule(model.initial).value_or("") == "");
  const Graph step = model.step(3, Mode::training);
  REQUIRE(broken_rule(step).value_or("") == "");
  REQUIRE(broken_rule(model.step(3, Mode::evaluation)).value_or("") == "");
  Tensors given = step_inputs();
  for (const auto& [name, tensor] : evaluate(model.initial, given).outputs) given[name] = tensor;
  const Values values = evaluate(differentiate(step), given);
  const Graph loss = loss_alone(step);
  std::mt19937 random(1);
  for (const Kept& kept : model.kept) {
    if (!kept.trained) continue;
    INFO(kept.name);
    REQUIRE(values.next.contains(kept.name));
    Tensor& tensor = given[kept.name];
    for (int sample = 0; sample < 6; ++sample) {
      const std::size_t at = random() % tensor.elements.size();
      const double here = tensor.elements[at];
      const double gradient = here - values.next.at(kept.name).elements[at];
      constexpr double width = 1e-5;
      tensor.elements[at] = here + width;
      const double above = evaluate(loss, given).outputs.at("loss").elements[0];
      tensor.elements[at] = here - width;
      const double below = evaluate(loss, given).outputs.at("loss").elements[0];
      tensor.elements[at] = here;
      INFO("element " << at);
      CHECK(gradient == Approx((above - below) / (2 * width)).epsilon(1e-4).margin(1e-6));
    }
  }
}

const std::vector<Case> cases = {
    {"dense", "5", "x |> dense(3)"},
    {"dense row by row", "2, 5", "x |> dense(3, bias = false)"},
    {"matmul", "3, 4", "y[j, i] = x[i, j]\nmatmul(x, y)"},
    {"conv1d", "9, 3", "x |> conv1d(4, 3, stride = 2, pad = 1, dilation = 2)"},
    {"conv2d", "7, 5, 2", "x |> conv2d(3, 3)"},
    {"conv2d strided", "7, 6, 3", "x |> conv2d(4, 3, stride = 2, pad = 1)"},
    {"conv2d dilated", "7, 8, 3", "x |> conv2d(2, 3, pad = 2, dilation = 2, bias = false)"},
    {"conv2d grouped", "5, 5, 4", "x |> conv2d(6, 3, stride = 3, groups = 2, pad = \"same\")"},
    {"depthwise_conv2d", "5, 4, 3", "x |> depthwise_conv2d(3, pad = 1, multiplier = 2)"},
    {"conv_transpose2d", "3, 4, 3", "x |> conv_transpose2d(2, 4, stride = 2, pad = 1)"},
    {"max_pool2d", "7, 5, 2", "x |> max_pool2d(3, stride = 2, pad = 1)"},
    {"max_pool2d plain", "5, 5, 2", "x |> max_pool2d"},
    {"avg_pool2d", "7, 5, 2", "x |> avg_pool2d(3, stride = 2, pad = \"same\")"},
    {"global_avg_pool2d", "4, 5, 2", "x |> global_avg_pool2d"},
    {"flatten", "3, 4", "x |> flatten |> dense(2)"},
    {"concat", "3, 4", "concat(x, tanh(x))"},
    {"upsample2d", "2, 3, 2", "x |> upsample2d(2)"},
    {"last", "4, 3", "x |> last"},
    {"reverse", "4, 3", "x |> reverse"},
    {"scalar", "4", "x |> dense(1) |> scalar"},
    {"batch_norm", "3, 2", "x |> batch_norm"},
    {"layer_norm", "3, 5", "x |> layer_norm"},
    {"rms_norm", "3, 5", "x |> rms_norm"},
    {"dropout", "4, 5", "x |> dropout(0.4) |> dense(2)"},
    {"embedding", "4", "token[i < 4] = integer(3 * i / 2, 6)\nx + (token |> embedding(6, 4) |> last)"},
    {"one_hot", "4", "x * one_hot(2, 4)"},
    {"rotary_embedding", "3, 6", "x |> rotary_embedding"},
    {"attention", "4, 6", "x |> attention(2)"},
    {"attention causal", "4, 6", "x |> attention(3, causal = true, rotary = true)"},
    {"cross_attention", "3, 4", "y[i < 2, j] = x[i, j] * 2\ncross_attention(x, y, 2)"},
    {"activations", "8",
     "sigmoid(x) + softplus(x) + swish(x) + gelu(x) + leaky_relu(x) + elu(x) + clamp(x, -1, 1) + relu(x)"},
    {"softmax", "3, 4", "softmax(x) + log_softmax(x)"},
    {"cross_entropy", "3, 4", "label[i < 3] = i\ncross_entropy(x, label)"},
    {"losses", "4",
     "y = x * 0.5 + 0.1\nmse(x, y) + mae(x, y) + huber(x, y, 0.3) + hinge(x, -1) + mean(bce(x, sigmoid(y)))"},
    {"random_flip", "3, 4, 2", "x |> random_flip"},
    {"random_crop", "5, 4, 2", "x |> random_crop(1)"},
    {"initializers", "6",
     "x |> dense(3, init = he_uniform) |> dense(3, init = he_normal) |> dense(3, init = lecun_normal) "
     "|> dense(3, init = glorot_normal) |> dense(3, init = truncated_normal) "
     "|> dense(3, init = zeros) |> dense(2, init = small_normal)"},
    {"choice", "6", "if x > 0 { log(x) } else { x }"},
    {"scatter by a lookup", "4",
     "place[i < 3] = integer(i * i / 2, 4)\ny[i] = x[place[i]] * (x[i + 1] else 0)"},
};

const std::vector<std::string> optimizers = {
    "sgd(0.1)",
    "sgd(0.1, momentum = 0.9)",
    "sgd(cosine(0.1, 0, step / steps), momentum = 0.9, nesterov = true, decay = 1e-4)",
    "adam",
    "adam(1e-3, clip = 1)",
    "adamw(warmup_cosine(1e-3, 0, step, 10, steps), decay = 0.1)",
    "rmsprop(inverse_time(0.1, 0.1, step))",
    "adagrad(step_decay(0.1, 0.5, 10, step), clip = 2)",
    "sgd(warmup(exponential(0.1, 0.9, epoch), step, 5))"};

/// What has no gradient to compare: it is elaborated, and its step is computed.
const std::vector<Case> without_gradient = {
    {"accuracy", "3, 4", "label[i < 3] = i\nscore = number(accuracy(x, label))\nscore + mean(x)"},
    {"top_k", "3, 4", "label[i < 3] = i\nscore = number(top_k(x, label, 2))\nscore + mean(x)"},
    {"binary_accuracy", "4", "number(binary_accuracy(x, 1)) + mean(x)"},
    {"confusion", "4", "confusion(x, integer(3 * x[0] / 9, 3)) + mean(x)"},
};

/// What is answered by not-yet. With `scan` these become cases.
const std::vector<Case> waits_for_scan = {
    {"simple_rnn", "4, 3", "x |> simple_rnn(2)"},
    {"lstm", "4, 3", "x |> lstm(2)"},
    {"gru", "4, 3", "x |> gru(2)"},
    {"orthogonal", "4, 3", "x |> dense(2, init = orthogonal)"},
};

}  // namespace

TEST_CASE("gradients through the library are those of differences", "[elaborate][library]") {
  for (const Case& each : cases) check_gradients(each);
}

TEST_CASE("what has no gradient gives a sound step", "[elaborate][library]") {
  for (const Case& each : without_gradient) {
    const std::unique_ptr<Loaded> loaded = load(program(each));
    INFO(each.name << "\n" << program(each) << loaded->messages());
    REQUIRE(loaded->model);
    const Graph step = loaded->model->step(3, Mode::training);
    REQUIRE(broken_rule(step).value_or("") == "");
    Tensors given = step_inputs();
    for (const auto& [name, tensor] : evaluate(loaded->model->initial, given).outputs) given[name] = tensor;
    CHECK(std::isfinite(evaluate(loss_alone(step), given).outputs.at("loss").elements[0]));
  }
}

TEST_CASE("what waits for scan says so, and nothing else is wrong with it", "[elaborate][library]") {
  for (const Case& each : waits_for_scan) {
    const std::unique_ptr<Loaded> loaded = load(program(each));
    INFO(each.name << "\n" << program(each) << loaded->messages());
    REQUIRE(!loaded->model);
    const std::string messages = loaded->messages();
    std::size_t errors = 0;
    for (std::size_t at = 0; (at = messages.find(": error:", at)) != std::string::npos; ++at) ++errors;
    CHECK(errors == 1);
    CHECK(messages.find("[not-yet]") != std::string::npos);
  }
}

TEST_CASE("each entry of the library is checked by a case", "[elaborate][library]") {
  std::string texts;
  for (const std::vector<Case>& list : {cases, without_gradient, waits_for_scan}) {
    for (const Case& each : list) texts += each.body + "\n";
  }
  for (const std::string& optimizer : optimizers) texts += optimizer + "\n";
  texts += "mse l2 l1";  // as in the test of optimizers
  const std::map<std::string, std::string> entries = library_entries();
  REQUIRE(entries.size() > 60);
  const std::set<std::string> called = called_from(texts, entries);
  for (const auto& [name, text] : entries) {
    if (!called.contains(name)) FAIL_CHECK("no case in tests/elaborate/library.cpp calls " << name);
  }
}

TEST_CASE("all optimizers give sound steps", "[elaborate][library]") {
  for (const std::string& optimizer : optimizers) {
    const std::string text =
        "net n(x[k]) { x |> dense(3) }\ntrain {\n  batch 4\n  steps 10\n  x[i < 5] = normal(0, 1)\n"
        "  minimize mse(n(x), 1) + 1e-3 * l2(n) + 1e-4 * l1(n.dense_1.w) with " +
        optimizer + "\n}\n";
    const std::unique_ptr<Loaded> loaded = load(text);
    INFO(text << loaded->messages());
    REQUIRE(loaded->model);
    const Graph step = loaded->model->step(4, Mode::training);
    CHECK(broken_rule(step).value_or("") == "");
    Tensors given = step_inputs();
    for (const auto& [name, tensor] : evaluate(loaded->model->initial, given).outputs) given[name] = tensor;
    const Values values = evaluate(differentiate(step), given);
    const std::vector<double>& next = values.next.at("n.dense_1.w").elements;
    CHECK(std::all_of(next.begin(), next.end(), [](double value) { return std::isfinite(value); }));
    CHECK(next != given.at("n.dense_1.w").elements);
  }
}

TEST_CASE("a convolution copied under another name gives the same graph", "[elaborate][library]") {
  const std::string layers = read_text(std::string(DLC_SOURCE_DIR) + "/dsl/std/layers.net");
  const std::size_t begin = layers.find("layer conv2d(");
  std::string copy = layers.substr(begin, layers.find("\n}\n", begin) + 3 - begin);
  copy.replace(6, 6, "mine00");
  const auto graph_of = [](const std::string& text) {
    const std::unique_ptr<Loaded> loaded = load(text);
    INFO(text << loaded->messages());
    REQUIRE(loaded->model);
    std::string result;
    std::istringstream lines(print(loaded->model->step(2, Mode::training)));
    for (std::string line; std::getline(lines, line);) {
      line = line.substr(0, line.find("  # "));
      for (std::size_t at = 0; (at = line.find("mine00", at)) != std::string::npos;)
        line.replace(at, 6, "conv2d");
      result += line + "\n";
    }
    return result;
  };
  const std::string train =
      "train {\n  batch 2\n  steps 1\n  x[i < 7, j < 6, k < 4] = normal(0, 1)\n  minimize sum(n(x)) with "
      "sgd(1)\n}\n";
  const std::string arguments = "(6, 3, stride = 2, pad = \"same\", groups = 2)";
  CHECK(graph_of("net n(x[h, w, c]) { x |> conv2d" + arguments + " |> flatten }\n" + train) ==
        graph_of("net n(x[h, w, c]) { x |> mine00" + arguments + " |> flatten }\n" + train + copy));
}

}  // namespace dlc::tests
