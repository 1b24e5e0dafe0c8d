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

bool is_stage(const std::string& stage) {
  if (stage.starts_with("after:")) return find_pass(stage.substr(6)) != nullptr;
  for (const char* name : {"graph", "backward", "plan", "loops", "llvm", "asm"}) {
    if (stage == name) return true;
  }
  return false;
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
  if (stage == "ast") {
    std::fputs(dump(session.tree()).c_str(), stdout);
    return ExitStatus::done;
  }
  if (!is_stage(stage)) {
    const std::vector<std::string> known = {"ast", "graph", "backward", "plan", "loops", "llvm", "asm"};
    const std::string hint = stage.starts_with("after:")
                                 ? ": did you mean after:" + std::string(nearest_pass(stage.substr(6))) + "?"
                                 : did_you_mean(stage, known);
    session.fail(ExitStatus::command_is_wrong, "there is no stage " + stage + hint);
    return session.status();
  }
  std::optional<Compilation> compilation = Compilation::make(session);
  if (!compilation) return session.status();
  Graph graph;
  if (session.options().has("from")) {
    std::variant<Graph, GraphError> read = read_graph(standard_input());
    if (const GraphError* error = std::get_if<GraphError>(&read)) {
      session.fail(ExitStatus::model_is_wrong,
                   "standard input:" + std::to_string(error->line) + ": " + error->text);
      return session.status();
    }
    graph = std::get<Graph>(std::move(read));
    if (std::optional<std::string> broken = broken_rule(graph)) {
      session.fail(ExitStatus::model_is_wrong, "standard input: " + *broken);
      return session.status();
    }
  } else {
    if (!session.elaborate()) return session.status();
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
