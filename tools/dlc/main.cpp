// dlc: the only code that sees the language, the compiler and the runtime.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <string_view>

#include "tools/dlc/bug_report.h"
#include "tools/dlc/commands/commands.h"
#include "tools/dlc/json_diagnostics.h"
#include "tools/dlc/self_test/self_test.h"
#include "tools/dlc/standard_output.h"

namespace dlc {

namespace {

ExitStatus say(ExitStatus status, const std::string& line) {
  std::fprintf(stderr, "dlc: %s\n", line.c_str());
  return status;
}

/// What is wrong before there is a session.
ExitStatus refuse(const std::string& line, bool as_json) {
  if (!as_json) return say(ExitStatus::command_is_wrong, line);
  JsonDiagnostics json;
  json.add("error", line);
  std::fputs(json.document({}).c_str(), stdout);
  return ExitStatus::command_is_wrong;
}

ExitStatus run(Session& session) {
  const Options& options = session.options();
  if (options.has("help-std")) return session.parse_library() ? help_std_command(session) : session.status();
  if (options.value("from") == "loops") return emit_loops_command(session);
  if (options.has("from")) return emit_command(session);
  if (options.has("time")) return time_command(session);
  if (!session.parse()) return session.status();
  if (options.has("format")) return format_command(session);
  if (options.has("check")) return check_command(session);
  if (options.has("emit")) return emit_command(session);
  if (options.has("time-passes")) return time_passes_command(session);
  if (options.has("data")) return data_command(session);
  if (options.has("train")) return train_command(session);
  if (options.has("predict")) return predict_command(session);
  if (options.has("dry-run")) return dry_run_command(session);
  if (options.has("evaluate")) return evaluate_command(session);
  return summary_command(session);
}

ExitStatus run(const Options& options) {
  if (options.has("help") || (options.values.empty() && options.file.empty())) {
    std::fputs(help_page().c_str(), options.has("help") ? stdout : stderr);
    return options.has("help") ? ExitStatus::done : ExitStatus::command_is_wrong;
  }
  if (options.has("version")) {
    std::printf("dlc %s, LLVM %s\n", DLC_VERSION, DLC_LLVM_VERSION);
    return ExitStatus::done;
  }
  if (options.has("self-test")) return self_test(options);
  if (options.has("plot")) return plot_command(options);
  const bool as_json = options.has("json-diagnostics");
  const bool needs_file = !options.has("help-std") && !options.has("from");
  if (needs_file && options.file.empty()) return refuse("which file? dlc FILE.net …, or dlc --help", as_json);
  if (const std::string from = options.value("from", "graph"); from != "graph" && from != "loops")
    return refuse("--from takes graph or loops, not " + from + did_you_mean(from, {"graph", "loops"}),
                  as_json);
  Session session(options);
  const ExitStatus status = run(session);
  session.finish();
  return status;
}

int status_of(int count, char** words) {
  const auto options = read_options(count, words);
  if (const auto* error = std::get_if<OptionsError>(&options)) {
    char** const end = std::find(words, words + count, std::string_view("--"));
    const bool as_json = std::find(words, end, std::string_view("--json-diagnostics")) != end;
    return static_cast<int>(refuse(error->what, as_json));
  }
  const auto& wished = std::get<Options>(options);
  report_our_mistakes(wished.command(), wished.file);
  return static_cast<int>(run(wished));
}

}  // namespace

}  // namespace dlc

int main(int count, char** words) {
  dlc::prepare_streams();
  try {
    const int status = dlc::status_of(count, words);
    const std::string lost = dlc::finish_standard_output();
    if (lost.empty()) return status;
    const int failed = static_cast<int>(dlc::say(dlc::ExitStatus::model_is_wrong, lost));
    return status == 0 ? failed : status;
  } catch (const std::bad_alloc&) {
    std::fflush(stdout);
    dlc::end_without_memory();
  } catch (const std::exception& error) {
    dlc::our_mistake("a failure within was not taken care of", error.what());
  } catch (...) {
    dlc::our_mistake("a failure within was not taken care of");
  }
}
