#include <algorithm>
#include <cstdio>

#include "compiler/differentiate/differentiate.h"
#include "compiler/passes/runner/run_passes.h"
#include "dsl/tree/print.h"
#include "tools/dlc/bug_report.h"
#include "tools/dlc/commands/commands.h"
#include "tools/dlc/commands/standard_input.h"
#include "tools/dlc/compilation.h"
#include "tools/dlc/run/training_plan.h"

namespace dlc {

namespace {

std::vector<std::string> stage_names() {
  return {"ast", "graph", "backward", "after:PASS", "plan", "loops", "llvm", "asm"};
}

/// Whether there is such a stage, and graph text can give it where it is read. If not, it has been said.
bool is_to_be_had(Session& session, const std::string& stage) {
  const std::vector<std::string> stages = stage_names();
  std::string mistake;
  if (stage.starts_with("after:")) {
    const std::string pass = stage.substr(6);
    if (find_pass(pass) == nullptr) mistake = unknown_name("pass", pass, pass_names());
  } else if (std::find(stages.begin(), stages.end(), stage) == stages.end()) {
    mistake = unknown_name("stage", stage, stages);
  } else if (stage == "ast" && session.options().has("from")) {
    mistake = "--from=graph gives " + listed({stages.begin() + 1, stages.end()}) + ", not ast";
  }
  return mistake.empty() || session.fail(ExitStatus::command_is_wrong, mistake);
}

/// The graph that stands on standard input; none after a mistake, which has been said.
std::optional<Graph> graph_of_input(Session& session) {
  const std::variant<Graph, GraphError> read = read_graph(standard_input());
  std::string mistake;
  if (const GraphError* error = std::get_if<GraphError>(&read)) {
    mistake = "standard input:" + std::to_string(error->line) + ": " + error->text;
  } else if (std::get<Graph>(read).size() == 0) {
    mistake = "standard input: there is no graph in it";
  } else if (const std::optional<std::string> broken = broken_rule(std::get<Graph>(read))) {
    mistake = "standard input: " + *broken;
  }
  if (mistake.empty()) return std::get<Graph>(read);
  session.fail(ExitStatus::model_is_wrong, mistake);
  return std::nullopt;
}

/// What the pass left (of a pass that stands twice in the pipeline, the last time), and on standard error its
/// remarks. On a graph that was read the pass runs alone.
ExitStatus emit_after(Session& session, Graph graph, const std::string& name, const CompileOptions& options) {
  std::string text;
  std::string remarks;
  const auto observer = [&](const PassReport& report) {
    if (report.pass.name != name) return;
    text = print(report.graph);
    for (const Remark& remark : report.remarks) remarks += text_of(remark) + "\n";
    if (!report.changed) remarks += "(unchanged)\n";
  };
  PassOptions passes;
  passes.skip = options.skipped;
  passes.begins = [](const Pass& pass, const Graph& before) { now_at(pass.name, &before); };
  if (session.options().has("from")) passes.only = name;
  const std::variant<Graph, PassFailure> result = run_passes(std::move(graph), passes, observer);
  std::fputs(text.c_str(), stdout);
  std::fputs(remarks.c_str(), stderr);
  if (const PassFailure* failure = std::get_if<PassFailure>(&result)) {
    our_mistake(failure->pass, failure->text, failure->before);
  }
  return session.status();
}

}  // namespace

std::string standard_input() {
  std::string text;
  char block[65536];
  for (std::size_t got = std::fread(block, 1, sizeof block, stdin); got > 0;
       got = std::fread(block, 1, sizeof block, stdin)) {
    text.append(block, got);
  }
  return text;
}

ExitStatus emit_command(Session& session) {
  const std::string stage = session.options().value("emit");
  if (!is_to_be_had(session, stage)) return session.status();
  if (stage == "ast") {
    std::fputs(dump(session.tree()).c_str(), stdout);
    return ExitStatus::done;
  }
  std::optional<Compilation> compilation = Compilation::make(session);
  if (!compilation) return session.status();
  Graph graph;
  if (session.options().has("from")) {
    std::optional<Graph> read = graph_of_input(session);
    if (!read) return session.status();
    graph = *std::move(read);
  } else {
    if (!session.elaborate() || !has_step(session)) return session.status();
    graph = session.model().step(std::max<std::int64_t>(session.model().train.batch, 1), Mode::training);
  }
  if (stage == "graph") {
    std::fputs(print(graph).c_str(), stdout);
    return ExitStatus::done;
  }
  now_at("differentiate", &graph);
  graph = differentiate(graph);
  if (stage == "backward") {
    std::fputs(print(graph).c_str(), stdout);
    return ExitStatus::done;
  }
  if (stage.starts_with("after:"))
    return emit_after(session, std::move(graph), stage.substr(6), compilation->options());
  std::string text;
  Observer observer;
  observer.wants = [&](std::string_view reached) { return reached == stage; };
  observer.reached = [&](std::string_view, std::string_view what) { text += what; };
  compilation->compile(std::move(graph), observer);
  std::fputs(text.c_str(), stdout);
  return session.status();
}

}  // namespace dlc
