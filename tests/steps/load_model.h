#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dsl/elaborate/elaborate.h"

namespace dlc::tests {

/// A model and what it lives on.
struct LoadedModel {
  Sources sources;
  std::vector<Tree> library;
  std::optional<Tree> tree;
  std::optional<Model> model;
  std::string diagnostics;
};

/// Parses and elaborates a file of the repository, without looking at data.
std::unique_ptr<LoadedModel> load_model(const std::string& path, const std::vector<Override>& overrides = {});

/// The same for a text.
std::unique_ptr<LoadedModel> load_text(const std::string& text, const std::vector<Override>& overrides = {});

}  // namespace dlc::tests
