#include "tests/steps/load_model.h"

#include <fstream>
#include <sstream>

#include "dsl/elaborate/names/library.h"
#include "dsl/grammar/parse.h"

namespace dlc::tests {

namespace {

std::unique_ptr<LoadedModel> load(const std::string& name, const std::string& text,
                                  const std::vector<Override>& overrides) {
  auto loaded = std::make_unique<LoadedModel>();
  Diagnostics diagnostics;
  loaded->library = parse_library(loaded->sources, diagnostics);
  loaded->tree = parse(loaded->sources.add(name, text), loaded->sources, diagnostics);
  ElaborateOptions options;
  options.overrides = overrides;
  if (loaded->tree && !diagnostics.has_errors()) {
    loaded->model = elaborate(*loaded->tree, loaded->library, loaded->sources, options, diagnostics);
  }
  loaded->diagnostics = to_text(diagnostics, loaded->sources);
  return loaded;
}

}  // namespace

std::unique_ptr<LoadedModel> load_model(const std::string& path, const std::vector<Override>& overrides) {
  std::ifstream in(std::string(DLC_SOURCE_DIR) + "/" + path);
  std::ostringstream text;
  text << in.rdbuf();
  return load(path, text.str(), overrides);
}

std::unique_ptr<LoadedModel> load_text(const std::string& text, const std::vector<Override>& overrides) {
  return load("model.net", text, overrides);
}

}  // namespace dlc::tests
