#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/files/element.h"
#include "runtime/files/result.h"

namespace dlc {

/// What was measured and does not fit a cell: figures for each class, a confusion matrix.
struct HistoryTensor {
  std::string name;  // such as valid.confusion
  Shape shape;       // one or two extents
  std::vector<double> values;
  bool operator==(const HistoryTensor&) const = default;
};

/// What was measured at the end of an epoch, or at a step between.
struct HistoryRow {
  std::int64_t epoch = 0;
  std::int64_t step = 0;
  double seconds = 0;  // since the training began, without what a resumed run has slept
  std::vector<std::optional<double>> values;  // one for each column; none where it was not measured
  std::vector<HistoryTensor> tensors;
  bool operator==(const HistoryRow&) const = default;
};

/// All measurements of a run.
struct History {
  std::vector<std::string> columns;  // train.loss, valid.loss, valid.accuracy, …
  std::vector<std::string> classes;  // names of the classes that tensors count, if there are any
  std::vector<HistoryRow> rows;
  bool operator==(const History&) const = default;
};

/// The same rows with these columns, found by name: without a value where the history has no such column.
/// What it measured for columns that are not among them is left out.
History with_columns(const History& history, const std::vector<std::string>& columns);

/// `epoch,step,seconds,train.loss,…` and a line for each row; numbers read back to the same value.
std::string history_csv(const History& history);
/// The same with the tensors; a value that is not finite is null.
std::string history_json(const History& history);

/// Both files of a run's folder, each written beside and renamed.
Result<void> write_history(const std::filesystem::path& folder, const History& history);

/// What history.json says, to go on after a resume. Values that were not finite come back as not a number.
Result<History> read_history(const std::filesystem::path& folder);

}  // namespace dlc
