// dlc: the only code that sees the language, the compiler and the runtime.

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string_view>

#include "tools/dlc/commands.h"

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
  if (options.has("train")) return train_command(session);
  if (options.has("evaluate")) return evaluate_command(session);
  return summary_command(session);
}

/// A broken assertion is our own mistake: what it said stands above, the status is the one for that. Only
/// what a signal handler may do.
void stop_after_assertion(int) {
  constexpr std::string_view line =
      "dlc: internal error: please report the line above, with the command and the .net file\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, line.data(), line.size());
  _exit(static_cast<int>(ExitStatus::internal_error));
}

}  // namespace

}  // namespace dlc

int main(int count, char** words) {
  std::signal(SIGABRT, dlc::stop_after_assertion);
  try {
    const auto options = dlc::read_options(count, words);
    if (const auto* error = std::get_if<dlc::OptionsError>(&options)) {
      return static_cast<int>(dlc::say(dlc::ExitStatus::command_is_wrong, error->what));
    }
    return static_cast<int>(dlc::run(std::get<dlc::Options>(options)));
  } catch (const std::bad_alloc&) {
    return static_cast<int>(dlc::say(dlc::ExitStatus::model_is_wrong, "there is not enough memory"));
  } catch (const std::exception& error) {
    return static_cast<int>(
        dlc::say(dlc::ExitStatus::internal_error, std::string("internal error: ") + error.what()));
  }
}
