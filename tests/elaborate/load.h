#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dsl/elaborate/elaborate.h"
#include "dsl/elaborate/names/library.h"
#include "dsl/elaborate/names/used_files.h"

namespace dlc::tests {

/// A text, elaborated; what the model refers to lives as long as this.
struct Loaded {
  Sources sources;
  Diagnostics diagnostics;
  std::vector<Tree> library;
  std::optional<Tree> tree;
  std::vector<UsedFile> files;
  std::optional<Model> model;

  std::string messages() const { return to_text(diagnostics, sources); }
};

std::string read_text(const std::string& path);

/// `files` is a test whose sections are the files that can be used.
std::unique_ptr<Loaded> load(const std::string& text, ElaborateOptions options = {},
                             const std::string& files = "");

/// The text behind `--- name` of a test that is a text.
std::string section(const std::string& test, const std::string& name);

/// Looks columns up in the sections of such a test that are CSV files with a header.
FindColumn columns_of(const std::string& test);

}  // namespace dlc::tests
