#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dsl/elaborate/elaborate.h"
#include "dsl/elaborate/names/used_files.h"
#include "tools/dlc/data/data_source.h"
#include "tools/dlc/json_diagnostics.h"
#include "tools/dlc/options.h"

namespace dlc {

/// What the language's section 13 promises.
enum class ExitStatus : int {
  done = 0,
  model_is_wrong = 1,
  command_is_wrong = 2,
  not_finite = 3,
  internal_error = 70,
  hung_up = 129,
  interrupted = 130,
  terminated = 143
};

/// One file and what is known of it, from the text on.
class Session {
 public:
  explicit Session(Options options);

  /// Reads and parses the file and the library. False after a mistake, which is said; `status()` is then set.
  bool parse();
  /// The library alone.
  bool parse_library();
  /// Elaborates the parsed file, with the overrides.
  bool elaborate();

  const Options& options() const { return options_; }
  /// Before it is elaborated: these in place of those of the command line.
  void take_overrides(std::vector<std::pair<std::string, std::string>> all) {
    options_.overrides = std::move(all);
  }
  const Sources& sources() const { return sources_; }
  const Tree& tree() const { return *tree_; }
  const std::vector<Tree>& library() const { return library_; }
  /// The file and those that it uses, the file first; known once it is elaborated.
  const std::vector<UsedFile>& files() const { return files_; }
  const Model& model() const { return *model_; }
  DataSource& data() { return data_; }
  ExitStatus status() const { return status_; }
  /// Was something found in the text, if only warnings?
  bool found_something() const { return found_something_; }

  /// Says a failure of the world in one line on standard error.
  bool fail(const Failure& failure);
  bool fail(ExitStatus status, const std::string& line);
  /// What is good to know of the world, and no mistake.
  void note(const std::string& line);
  /// With --json-diagnostics the one document of all that was found; nothing otherwise. To be called once.
  void finish() const;

 private:
  /// Reads the files that the file uses.
  bool read_used();
  bool check_overrides();
  std::optional<Model> elaborated(const ElaborateOptions& options, Diagnostics& diagnostics);
  /// Where the file is right without the overrides, these are wrong: then the command is.
  void tell_whose_mistake(ElaborateOptions options);
  /// Prints what was found; true if there is no error among it.
  bool report();

  Options options_;
  Sources sources_;
  Diagnostics diagnostics_;  // not yet reported
  JsonDiagnostics json_;     // what was reported, where it is to be one document
  DataSource data_;
  std::optional<Tree> tree_;
  std::vector<Tree> library_;
  std::vector<UsedFile> files_;
  std::optional<Model> model_;
  ExitStatus status_ = ExitStatus::done;
  bool found_something_ = false;
};

}  // namespace dlc
