// Augmented fields in the compiled step: the draws of an example are its own for a whole epoch.

#include <catch2/catch.hpp>
#include <map>
#include <numeric>

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

constexpr std::int64_t examples = 11;
constexpr std::int64_t pixels = 5 * 4 * 2;

/// A step whose prediction is the field as the net sees it.
std::unique_ptr<LoadedModel> model_with(const std::string& lines) {
  auto loaded = load_text(
      "data d {\n  train idx(image = \"i\", label = \"l\")\n  valid idx(image = \"vi\", label = \"vl\")\n"
      "  image: [5, 4, 2] = image\n" +
      lines +
      "}\nfn dimmed(x) {\n  light = uniform(0.5, 1)\n  x * light\n}\nnet n(x[h, w, c]) { x |> flatten |> "
      "dense(1) |> scalar }\n"
      "train {\n  data d\n  batch 7\n  epochs 2\n  minimize n(image)^2 with sgd\n  predict image = "
      "image\n}\n");
  INFO(loaded->diagnostics);
  REQUIRE(loaded->model);
  return loaded;
}

struct Data {
  std::vector<float> rows = std::vector<float>(examples * pixels);
  Part part;

  Data() {
    std::iota(rows.begin(), rows.end(), 1.0F);
    part = {"train", examples, {{"image", std::as_bytes(std::span<const float>(rows)), pixels * 4}}};
  }
};

Weights weights_of(const Model& model) {
  Weights weights;
  for (const Kept& kept : model.kept) weights.add(kept.name, kept.shape, kept.trained);
  return weights;
}

/// What the net sees of these examples.
std::vector<double> seen(const Model& model, const std::vector<std::int64_t>& chosen, std::int32_t epoch_key,
                         Mode mode = Mode::training) {
  const Data data;
  Weights weights = weights_of(model);
  const auto batch = static_cast<std::int64_t>(chosen.size());
  std::variant<Step, std::string> step = compile(model.step(batch, mode), *host_target());
  REQUIRE(std::holds_alternative<Step>(step));
  BoundStep bound(std::get<Step>(std::move(step)), batch, weights, data.part);
  StepNumbers numbers;
  numbers.epoch_key = epoch_key;
  bound.run(chosen, numbers, [](std::int64_t chunks, const auto& body) { body(0, chunks); });
  return bound.result("predict");
}

std::vector<double> row(const std::vector<double>& all, std::size_t at) {
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at * pixels);
  return {begin, begin + pixels};
}

const std::string crop_and_flip = "  augment image = image |> random_crop(2) |> random_flip\n";

}  // namespace

TEST_CASE("an example is augmented alike in every batch, and anew in another epoch", "[steps][augment]") {
  const auto loaded = model_with(crop_and_flip);
  const std::vector<std::int64_t> chosen = {9, 0, 3, 10, 4, 1, 6};
  const std::vector<double> together = seen(*loaded->model, chosen, 77);
  int changed = 0;
  const Data data;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    CHECK(row(together, i) == seen(*loaded->model, {chosen[i]}, 77));
    const auto first = data.rows.begin() + static_cast<std::ptrdiff_t>(chosen[i] * pixels);
    if (row(together, i) != std::vector<double>(first, first + pixels)) ++changed;
  }
  CHECK(changed >= 4);
  CHECK(together != seen(*loaded->model, chosen, 78));
}

TEST_CASE("outside of training nothing is augmented", "[steps][augment]") {
  const auto loaded = model_with(crop_and_flip);
  const Data data;
  CHECK(seen(*loaded->model, {2, 5}, 77, Mode::evaluation) ==
        seen(*model_with("")->model, {2, 5}, 77, Mode::evaluation));
  CHECK(row(seen(*loaded->model, {2, 5}, 77, Mode::evaluation), 1)[0] == 5 * pixels + 1);
}

TEST_CASE("the reference augments as the compiled step does", "[steps][augment]") {
  const auto loaded = model_with(crop_and_flip + "  augment image = dimmed(image)\n");
  const std::vector<std::int64_t> chosen = {8, 8, 2};
  std::map<std::string, Tensor> given = {{"epoch_key", {{}, {-5}}}, {"example", {{3}, {8, 8, 2}}}};
  const Data data;
  Tensor& image = given["image"] = {{3, 5, 4, 2}, {}};
  for (const std::int64_t example : chosen) {
    const auto first = data.rows.begin() + static_cast<std::ptrdiff_t>(example * pixels);
    image.elements.insert(image.elements.end(), first, first + pixels);
  }
  for (const Kept& kept : loaded->model->kept)
    given[kept.name] = {kept.shape, std::vector<double>(static_cast<std::size_t>(count(kept.shape)))};
  const Values values = evaluate(differentiate(loaded->model->step(3, Mode::training)), given);
  const std::vector<double> wanted = values.outputs.at("predict").elements;
  const std::vector<double> found = seen(*loaded->model, chosen, -5);
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == Approx(wanted[i]));
  CHECK(row(found, 0) == row(found, 1));
}

TEST_CASE("lines of a data block act in the order written", "[steps][augment]") {
  const auto after = model_with("  augment image = image + 1\n  augment image = image * 3\n");
  CHECK(seen(*after->model, {0}, 1)[0] == 6);
  const auto before = model_with("  augment image = image * 3\n  augment image = image + 1\n");
  CHECK(seen(*before->model, {0}, 1)[0] == 4);
}
