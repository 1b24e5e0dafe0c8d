#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runtime/data/column.h"
#include "runtime/files/result.h"

namespace dlc {

/// How the values of a `class` field are numbered. One of three ways: integers as they are (nothing in
/// `values` and `texts`), distinct numbers in ascending order, or texts by their place in `texts`.
struct ClassNumbering {
  std::int64_t count = 0;
  std::vector<std::string> names;  // for people: given, or made from the values; empty if integers are taken
                                   // as they are without names
  std::vector<std::int64_t> values;
  std::vector<std::string> texts;
  bool operator==(const ClassNumbering&) const = default;
};

/// What a field says: `class[10]`, `class = label names [ … ]`.
struct ClassRule {
  std::optional<std::int64_t> count;
  std::vector<std::string> names;
};

/// The numbering that the rule makes of the training part; texts without names are sorted by their bytes. An
/// empty cell is no class.
Result<ClassNumbering> number_classes(const Column& training, const ClassRule& rule);

/// The class of each element of a column; one that the numbering does not know is a failure that says which
/// example (from 0) of `part`.
Result<std::vector<std::int32_t>> classes_of(const Column& column, const ClassNumbering& numbering,
                                             const std::string& part);

/// A file with one name a line. Empty lines at its end are nothing; within it, and names that stand twice,
/// are failures.
Result<std::vector<std::string>> read_names(const std::filesystem::path& path);

}  // namespace dlc
