// dlc: the only code that sees the language, the compiler and the runtime.

#include <cstdio>
#include <exception>
#include <new>

#include "tools/dlc/bug_report.h"
#include "tools/dlc/commands/commands.h"

namespace dlc {

namespace {

ExitStatus say(ExitStatus status, const std::string& line) {
  std::fprintf(stderr, "dlc: %s\n", line.c_str());
  return status;
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
  const bool needs_file = !options.has("help-std") && !options.has("from");
  if (needs_file && options.file.empty())
    return say(ExitStatus::command_is_wrong, "which file? dlc FILE.net …, or dlc --help");
  if (options.has("from") && options.value("from") != "graph") {
    return say(ExitStatus::command_is_wrong, "--from takes graph, not " + options.value("from"));
  }
  Session session(options);
  if (options.has("help-std")) return session.parse_library() ? help_std_command(session) : session.status();
  if (options.has("from")) return emit_command(session);
  if (options.has("time")) return time_command(session);
  if (!session.parse()) return session.status();
  if (options.has("format")) return format_command(session);
  if (options.has("check")) return check_command(session);
  if (options.has("emit")) return emit_command(session);
  if (options.has("data")) return data_command(session);
  if (options.has("train")) return train_command(session);
  if (options.has("evaluate")) return evaluate_command(session);
  return summary_command(session);
}

}  // namespace

}  // namespace dlc

int main(int count, char** words) {
  try {
    const auto options = dlc::read_options(count, words);
    if (const auto* error = std::get_if<dlc::OptionsError>(&options)) {
      return static_cast<int>(dlc::say(dlc::ExitStatus::command_is_wrong, error->what));
    }
    const auto& wished = std::get<dlc::Options>(options);
    dlc::report_our_mistakes(wished.command, wished.file);
    return static_cast<int>(dlc::run(wished));
  } catch (const std::bad_alloc&) {
    return static_cast<int>(dlc::say(dlc::ExitStatus::model_is_wrong, "there is not enough memory"));
  } catch (const std::exception& error) {
    dlc::our_mistake(error.what());
  }
}
