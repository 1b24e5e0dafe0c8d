#include "tools/dlc/compilation.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "compiler/passes/runner/run_passes.h"
#include "compiler/reference/evaluate.h"
#include "runtime/data/standardization.h"
#include "tools/dlc/bug_report.h"

namespace dlc {

std::vector<std::string> pass_names() {
  std::vector<std::string> names;
  for (const Pass& pass : pipeline()) {
    if (std::find(names.begin(), names.end(), pass.name) == names.end()) names.emplace_back(pass.name);
  }
  return names;
}

namespace {

/// Where compiled kernels are kept from run to run; empty where no folder is known.
std::string cache_folder() {
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  if (const std::string caches = variable("XDG_CACHE_HOME"); caches.starts_with("/")) return caches + "/dlc";
  if (const std::string home = variable("HOME"); home.starts_with("/")) return home + "/.cache/dlc";
  return "";
}

/// --passes=-a,-b leaves a and b out. False after a mistake, which has been said.
bool leave_out_passes(Session& session, CompileOptions& options) {
  const std::string list = session.options().value("passes");
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::string word = list.substr(begin, end - begin);
    const std::string name = word.starts_with("-") ? word.substr(1) : word;
    if (find_pass(name) == nullptr) {
      return session.fail(ExitStatus::command_is_wrong, unknown_name("pass", name, pass_names()));
    }
    if (name == word) {
      return session.fail(ExitStatus::command_is_wrong,
                          "--passes leaves passes out: write --passes=-" + name);
    }
    options.skipped.push_back(name);
    begin = end + 1;
  }
  return true;
}

/// Adds the raw fields of the examples first … last − 1, `size` at a time (a divisor of their number), to the
/// sums.
void add_examples(const Model& model, const Part& part, std::int64_t first, std::int64_t last,
                  std::int64_t size, Compilation& compilation, Weights& weights,
                  std::vector<StandardizationSums>& sums) {
  if (first == last) return;
  BoundStep step(compilation.compile(model.raw_fields(size)), size, weights, part);
  std::vector<std::int64_t> examples(static_cast<std::size_t>(size));
  for (; first < last; first += size) {
    std::iota(examples.begin(), examples.end(), first);
    step.run(examples, {}, compilation.parallel());
    for (std::size_t f = 0; f < sums.size(); ++f) {
      const std::vector<double> values = step.result("field." + model.data.standardize[f].field);
      sums[f].add(std::span<const double>(values));
    }
  }
}

}  // namespace

Compilation::Compilation(Session& session, Target target, unsigned threads)
    : session_(&session),
      target_(std::move(target)),
      threads_(threads),
      pool_(std::make_unique<ThreadPool>(threads)) {
  options_.threads = threads;
  options_.cache = cache_folder();
}

std::optional<Compilation> Compilation::make(Session& session) {
  const std::string cpu = session.options().value("cpu");
  std::optional<Target> target = host_target(cpu);
  if (!target) {
    std::string known;
    for (const std::string& name : host_instructions()) known += " " + name;
    session.fail(ExitStatus::command_is_wrong, "--cpu " + cpu + ": this machine has" + known);
    return std::nullopt;
  }
  const std::optional<unsigned> threads = threads_of(session.options(), *target);
  if (!threads) {
    session.fail(ExitStatus::command_is_wrong, thread_range);
    return std::nullopt;
  }
  Compilation compilation(session, *std::move(target), *threads);
  if (!leave_out_passes(session, compilation.options())) return std::nullopt;
  return compilation;
}

std::optional<unsigned> threads_of(const Options& options, const Target& target) {
  if (!options.has("threads")) return target.cores;
  const unsigned long long threads = std::stoull(options.value("threads"));
  return threads == 0 || threads > 1024 ? std::nullopt : std::optional(static_cast<unsigned>(threads));
}

Step Compilation::compile(Graph graph, const Observer& observer) {
  const auto start = std::chrono::steady_clock::now();
  std::variant<Step, std::string> step =
      dlc::compile(std::move(graph), target_, reporting_mistakes(observer), options_);
  now_at("run");
  seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (const std::string* failure = std::get_if<std::string>(&step)) our_mistake(*failure);
  return std::get<Step>(std::move(step));
}

ParallelChunks Compilation::parallel() {
  return
      [pool = pool_.get()](std::int64_t chunks, const std::function<void(std::int64_t, std::int64_t)>& body) {
        pool->run(chunks, body);
      };
}

Weights initial_weights(const Model& model, std::uint64_t seed) {
  Weights weights;
  for (const Kept& kept : model.kept) weights.add(kept.name, kept.shape, kept.trained);
  for (const Standardize& line : model.data.standardize) {  // `standardize` measures these.
    weights.add("data." + line.field + ".mean", line.figures, false);
    weights.add("data." + line.field + ".deviation", line.figures, false);
  }
  const Values values =
      evaluate(model.initial, {{step_input::key, Tensor{{}, {static_cast<double>(draw_key(seed, 0))}}}});
  for (Weights::Entry& entry : weights.entries()) {
    const auto initial = values.outputs.find(entry.name);
    if (initial == values.outputs.end()) continue;
    std::transform(initial->second.elements.begin(), initial->second.elements.end(), entry.values().begin(),
                   [](double value) { return static_cast<float>(value); });
  }
  return weights;
}

std::map<std::string, Element> input_elements(const Graph& graph) {
  std::map<std::string, Element> elements;
  for (const Value& value : graph.values()) {
    if (std::holds_alternative<Input>(value.node)) elements[value.name] = value.type.element;
  }
  return elements;
}

void standardize(const Model& model, const LoadedData& data, Compilation& compilation, Weights& weights) {
  if (model.data.standardize.empty()) return;
  const Part part = data.find("train")->view();
  std::vector<StandardizationSums> sums;
  for (const Standardize& line : model.data.standardize) {
    const auto field = std::find_if(model.data.fields.begin(), model.data.fields.end(),
                                    [&](const Field& candidate) { return candidate.name == line.field; });
    sums.emplace_back(field->shape, line.pooled);
  }
  constexpr std::int64_t block = 256;
  const std::int64_t whole_blocks = part.count / block * block;
  add_examples(model, part, 0, whole_blocks, block, compilation, weights, sums);
  add_examples(model, part, whole_blocks, part.count, part.count - whole_blocks, compilation, weights, sums);
  for (std::size_t f = 0; f < sums.size(); ++f) {
    const Standardization figures = sums[f].finish();
    const std::string name = "data." + model.data.standardize[f].field;
    std::transform(figures.mean.begin(), figures.mean.end(), weights.find(name + ".mean")->values().begin(),
                   [](double mean) { return static_cast<float>(mean); });
    std::transform(figures.scale.begin(), figures.scale.end(),
                   weights.find(name + ".deviation")->values().begin(),
                   [](double scale) { return scale == 0 ? 0.0F : static_cast<float>(1 / scale); });
  }
}

}  // namespace dlc
