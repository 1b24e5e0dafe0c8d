#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dsl/diagnostics/diagnostics.h"
#include "dsl/elaborate/builder.h"
#include "dsl/elaborate/elaborate.h"
#include "dsl/elaborate/names/program.h"

namespace dlc {

/// A parameter or state of the step.
struct KeptValue {
  std::string name;
  Shape shape;
  bool trained = false;
  ValueId value{};
  Quantity current;  // the value that a read sees; a state's may be written by an earlier call
  bool is_written = false;
  bool has_initial = false;
  SourceRange place;
};

/// What does not change from run to run.
struct Setup {
  Program program;
  Sources* sources = nullptr;
  ElaborateOptions options;
  Diagnostics* diagnostics = nullptr;
  std::map<std::string, Meaning, std::less<>> constants;  // those evaluated so far
  std::set<std::string, std::less<>> constants_open;
  std::map<std::string, tree::Expression, std::less<>> overrides;
  bool batch_is_all = false;  // by the command line
  std::optional<DataDescription> data;
  std::map<const tree::Parameter*, int> uses;  // of parameters in their bodies
  std::vector<Kept> known_parameters;  // of a run before, for sums over paths that stand before their net
  bool had_run_before = false;
};

}  // namespace dlc
