#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dlc {

enum class Align : std::uint8_t { left, right };

/// Rows of cells that are printed below each other: columns as wide as their widest cell, two blanks between,
/// none at a line's end.
struct TextTable {
  std::vector<Align> columns;
  std::vector<std::vector<std::string>> rows;  // each with at most as many cells; the first row may be a head
};

/// One line for each row, each with its newline, after `indent` blanks.
std::string table_text(const TextTable& table, std::size_t indent = 0);

/// For each class its examples, how many were right, and the share: from the confusion matrix, rows the true
/// class, columns the predicted one, counts. A class without examples has no share. The last line is of all.
std::string per_class_text(std::span<const std::string> classes, std::span<const double> counts);

/// The confusion matrix with the names of the classes; columns are shortened to fit where names are long.
std::string confusion_text(std::span<const std::string> classes, std::span<const double> counts);

}  // namespace dlc
