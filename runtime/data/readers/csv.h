#pragma once

#include <filesystem>

#include "runtime/data/column.h"
#include "runtime/data/readers/readers.h"
#include "runtime/files/result.h"

namespace dlc {

/// One CSV file. A column is text if a cell of it is neither empty nor a number; else i32 if all its numbers
/// are written as integers and fit, else f32. `nan` and `inf` are no numbers. A cell is empty if nothing or
/// blanks stand in it, or one of `call.missing`.
Result<DataTable> read_csv_file(const std::filesystem::path& path, const ReaderCall& call);

}  // namespace dlc
