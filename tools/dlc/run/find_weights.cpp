#include "tools/dlc/run/find_weights.h"

#include <algorithm>
#include <cstdio>

#include "runtime/files/run_folder.h"
#include "runtime/report/progress.h"

namespace dlc {

namespace {

constexpr const char* best_name = "best.safetensors";
constexpr const char* last_name = "last.safetensors";

bool is_there(const std::filesystem::path& file) {
  std::error_code error;
  return std::filesystem::exists(file, error);
}

std::filesystem::path weights_in(const std::filesystem::path& run) {
  return !is_there(run / best_name) && is_there(run / last_name) ? run / last_name : run / best_name;
}

}  // namespace

Result<std::filesystem::path> find_weights(const Session& session) {
  const std::filesystem::path named = session.options().value("weights");
  std::error_code error;
  if (!named.empty()) return std::filesystem::is_directory(named, error) ? weights_in(named) : named;
  const std::string name = std::filesystem::path(session.options().file).stem().string();
  const std::vector<std::filesystem::path> runs = runs_of("", name);
  const auto newest =
      std::find_if(runs.rbegin(), runs.rend(), [](const auto& run) { return is_there(weights_in(run)); });
  if (newest != runs.rend()) return weights_in(*newest);
  return Failure{
      .what = "no run in runs/ has weights of " + name + ": train first, or say --weights RUN|FILE",
      .file = ""};
}

void say_weights(const Session& session, const std::filesystem::path& file) {
  const std::filesystem::path run = file.parent_path();
  if (file.filename() != last_name || is_there(run / best_name)) {
    std::fprintf(stderr, "weights of %s\n", file.c_str());
    return;
  }
  std::fprintf(
      stderr, "weights of %s: no epoch of this run is finished, so there is no %s\n%s\n", file.c_str(),
      best_name,
      next_line({"dlc " + as_word(session.options().file) + " --train --resume " + as_word(run.string())})
          .c_str());
}

}  // namespace dlc
