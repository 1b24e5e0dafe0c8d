#include "tests/oracle/ways.h"

#include <cmath>
#include <sstream>

#include "compiler/differentiate/differentiate.h"
#include "compiler/passes/runner/run_passes.h"
#include "compiler/target/target.h"
#include "tests/programs/given.h"
#include "tests/programs/net_text.h"
#include "tests/programs/shaken.h"
#include "tests/programs/shrink.h"
#include "tests/steps/load_model.h"

namespace dlc::tests {

namespace {

using test::Outcome;

constexpr double shaking = 1e-6;

/// How far rounding may go: a floor relative to the tensor's largest element, and a share of what shaking
/// moves.
struct Tolerance {
  double of_size = 0;
  double of_moves = 0;
};
constexpr Tolerance in_double = {1e-9, 1e-3};
constexpr Tolerance in_single = {2e-5, 3};
constexpr Tolerance no_tolerance = {0, 0};

double size_of(const Tensor& tensor) {
  double size = 1e-3;
  for (const double element : tensor.elements) {
    if (std::isfinite(element)) size = std::max(size, std::fabs(element));
  }
  return size;
}

/// By how much two results differ at most; infinite where one is finite and the other is not.
double largest_difference(const Tensor& a, const Tensor& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.elements.size(); ++i) {
    const double x = a.elements[i];
    const double y = b.elements[i];
    if (x == y || (std::isnan(x) && std::isnan(y))) continue;
    if (!std::isfinite(x) || !std::isfinite(y)) return HUGE_VAL;
    largest = std::max(largest, std::fabs(x - y));
  }
  return largest;
}

/// Outputs by name, next values by "next NAME".
std::map<std::string, Tensor> flat(const Outcome& outcome) {
  std::map<std::string, Tensor> all = outcome.outputs;
  for (const auto& [name, tensor] : outcome.next) all["next " + name] = tensor;
  return all;
}

bool hangs_on_rounding(double moves, const Tensor& tensor) {
  return !(moves <= 1e-3 * size_of(tensor));
}

std::optional<std::string> difference(const Outcome& found, const Wanted& wanted, Tolerance tolerance) {
  const std::map<std::string, Tensor> others = flat(found);
  for (const auto& [name, tensor] : flat(wanted.values)) {
    if (!others.contains(name)) return name + " is missing";
    const Tensor& other = others.at(name);
    if (other.shape != tensor.shape) return name + " has another shape";
    const double moves = wanted.moves.at(name);
    if (wanted.has_no_number) continue;
    if (hangs_on_rounding(moves, tensor)) continue;
    const double allowed = tolerance.of_size * size_of(tensor) + tolerance.of_moves * moves;
    for (std::size_t i = 0; i < tensor.elements.size(); ++i) {
      const double a = other.elements[i];
      const double b = tensor.elements[i];
      if (a == b || (std::isnan(a) && std::isnan(b)) || std::fabs(a - b) <= allowed) continue;
      std::ostringstream text;
      text << name << "[" << i << "] is " << a << ", by the reference " << b << " (may be off by " << allowed
           << ")";
      return text.str();
    }
  }
  return std::nullopt;
}

Outcome outcome_of(const Graph& graph, const std::map<std::string, Tensor>& given) {
  const Values values = evaluate(graph, given);
  return {values.outputs, values.next};
}

std::optional<std::string> broken(const Graph& graph) {
  if (const auto rule = broken_rule(graph)) return "broken: " + *rule;
  return std::nullopt;
}

std::optional<std::string> check_alone(const Pass& pass, const Graph& before, const Wanted& wanted) {
  Remarks remarks;
  const Graph after = pass.run(before, remarks);
  if (auto rule = broken(after)) return rule;
  const Outcome found = outcome_of(after, wanted.given);
  if (auto wrong = difference(found, wanted, in_double)) return wrong;
  if (!pass.keeps_bits) return std::nullopt;
  Wanted exactly = wanted;
  exactly.values = outcome_of(before, wanted.given);
  if (auto wrong = difference(found, exactly, no_tolerance)) return "other bits: " + *wrong;
  return std::nullopt;
}

std::optional<std::string> check_in_order(const Wanted& wanted) {
  Graph now = wanted.graph;
  for (const Pass& pass : pipeline()) {
    if (auto wrong = check_alone(pass, now, wanted)) return "after " + std::string(pass.name) + ": " + *wrong;
    Remarks remarks;
    now = pass.run(now, remarks);
  }
  return std::nullopt;
}

std::optional<std::string> check_without(const std::string& pass, const Wanted& wanted) {
  PassOptions options;
  options.skip = {pass};
  const auto result = run_passes(wanted.graph, options, {});
  if (const auto* failure = std::get_if<PassFailure>(&result)) return failure->pass + ": " + failure->text;
  return wrong_graph(std::get<Graph>(result), wanted);
}

std::optional<std::string> check_step(const Graph& program, const Wanted& wanted,
                                      const std::string& instructions, const CompileOptions& options) {
  std::variant<Step, std::string> made = compile(program, host_target(instructions).value(), {}, options);
  if (const auto* failure = std::get_if<std::string>(&made)) return *failure;
  Step& step = std::get<Step>(made);
  const Outcome found = test::run(step, program, wanted.given, 1);
  if (auto wrong = difference(found, wanted, in_single)) return wrong;
  for (const unsigned threads : {2U, 3U, 5U}) {
    if (!(test::run(step, program, wanted.given, threads) == found))
      return "other bits on " + std::to_string(threads) + " threads";
  }
  return std::nullopt;
}

std::vector<std::string> names_of_passes() {
  std::vector<std::string> names;
  for (const Pass& pass : pipeline()) {
    if (&pass == find_pass(pass.name)) names.emplace_back(pass.name);
  }
  return names;
}

Way step_way(const std::string& instructions, const std::vector<std::string>& skipped) {
  std::string name = instructions;
  std::string list;
  for (const std::string& pass : skipped) list += (list.empty() ? " --passes=-" : ",-") + pass;
  if (skipped.size() == 1) name += " without " + skipped.front();
  if (skipped.size() > 1) name += " without passes";
  CompileOptions options;
  options.skipped = skipped;
  options.verify = true;
  return {name, "dlc --from=graph --cpu=" + instructions + list + " --emit=loops",
          [=](const Graph& program, const Wanted& wanted) {
            return check_step(program, wanted, instructions, options);
          }};
}

std::string comments(const Way& way, std::uint64_t seed, const std::string& wrong) {
  std::istringstream lines(wrong);
  std::string text = "# " + way.name + ", seed " + std::to_string(seed) + "\n";
  for (std::string line; std::getline(lines, line);) text += "# " + line + "\n";
  return text;
}

/// Empty where the language has no words for it, or where what it makes of them does not go wrong.
std::string wrong_file(const Way& way, const Graph& graph, std::uint64_t seed) {
  const std::optional<NetText> net = net_text_of(graph);
  if (!net) return "";
  const std::unique_ptr<LoadedModel> loaded = load_text(net->text);
  if (!loaded->model) return "";
  const Graph step = loaded->model->step(1, Mode::training);
  const auto wrong = way.check(step, wanted_of(step, seed));
  return wrong ? comments(way, seed, *wrong) + net->text : "";
}

}  // namespace

