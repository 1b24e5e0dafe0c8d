#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dsl/diagnostics/diagnostics.h"
#include "dsl/elaborate/model.h"
#include "dsl/tree/tree.h"

namespace dlc {

/// name=value from the command line; the value's text is parsed as an expression of settings.
struct Override {
  std::string name;
  std::string value;
};

struct ElaborateOptions {
  std::vector<Override> overrides;
  FindColumn find_column;  // may be empty: no data are looked at
  ListColumns list_columns;
  std::function<bool()> found_damage;  // in data that were looked at, which is told elsewhere; may be empty
  std::vector<const Tree*> used;       // each once (names/used_files.h); they outlive the model
};

/// Checks the whole file and gives its model; the file is elaborated at its batch size in both modes, so that
/// every mistake is found here. `file`, `library` (library.h) and `sources` must outlive the model. Mistakes
/// go to `diagnostics`; none is thrown. The texts of overrides become sources.
std::optional<Model> elaborate(const Tree& file, const std::vector<Tree>& library, Sources& sources,
                               const ElaborateOptions& options, Diagnostics& diagnostics);

}  // namespace dlc
