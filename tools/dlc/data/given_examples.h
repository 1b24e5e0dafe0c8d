#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/dlc/data/data_source.h"

namespace dlc {

/// Where an example comes from, for people: a file, and its place there if the file has many; or a part of
/// the data and the example's number.
struct ExampleSource {
  std::string name;
  std::optional<std::int64_t> example;  // from 0
};

/// Examples that need not be of the data, as a step reads them.
struct GivenExamples {
  LoadedPart part;
  std::vector<ExampleSource> sources;  // of each example
};

/// Reads PNG files where the net reads an image, else CSV files with the header of the data, of which columns
/// that are not asked for may be missing. `elements` are the inputs that are wanted, and how they lie in
/// memory. What a file has not as the data had it is a failure: nothing is resized unless the data's reader
/// does it.
Result<GivenExamples> read_given(const std::vector<std::string>& files, const DataDescription& data,
                                 const KnownData& known, const std::map<std::string, Element>& elements);

/// What such a file may be called, in an example of a command: photo.png, table.csv; empty where no file has
/// all that is wanted.
std::string name_of_source(const DataDescription& data, const std::map<std::string, Element>& elements);

}  // namespace dlc
