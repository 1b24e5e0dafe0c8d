#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/window/position.h"

namespace dlc {

/// Where the shapes of a reader's columns come from.
enum class ColumnShapes {
  single_values,  // each column is one number or one text an example
  stated,         // ReaderColumn says them
  in_the_files    // the files alone say them
};

struct ReaderColumn {
  std::string_view name;
  Shape shape{};  // of one example, where the shapes are stated
};

/// What an argument that is no file must be.
enum class OptionKind { texts, text_or_texts, character, image_size };

struct ReaderOption {
  std::string_view name;
  OptionKind kind;
  bool names_columns = false;  // what it lists are the columns
};

/// What a reader takes and gives, as far as the text of its call says it. `csv("a.csv", names = ["x", "y"])`
/// has a file and an option, `idx(image = "a.gz")` a column with its files.
struct ReaderForm {
  std::string_view name;
  bool is_there = true;  // else the language only speaks of it
  ColumnShapes shapes;
  bool has_named_files = false;         // a named argument is a column with its files
  bool has_files = true;                // files may stand without a name
  std::vector<ReaderColumn> columns{};  // of the files without a name, where they are always the same
  std::vector<ReaderOption> options{};
};

/// All that the language knows; those that are there have a row each in runtime/data/readers/readers.def.
std::span<const ReaderForm> reader_forms();

/// Null if there is no such reader.
const ReaderForm* find_reader(std::string_view name);
const ReaderOption* find_option(const ReaderForm& form, std::string_view name);

}  // namespace dlc
