#include <cstdio>
#include <span>

#include "dsl/tree/print.h"
#include "runtime/files/atomic_write.h"
#include "runtime/report/format.h"
#include "runtime/report/text_table.h"
#include "tools/dlc/commands/commands.h"
#include "tools/dlc/compilation.h"
#include "tools/dlc/run/start_weights.h"
#include "tools/dlc/run/training_plan.h"

namespace dlc {

namespace {

std::string operations_text(double operations) {
  char text[32];
  const bool millions = operations >= 1e5;
  std::snprintf(text, sizeof text, "%.1f %s", operations / (millions ? 1e6 : 1e3),
                millions ? "MFLOP" : "kFLOP");
  return text;
}

void print_net(const NetLine& net) {
  std::printf("%s  %s  →  %s\n", net.name.c_str(), net.input.c_str(), shape_text(net.result).c_str());
  TextTable table{{Align::left, Align::left, Align::right, Align::right, Align::left}, {}};
  for (const LayerLine& layer : net.layers) {
    table.rows.push_back({layer.name, shape_text(layer.result), with_thousands(layer.parameters),
                          operations_text(layer.operations), "line " + std::to_string(layer.place.line)});
  }
  std::fputs(table_text(table, 2).c_str(), stdout);
}

/// What the step of a full batch needs; empty where that cannot be known yet (all data in one batch, and no
/// data).
std::string arena_text(Session& session) {
  const TrainDescription& train = session.model().train;
  if (!train.present || train.batch == 0) return "";
  std::optional<Compilation> compilation = Compilation::make(session);
  if (!compilation) return "";
  const Step step = make_training_step(session.model(), *compilation, train.batch);
  return "   arena " + as_bytes_text(static_cast<std::int64_t>(step.arena_bytes())) + " at batch " +
         std::to_string(train.batch);
}

/// Files that are not there are no mistake: another machine may have them.
void say(Session& session, std::span<const Failure> failures) {
  for (const Failure& failure : failures) {
    if (failure.not_there) {
      session.note(one_line(failure));
    } else {
      session.fail(failure);
    }
  }
}

}  // namespace

ExitStatus format_command(Session& session) {
  const std::string text = format(session.tree());
  if (!session.options().has("write")) {
    std::fputs(text.c_str(), stdout);
    return ExitStatus::done;
  }
  if (text == session.sources().text(session.tree().file)) return ExitStatus::done;
  if (Result<void> written = write_atomically(session.options().file, text); !written)
    session.fail(written.failure());
  return session.status();
}

ExitStatus check_command(Session& session) {
  if (!session.elaborate()) return session.status();
  session.data().examine(session.model().data);
  std::vector<Failure> failures = session.data().failures();
  if (const Result<void> start = find_start(session); !start) failures.push_back(start.failure());
  say(session, failures);
  if (session.status() == ExitStatus::done && !session.options().has("json-diagnostics")) {
    std::fprintf(stderr, "%s: %s\n", session.options().file.c_str(),
                 !session.model().train.present ? "no train block, so nets were checked for their form alone"
                 : session.found_something() || !failures.empty() ? "no errors"
                                                                  : "nothing is wrong");
  }
  return session.status();
}

ExitStatus summary_command(Session& session) {
  if (!session.elaborate()) return session.status();
  const Model& model = session.model();
  say(session, session.data().failures());
  const std::string arena = arena_text(session);
  if (session.status() != ExitStatus::done) return session.status();
  if (!model.doc.empty()) std::printf("%s\n\n", model.doc.substr(0, model.doc.find('\n')).c_str());
  std::int64_t parameters = 0;
  double operations = 0;
  for (const NetLine& net : model.nets) {
    print_net(net);
    parameters += net.parameters;
    operations += net.operations;
  }
  std::printf("  %s   %s an example forward%s\n", counted(parameters, "parameter", "parameters").c_str(),
              operations_text(operations).c_str(), arena.c_str());
  if (!session.options().has("summary") && model.train.present) {
    const std::string& file = session.options().file;
    std::fprintf(stderr, "\ntry:  dlc %s --train      dlc %s --check      dlc --help\n", file.c_str(),
                 file.c_str());
  }
  return ExitStatus::done;
}

}  // namespace dlc
