#include <catch2/catch.hpp>
#include <cmath>

#include "compiler/reference/evaluate.h"
#include "tests/elaborate/load.h"

namespace dlc::tests {

namespace {

struct Case {
  std::string lines;   // of a train block with a batch of 1
  std::string result;  // an expression
  std::vector<double> expected;
  std::string declarations = {};
};

const std::vector<Case> cases = {
    // Settings.
    {"", "2^3 + 7 // 2 + 7 % 4 - 2^(0 - 1)", {8 + 3 + 3 - 0.5}},
    {"", "(0 - 7) // 2 * 10 + (0 - 7) % 2", {-39}},
    {"", "if 1 == 1.0 and not \"a\" == 1 { 1 } else { 0 }", {1}},
    {"", "count([4, 5, 6]) + [4, 5, 6][1]", {8}},
    {"a = [[1, 2], [3, 4]]", "a[1][0] * 10 + a[0, 1]", {32}},
    {"", "2 * -3^2 - max(2, 5) + min(2.5, 5)", {-18 - 5 + 2.5}},
    {"", "wide(3)", {3 + 6}, "fn wide(size: int, stride: int = 2 * size) = size + stride"},
    // Indices and ranges.
    {"v[i < 4] = (i - 3) // 2 * 10 + (i - 3) % 2", "v", {-19, -10, -9, 0}},
    {"a = [1, 2, 4, 8]\nv[i] = a[i] + (a[i - 1] else 0)", "v", {1, 3, 6, 12}},
    {"a = [1, 2, 4, 8]\nv[i] = a[i + 1] - a[i]", "v", {1, 2, 4, -4 + 0 * 8}, ""},
    {"a = [1, 2, 4, 8]\nv[i < 3] = a[i + 1] - a[i]", "v", {1, 2, 4}},
    {"a = [1, 2, 4, 8]\nv[i] = sum[k < 2] a[2*i + k]", "v", {3, 12}},
    {"a = [1, 2, 4, 8]\nv[i] = a[3 - i]", "v", {8, 4, 2, 1}},
    {"a = [1, 2, 4]\nv[i < 2] = a[i - 1] else a[i + 5] else 7", "v", {7, 1}},
    {"a = [5, 7, 9]\np[i < 3] = 2 - i\nv[i] = a[p[i]]", "v", {9, 7, 5}},
    {"a = [[1, 2, 3], [4, 5, 6]]\nv[j, i] = a[i, j]", "v", {1, 4, 2, 5, 3, 6}},
    {"a = [[1, 2, 3], [4, 5, 6]]\nm[i, j] = 1.0 * a[i, j]", "m[1, ..] + m[0, ..]", {5, 7, 9}},
    {"a = [[1, 2, 3], [4, 5, 6]]\nm[i, j] = 1.0 * a[i, j]", "m[.., 2]", {3, 6}},
    // Reducers.
    {"a = [3, 1, 3, 2]", "10 * (argmax[i] a[i]) + (argmin[i] a[i])", {1}},
    {"a = [3, 1, 3, 2]",
     "(sum[i] a[i]) + (product[i] a[i]) * 100 + (mean[i] a[i]) + (max[i] a[i]) - min(1, 2)",
     {9 + 1800 + 2.25 + 3 - 1}},
    {"a = [3, 1, 3, 2]", "number(any[i] (a[i] > 2)) * 10 + number(all[i] (a[i] > 2))", {10}},
    {"a = [[1, 2], [3, 4]]\nm[i, j] = a[i, j] * 0.5\nv[i] = m[i, 0] - mean(m) + sum(m[i, ..])",
     "v",
     {0.5 - 1.25 + 1.5, 1.5 - 1.25 + 3.5}},
    // The rank rule.
    {"a = [[1, 2], [3, 4]]\nm[i, j] = a[i, j] * 0.5", "sum(softmax(m)) + count(softmax(m))", {2 + 4}},
    {"a = [[1, 2], [3, 4]]\nm[i, j] = a[i, j] * 1.0",
     "norm(m, [1, 1])",
     {3, 7},
     "fn norm(x[n], w[n]) = sum(x * w)"},
    {"a = [[1, 2], [3, 4]]\nm[i, j] = a[i, j] * 1.0",
     "halves(m)",
     {1, 3, 2, 4},
     "fn halves(x[s.., n]) { y[k < n, s..] = x[s.., k] }"},
    {"a = [[1, 2], [3, 4]]\nm[i, j] = a[i, j] * 1.0",
     "centred(m)",
     {-1, -1, 1, 1},
     "fn centred(x[.., c]) {\n  m[j] = mean[..] x[.., j]\n  y[.., j] = x[.., j] - m[j]\n}"},
    {"a = [[1, 2], [3, 4]]\nm[i, j] = a[i, j] * 1.0", "five(m)", {5, 5}, "fn five(x[n]) = 5"},
    {"u = [1.5, 2]\nw = [3, 4.5]", "concat(u, w)", {1.5, 2, 3, 4.5}},
    {"a, b = both([1, 5, 2])", "a * 10 + b", {85}, "fn both(x[n]) { (sum(x), max(x)) }"},
    // Choices, lists of values, conversions.
    {"a = [0.0, 1]\nv[i] = if a[i] > 0 { log(a[i]) + 2 } else { 9 }", "v", {9, 2}},
    {"x = [1, 4]\ny[i] = 1.0 * x[i]", "[sqrt(y), y]", {1, 2, 1, 4}},
    {"v[i < 3] = integer(i * 1.7 - 1, 2)", "v", {0, 0, 1}},
    {"x = 2\nrepeat i < 3 { x = x * x + i }", "x", {(16.0 + 1) * 17 + 2}},
    {"m[i < 2, j < 3] = i * 3 + j * 1.0", "reshape(m, 3, 2) |> flatten", {0, 1, 2, 3, 4, 5}},
    {"m[i < 2, j < 3] = i * 3 + j * 1.0", "count(m) + [7, 8][shape(m)[0] - 1]", {14}},
    // The library, by hand. Windows of 1 … 6 and of 1 … 5, each in two channels, the second ten times the
    // first.
    {"", "window_before(6, 3, 2, \"same\", 1) * 10 + window_before(5, 3, 2, \"same\", 1)", {1}},
    {"m[i < 6, j < 1, c < 1] = i + 1.0",
     "convolved(m)",
     {6, 12, 11},
     "fn ones(a: int, b: int) = 1\n"
     "net convolved(x[h, w, c]) { x |> conv2d(1, 3, stride = 2, pad = \"same\", bias = false, init = ones) "
     "}"},
    {"m[i < 5, j < 1, c < 2] = (i + 1.0) * (1 + 9 * c)",
     "each(m)",
     {3, 30, 9, 90, 9, 90},
     "fn ones(a: int, b: int) = 1\n"
     "net each(x[h, w, c]) { x |> depthwise_conv2d(3, stride = 2, pad = \"same\", bias = false, init = ones) "
     "}"},
    {"m[i < 2, j < 1, c < 1] = i + 1.0",
     "wider(m)",
     {1, 1, 3, 2, 2},
     "fn ones(a: int, b: int) = 1\n"
     "net wider(x[h, w, c]) { reshape(reshape(x, 1, 2, 1) |> conv_transpose2d(1, 3, stride = 2, bias = "
     "false, init = ones), 3, 5)[0, ..] }"},
    {"m = [3.0, 4]\nv[i] = m[i]",
     "normed(v)",
     {3 / std::sqrt(12.5), 4 / std::sqrt(12.5)},
     "net normed(x[n]) { x |> rms_norm(epsilon = 0) }"},
    {"m = [3.0, 4]\nv[i] = m[i]",
     "normed(v)",
     {3 / std::sqrt(1.5), 4 / std::sqrt(1.5)},
     "net normed(x[n]) { x |> batch_norm(epsilon = 0.5) }"},
    {"a = [1.0, 2]\nb[i] = a[i]\nb[i] = b[i] + a[i]", "b", {2, 4}},
};

}  // namespace

TEST_CASE("expressions are what the language says", "[elaborate]") {
  for (const Case& each : cases) {
    const std::string text =
        each.declarations +
        "\nnet n(x[k]) { x |> dense(1) }\ntrain {\n  batch 1\n  steps 1\n  z[i < 2] = 1\n" + each.lines +
        "\n  minimize sum(n(z)) with sgd\n  metric out = " + each.result + "\n}\n";
    const std::unique_ptr<Loaded> loaded = load(text);
    INFO(text << loaded->messages());
    if (each.lines.find("a[i + 1] - a[i]") != std::string::npos &&
        each.lines.find("< 3") == std::string::npos) {
      CHECK(!loaded->model);  // The index alone decides the range; the other read is then outside.
      continue;
    }
    REQUIRE(loaded->model);
    std::map<std::string, Tensor> given = {{"key", {{}, {1}}}};
    for (const auto& [name, tensor] : evaluate(loaded->model->initial, given).outputs) given[name] = tensor;
    const Graph graph = loaded->model->step(1, Mode::evaluation);
    REQUIRE(broken_rule(graph).value_or("") == "");
    const Tensor result = evaluate(graph, given).outputs.at("metric.out");
    REQUIRE(result.elements.size() == each.expected.size());
    for (std::size_t i = 0; i < each.expected.size(); ++i)
      CHECK(result.elements[i] == Approx(each.expected[i]));
  }
}

TEST_CASE("a chain of operators may be long, but not endless", "[elaborate]") {
  const auto chain = [](int length) {
    std::string sum = "1";
    for (int i = 1; i < length; ++i) sum += " + 1";
    return load("const a = " + sum + "\n");
  };
  const std::unique_ptr<Loaded> fine = chain(900);
  REQUIRE(fine->model);
  CHECK(fine->model->constants.at("a") == Setting{std::int64_t{900}});
  const std::unique_ptr<Loaded> endless = chain(50000);
  CHECK(!endless->model);
  CHECK(endless->messages().find("[too-deep]") != std::string::npos);
}

TEST_CASE("draws depend on their own place and not on what stands around it", "[elaborate]") {
  const auto initial = [](const std::string& body) {
    const std::unique_ptr<Loaded> loaded = load("net n(x[4]) {\n" + body +
                                                "\n}\ntrain {\n  batch 1\n  steps 1\n"
                                                "  z[i < 4] = 1\n  minimize sum(n(z)) with sgd\n}\n");
    INFO(loaded->messages());
    REQUIRE(loaded->model);
    return evaluate(loaded->model->initial, {{"key", {{}, {3}}}}).outputs;
  };
  const auto plain = initial("x |> dense(3)");
  const auto drawn = initial("noise = normal(0, 1)\n(x * noise) |> dense(3)");
  const auto longer = initial("x |> dense(3) |> relu |> dense(3)");
  CHECK(plain.at("n.dense_1.w").elements == longer.at("n.dense_1.w").elements);
  CHECK(plain.at("n.dense_1.w").elements == drawn.at("n.dense_1.w").elements);
  CHECK(longer.at("n.dense_1.w").elements != longer.at("n.dense_2.w").elements);
}

TEST_CASE("bytes of a file stay bytes, classes become integers", "[elaborate][data]") {
  ElaborateOptions options;
  options.find_column = [](const DataReader& reader,
                           const std::string& column) -> std::optional<ColumnFacts> {
    CHECK(reader.arguments.size() == 2);
    if (column == "image") return ColumnFacts{false, Element::u8, {28, 28}, {}};
    return ColumnFacts{false, Element::u8, {}, {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}};
  };
  const std::unique_ptr<Loaded> loaded =
      load(read_text(std::string(DLC_SOURCE_DIR) + "/examples/fashion.net"), options);
  INFO(loaded->messages());
  REQUIRE(loaded->model);
  for (const Mode mode : {Mode::training, Mode::evaluation}) {
    const Graph step = loaded->model->step(32, mode);
    CHECK(broken_rule(step).value_or("") == "");
    const Type& image = step[*step.find("image")].type;
    CHECK(image.element == Element::u8);
    CHECK(image.shape == Shape{32, 28, 28});
    const Type& label = step[*step.find("label")].type;
    CHECK(label.kind == Kind::integer);
    CHECK(label.most == 9);
  }
  CHECK(loaded->model->data.fields.at(0).shape == Shape{28, 28, 1});
  CHECK(loaded->model->data.fields.at(1).class_names.at(9) == "ankle boot");
  CHECK(loaded->model->data.fields.at(1).class_column == "label");
}

TEST_CASE("the data block of the wines is described", "[elaborate][data]") {
  ElaborateOptions options;
  options.find_column = [](const DataReader& reader,
                           const std::string& column) -> std::optional<ColumnFacts> {
    CHECK(reader.reader == "csv");
    ColumnFacts facts;
    if (column == "cultivar") facts.distinct = {"1", "2", "3"};
    return facts;
  };
  options.overrides = {{"batch", "all"}, {"epochs", "7"}, {"rate", "0.5"}};
  const std::unique_ptr<Loaded> loaded =
      load(read_text(std::string(DLC_SOURCE_DIR) + "/examples/wine.net"), options);
  INFO(loaded->messages());
  REQUIRE(loaded->model);
  CHECK(loaded->diagnostics.empty());
  const Model& model = *loaded->model;
  CHECK(model.train.batch_is_all);
  CHECK(model.train.epochs == 7);
  CHECK(model.constants.at("rate") == Setting{0.5});
  REQUIRE(model.data.columns.size() == 2);
  CHECK(model.data.columns[0].columns.size() == 13);
  CHECK(model.data.columns[0].shape == Shape{13});
  CHECK(model.data.columns[1].is_class);
  CHECK(model.data.columns[1].classes == 3);
  REQUIRE(model.data.split);
  CHECK(model.data.split->stratify == "cultivar");
  REQUIRE(model.data.standardize.size() == 1);
  CHECK(model.data.standardize[0].figures == Shape{13});
  CHECK(model.train.keep->metric == "accuracy");
  CHECK(model.train.stop->epochs == 20);
  CHECK(model.train.stop->better == Direction::lowest);
  const Graph raw = model.raw_fields(5);
  REQUIRE(raw.outputs.size() == 1);
  CHECK(raw.outputs[0].name == "field.x");
  CHECK(raw[raw.outputs[0].value].type.shape == Shape{5, 13});
  const Graph step = model.step(124, Mode::training);
  CHECK(step.find("data.x.mean"));
  CHECK(step[*step.find("cultivar")].type.most == 2);
  CHECK(model.nets.at(0).parameters == 13 * 16 + 16 + 16 * 3 + 3);
  CHECK(model.nets.at(0).operations == 2 * 13 * 16 + 2 * 16 * 3);
  CHECK(model.nets.at(0).layers.size() == 2);
}

TEST_CASE("used files bring their declarations, each once, but no train block", "[elaborate][use]") {
  const std::string files =
      "--- a/b.net\nuse \"../c.net\"\nnet n(x[k]) { x |> dense(wide) }\ntrain { batch 1 }\n"
      "--- c.net\nconst wide = 2 * narrow\n--- d.net\nnet n(x[k]) { x }\n";
  const std::string text =
      "use \"a/b.net\"\nuse \"c.net\"\nconst narrow = 3\ntrain {\n  batch 1\n  steps 1\n  z[i < 2] = 1\n"
      "  minimize sum(n(z)) with sgd\n}\n";
  const std::unique_ptr<Loaded> loaded = load(text, {}, files);
  INFO(loaded->messages());
  REQUIRE(loaded->model);
  CHECK(loaded->files.size() == 3);
  CHECK(loaded->model->kept.front().shape == Shape{2, 6});
  const std::unique_ptr<Loaded> twice = load("use \"d.net\"\n" + text, {}, files);
  CHECK(!twice->model);
  CHECK(twice->messages().find("a/b.net:2:5: error: `n` is declared twice [declared-twice]") !=
        std::string::npos);
  CHECK(twice->messages().find("d.net:1:5") != std::string::npos);
}

TEST_CASE("metrics of metrics are computed from what was measured", "[elaborate][metrics]") {
  const std::unique_ptr<Loaded> loaded = load(
      "const half = 0.5\nnet n(x[k]) { x |> dense(2) }\nfn double(x) = 2 * x\ntrain {\n  batch 4\n  steps 1\n"
      "  z[i < 2] = normal(0, 1)\n  kind = integer(uniform(0, 2), 2)\n  minimize cross_entropy(n(z), kind) "
      "with sgd\n"
      "  metric counts = confusion(n(z), kind)\n  metric perplexity = exp(loss)\n"
      "  metric precision = counts[1, 1] / sum[i] counts[i, 1]\n  metric diagonal = double(sum[i] counts[i, "
      "i])\n"
      "  metric mixed = half * perplexity + precision\n  metric rows = sum[j] counts[0, j] * counts[1, "
      "j]\n}\n");
  INFO(loaded->messages());
  REQUIRE(loaded->model);
  std::map<std::string, Tensor> given = {{"loss", {{}, {std::log(3.0)}}}, {"counts", {{2, 2}, {5, 1, 2, 3}}}};
  const std::map<std::string, double> expected = {
      {"perplexity", 3}, {"precision", 0.75}, {"diagonal", 16}, {"mixed", 2.25}, {"rows", 13}};
  std::size_t seen = 0;
  for (const MetricDescription& metric : loaded->model->train.metrics) {
    if (!metric.of_metrics) continue;
    INFO(metric.name);
    REQUIRE(broken_rule(*metric.of_metrics).value_or("") == "");
    const Tensor value = evaluate(*metric.of_metrics, given).outputs.at("value");
    REQUIRE(value.elements.size() == 1);
    CHECK(value.elements[0] == Approx(expected.at(metric.name)));
    given[metric.name] = value;
    ++seen;
  }
  CHECK(seen == expected.size());
  for (const Output& output : loaded->model->step(4, Mode::training).outputs)
    CHECK((output.name == "loss" || output.name == "metric.counts"));
}

TEST_CASE("in a metric line the name of an earlier metric hides a value of that name",
          "[elaborate][metrics]") {
  const std::unique_ptr<Loaded> loaded = load(
      "net n(x[k]) { x |> dense(2) }\ntrain {\n  batch 4\n  steps 1\n  z[i < 2] = normal(0, 1)\n  error = 7\n"
      "  minimize sum(n(z)) with sgd\n  metric before = error\n  metric error = sum(n(z))\n"
      "  metric after = 2 * error\n}\n");
  INFO(loaded->messages());
  REQUIRE(loaded->model);
  for (const MetricDescription& metric : loaded->model->train.metrics) {
    INFO(metric.name);
    CHECK(metric.of_metrics.has_value() == (metric.name == "after"));
    if (!metric.of_metrics) continue;
    CHECK(evaluate(*metric.of_metrics, {{"error", {{}, {3}}}}).outputs.at("value").elements ==
          std::vector{6.0});
  }
}

TEST_CASE("a column may be called as one of the step's own inputs", "[elaborate][data]") {
  const std::unique_ptr<Loaded> loaded = load(
      "data d {\n  train csv(\"d.csv\", names = [\"key\", \"example\", \"y\"])\n  x: number = key\n  z: "
      "number = example\n"
      "  y: number = y\n  augment x = x * uniform(0, 1)\n}\nnet n(x[]) {\n  param w = 1\n  dropout(x * "
      "w)\n}\n"
      "train {\n  data d\n  batch 4\n  epochs 1\n  minimize (n(x) + z - y)^2 with sgd\n}\n");
  INFO(loaded->messages());
  REQUIRE(loaded->model);
  const Graph step = loaded->model->step(4, Mode::training);
  CHECK(broken_rule(step).value_or("") == "");
  CHECK(step[*step.find("key")].type.shape.empty());
  CHECK(step[*step.find("column(key)")].type.shape == Shape{4});
  CHECK(step[*step.find("example")].type.kind == Kind::integer);
  CHECK(step[*step.find("column(example)")].type.kind == Kind::number);
}

TEST_CASE("what `over` does not name gets no update", "[elaborate][over]") {
  const auto updated = [](const std::string& over) {
    const std::unique_ptr<Loaded> loaded = load(
        "net n(x[k]) { x |> dense(4) |> dense(4) as head |> dense(1) as head2 }\ntrain {\n  batch 2\n  steps "
        "1\n"
        "  z[i < 3] = normal(0, 1)\n  minimize sum(n(z)) " +
        over + " with sgd\n}\n");
    INFO(loaded->messages());
    REQUIRE(loaded->model);
    std::string names;
    const Graph step = loaded->model->step(2, Mode::training);
    for (const Value& value : step.values()) {
      if (const auto* update = std::get_if<Update>(&value.node)) names += step[update->target].name + " ";
    }
    return names;
  };
  CHECK(updated("") == "n.dense_1.w n.dense_1.b n.head.w n.head.b n.head2.w n.head2.b ");
  CHECK(updated("over n.head") == "n.head.w n.head.b ");
  CHECK(updated("over n.head.b, n.dense_1") == "n.dense_1.w n.dense_1.b n.head.b ");
}

TEST_CASE("an unknown path of `over` is told with the nearest", "[elaborate][over]") {
  const std::unique_ptr<Loaded> loaded = load(
      "net n(x[k]) { x |> dense(4) as head }\ntrain {\n  batch 2\n  steps 1\n  z[i < 3] = 1\n"
      "  minimize sum(n(z)) over n.haed with sgd\n}\n");
  CHECK(loaded->messages().find("model.net:6:27: error: there are no parameters in `n.haed`") == 0);
  CHECK(loaded->messages().find("did you mean `n.head`?") != std::string::npos);
}

}  // namespace dlc::tests
