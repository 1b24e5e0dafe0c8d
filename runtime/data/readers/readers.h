#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/data/column.h"
#include "runtime/data/readers/find_files.h"
#include "runtime/files/result.h"

namespace dlc {

/// `image = "train-images.gz"`, or the files of a reader that names its columns itself (then `column` is
/// empty).
struct ReaderFiles {
  std::string column;
  std::string pattern;
};

/// A reader's call in a `data` block: `csv("wine.csv", separator = ";")`.
struct ReaderCall {
  std::string reader;
  std::vector<ReaderFiles> files;
  std::vector<std::string> names;    // of the columns of a file without a header
  char separator = ',';              // between cells
  std::vector<std::string> missing;  // what is empty, besides the empty cell
  std::vector<std::int64_t> size{};  // height and width to which images are brought; empty: as they are
};

/// All the data, or only what is known without them: with `header_only` a reader may leave out `data`
/// (counts, shapes and element types are true; which cells are missing and what is text is known where the
/// file had to be read to know them).
struct ReadingDepth {
  bool header_only = false;
};

/// The table that a call describes. Files that are not there, damaged or too large are failures, as is an
/// unknown reader.
Result<DataTable> read_data(const ReaderCall& call, const SearchPlaces& places, ReadingDepth depth = {});

// One function for each row of readers.def.
Result<DataTable> read_idx(const ReaderCall& call, const SearchPlaces& places, ReadingDepth depth);
Result<DataTable> read_cifar(const ReaderCall& call, const SearchPlaces& places, ReadingDepth depth);
Result<DataTable> read_images(const ReaderCall& call, const SearchPlaces& places, ReadingDepth depth);
Result<DataTable> read_csv(const ReaderCall& call, const SearchPlaces& places, ReadingDepth depth);

}  // namespace dlc
