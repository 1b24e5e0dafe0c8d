#include <algorithm>
#include <cstdio>

#include "compiler/differentiate/differentiate.h"
#include "compiler/passes/runner/run_passes.h"
#include "runtime/report/text_table.h"
#include "tools/dlc/bug_report.h"
#include "tools/dlc/commands/commands.h"
#include "tools/dlc/compilation.h"
#include "tools/dlc/run/training_plan.h"

namespace dlc {

namespace {

std::string as_milliseconds(double milliseconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", milliseconds);
  return text;
}

}  // namespace

ExitStatus time_passes_command(Session& session) {
  if (!session.elaborate() || !has_step(session)) return session.status();
  const Model& model = session.model();
  std::optional<Compilation> compilation = Compilation::make(session);
  if (!compilation) return session.status();
  Graph graph = model.step(std::max<std::int64_t>(model.train.batch, 1), Mode::training);
  now_at("differentiate", &graph);
  graph = differentiate(graph);
  TextTable table{{Align::left, Align::right, Align::left}, {{"pass", "ms", ""}}};
  double sum = 0;
  PassOptions options;
  options.skip = compilation->options().skipped;
  options.verify = false;
  options.begins = [](const Pass& pass, const Graph& before) { now_at(pass.name, &before); };
  const std::variant<Graph, PassFailure> result =
      run_passes(std::move(graph), options, [&](const PassReport& report) {
        table.rows.push_back({std::string(report.pass.name), as_milliseconds(report.milliseconds),
                              report.changed ? "" : "(unchanged)"});
        sum += report.milliseconds;
      });
  if (const PassFailure* failure = std::get_if<PassFailure>(&result))
    our_mistake(failure->pass, failure->text, failure->before);
  table.rows.push_back({"sum", as_milliseconds(sum), ""});
  std::fputs(table_text(table).c_str(), stdout);
  return ExitStatus::done;
}

}  // namespace dlc
