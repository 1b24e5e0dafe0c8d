#include "tools/dlc/session.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "dsl/elaborate/names/library.h"
#include "dsl/grammar/parse.h"
#include "runtime/files/input_file.h"
#include "runtime/report/progress.h"
#include "tools/dlc/bug_report.h"
#include "tools/dlc/run/original_folder.h"

namespace dlc {

Session::Session(Options options) : options_(std::move(options)), data_(places_of_data(options_.file)) {}

bool Session::fail(const Failure& failure) {
  return fail(failure.command_line ? ExitStatus::command_is_wrong : ExitStatus::model_is_wrong,
              one_line(failure));
}

bool Session::fail(ExitStatus status, const std::string& line) {
  if (options_.has("json-diagnostics")) {
    json_.add("error", line);
  } else {
    std::fprintf(stderr, "dlc: %s\n", line.c_str());
  }
  status_ = status;
  return false;
}

void Session::note(const std::string& line) {
  if (options_.has("json-diagnostics")) {
    json_.add("note", line);
  } else {
    std::fprintf(stderr, "note: %s\n", line.c_str());
  }
}

void Session::finish() const {
  if (options_.has("json-diagnostics")) std::fputs(json_.document(sources_).c_str(), stdout);
}

bool Session::report() {
  if (options_.has("json-diagnostics")) {
    json_.add(diagnostics_);
  } else if (!diagnostics_.empty()) {
    std::fputs(to_text(diagnostics_, sources_, terminal_of(STDERR_FILENO).colour).c_str(), stderr);
  }
  found_something_ = found_something_ || !diagnostics_.empty();
  if (diagnostics_.has_errors()) status_ = ExitStatus::model_is_wrong;
  diagnostics_ = {};
  return status_ == ExitStatus::done;
}

bool Session::parse_library() {
  library_ = dlc::parse_library(sources_, diagnostics_);
  return report();
}

bool Session::parse() {
  const Result<std::string> text = read_whole(options_.file);
  if (!text) return fail(text.failure());
  const FileId id = sources_.add(options_.file, *text);
  now_at("parse");
  tree_ = dlc::parse(id, sources_, diagnostics_);
  return report() && parse_library();
}

bool Session::read_used() {
  const ReadFile read = [](const std::string& path) -> std::variant<std::string, Unreadable> {
    Result<std::string> text = read_whole(path);
    if (!text) return Unreadable{text.failure().what};
    return *std::move(text);
  };
  files_ = read_used_files(*tree_, sources_, read, diagnostics_);
  return !diagnostics_.has_errors() || report();
}

bool Session::check_overrides() {
  std::vector<std::string> names = {"epochs", "steps", "batch"};
  const auto add_names = [&](const Tree& tree) {
    for (const tree::Declaration& declaration : tree.declarations) {
      if (const tree::Const* constant = std::get_if<tree::Const>(&declaration.what))
        names.push_back(constant->name.text);
    }
  };
  add_names(*tree_);
  for (const UsedFile& file : files_) add_names(file.tree);
  for (const auto& [name, value] : options_.overrides) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return fail(ExitStatus::command_is_wrong,
                  options_.file + " has no const " + name + did_you_mean(name, names));
    }
  }
  return true;
}

std::optional<Model> Session::elaborated(const ElaborateOptions& options, Diagnostics& diagnostics) {
  return dlc::elaborate(*tree_, library_, sources_, options, diagnostics);
}

void Session::tell_whose_mistake(ElaborateOptions options) {
  if (options.overrides.empty()) return;
  std::string all;
  for (const Override& given : options.overrides) all += " " + given.name + "=" + given.value;
  options.overrides.clear();
  Diagnostics of_the_file;
  if (!elaborated(options, of_the_file)) return;
  status_ = ExitStatus::command_is_wrong;
  if (!options_.has("json-diagnostics"))
    std::fprintf(stderr, "dlc: %s is right as it stands, not with%s\n", options_.file.c_str(), all.c_str());
}

bool Session::elaborate() {
  if (!read_used() || !check_overrides()) return false;
  ElaborateOptions elaborate_options;
  for (std::size_t i = 1; i < files_.size(); ++i) elaborate_options.used.push_back(&files_[i].tree);
  for (const auto& [name, value] : options_.overrides) elaborate_options.overrides.push_back({name, value});
  elaborate_options.find_column = [this](const DataReader& reader, const std::string& column) {
    return data_.find_column(reader, column);
  };
  elaborate_options.list_columns = [this](const DataReader& reader) { return data_.list_columns(reader); };
  elaborate_options.found_damage = [this] { return data_.found_damage(); };
  now_at("elaborate");
  model_ = elaborated(elaborate_options, diagnostics_);
  if (report() && model_) return true;
  tell_whose_mistake(std::move(elaborate_options));
  return false;
}

}  // namespace dlc
