// Any bytes as a file of the language: they give a model or a message, as under --check.

#include <algorithm>
#include <cstdint>
#include <string>

#include "compiler/graph/graph.h"
#include "dsl/elaborate/elaborate.h"
#include "dsl/elaborate/names/library.h"
#include "dsl/grammar/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace dlc;
  static Sources own;
  static Diagnostics none;
  static const std::vector<Tree> library = parse_library(own, none);
  Sources sources = own;
  Diagnostics diagnostics;
  const FileId file = sources.add("model.net", std::string(reinterpret_cast<const char*>(bytes), size));
  const std::optional<Tree> tree = parse(file, sources, diagnostics);
  std::optional<Model> model;
  if (tree && !diagnostics.has_errors()) model = elaborate(*tree, library, sources, {}, diagnostics);
  if (model.has_value() == diagnostics.has_errors()) __builtin_trap();
  if (to_text(diagnostics, sources).empty() && diagnostics.has_errors()) __builtin_trap();
  if (model && broken_rule(model->initial)) __builtin_trap();
  return 0;
}
