#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/elaborate/model.h"
#include "tools/dlc/data/take_columns.h"

namespace dlc {

/// What is known of the data that a net was trained with: enough to elaborate its file, and to read further
/// examples for it, where the data are not there. It lies in the weights files.
struct KnownData {
  std::vector<std::string> columns;          // all of the reader, in order
  std::map<std::string, ColumnFacts> facts;  // of those that fields read
  LearnedColumns learned;
};

std::string to_json(const KnownData& known);

/// A text from anywhere: every value is checked. The failure says what is damaged, and names no file.
Result<KnownData> known_data_of(std::string_view json);

}  // namespace dlc