Wanted wanted_of(const Graph& program, std::uint64_t seed) {
  Wanted wanted;
  wanted.graph = differentiate(program);
  wanted.given = given_for(wanted.graph, seed);
  const Values all = evaluate(wanted.graph, wanted.given);
  wanted.values = {all.outputs, all.next};
  for (const Tensor& tensor : all.of_value) {
    for (const double element : tensor.elements) wanted.has_no_number |= std::isnan(element);
  }
  const std::map<std::string, Tensor> values = flat(wanted.values);
  const Graph other = shaken(wanted.graph, shaking);
  for (const double key : {1, 2}) {
    std::map<std::string, Tensor> given = wanted.given;
    given[shaking_key] = {{}, {key}};
    for (const auto& [name, tensor] : flat(outcome_of(other, given))) {
      double& moves = wanted.moves[name];
      moves = std::max(moves, largest_difference(tensor, values.at(name)));
    }
  }
  return wanted;
}

std::optional<std::string> wrong_graph(const Graph& graph, const Wanted& wanted) {
  return difference(outcome_of(graph, wanted.given), wanted, in_double);
}

int hang_on_rounding(const Wanted& wanted) {
  int count = 0;
  for (const auto& [name, tensor] : flat(wanted.values))
    count += wanted.has_no_number || hangs_on_rounding(wanted.moves.at(name), tensor) ? 1 : 0;
  return count;
}

std::vector<Way> ways_of_passes() {
  std::vector<Way> ways;
  for (const std::string& name : names_of_passes()) {
    const Pass* const pass = find_pass(name);
    ways.push_back(
        {"pass " + name + " alone", "dlc --from=graph --passes=" + name + " --emit=after:" + name,
         [=](const Graph&, const Wanted& wanted) { return check_alone(*pass, wanted.graph, wanted); }});
    ways.push_back({"the pipeline without " + name,
                    "dlc --from=graph --passes=-" + name + " --emit=after:dead",
                    [=](const Graph&, const Wanted& wanted) { return check_without(name, wanted); }});
  }
  ways.push_back({"the pipeline, pass by pass", "dlc --from=graph --emit=after:dead",
                  [](const Graph&, const Wanted& wanted) { return check_in_order(wanted); }});
  return ways;
}

std::vector<Way> ways_of_steps(std::uint64_t seed) {
  std::vector<Way> ways;
  const std::vector<std::string> instructions = host_instructions();
  for (const std::string& each : instructions) ways.push_back(step_way(each, {}));
  const std::vector<std::string> passes = names_of_passes();
  const std::string& one = instructions[seed / passes.size() % instructions.size()];
  ways.push_back(step_way(one, {passes[seed % passes.size()]}));
  if (seed % 4 == 0) ways.push_back(step_way(instructions[seed / 4 % instructions.size()], passes));
  return ways;
}

std::ostream& operator<<(std::ostream& out, const WrongProgram& wrong) {
  out << wrong.graph;
  if (!wrong.file.empty()) out << "\nas a .net file:\n\n" << wrong.file;
  return out;
}

std::optional<WrongProgram> first_wrong(const Graph& program, std::uint64_t seed,
                                        const std::vector<Way>& ways) {
  const Wanted wanted = wanted_of(program, seed);
  for (const Way& way : ways) {
    if (!way.check(program, wanted)) continue;
    const Graph small = shrunk(program, [&](const Graph& candidate) {
      return way.check(candidate, wanted_of(candidate, seed)).has_value();
    });
    const std::string wrong = way.check(small, wanted_of(small, seed)).value_or("");
    return WrongProgram{comments(way, seed, wrong) + "# $ " + way.command + "\n" + print(small),
                        wrong_file(way, small, seed)};
  }
  return std::nullopt;
}

}  // namespace dlc::tests
