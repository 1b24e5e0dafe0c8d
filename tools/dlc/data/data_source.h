#pragma once

#include <map>
#include <string>
#include <vector>

#include "dsl/elaborate/model.h"
#include "runtime/data/column.h"
#include "runtime/data/readers/find_files.h"
#include "runtime/data/readers/readers.h"
#include "runtime/files/result.h"
#include "runtime/train/part.h"
#include "tools/dlc/data/known_data.h"

namespace dlc {

/// A part whose rows it owns.
struct LoadedPart {
  std::string name;
  std::int64_t count = 0;
  std::map<std::string, Column> columns;  // by the step's input

  Part view() const;
};

/// The data that a file describes, ready for its steps.
struct LoadedData {
  std::vector<LoadedPart> parts;   // train, valid, test: those there are
  LearnedColumns learned;          // of the training part
  std::vector<std::string> files;  // all that were read

  const LoadedPart* find(std::string_view part) const;
};

/// The bridge between what a file says of its data and the readers: answers what the elaboration asks about
/// columns, and loads them.
class DataSource {
 public:
  explicit DataSource(SearchPlaces places) : places_(std::move(places)) {}

  std::optional<ColumnFacts> find_column(const DataReader& reader, const std::string& column);
  std::vector<std::string> list_columns(const DataReader& reader);
  /// From now on the two answer with what was known when a net was trained; no file is looked at.
  void answer_with(KnownData known) { given_ = std::move(known); }

  /// Looks at the files of all parts, and at what is in them where their readers give it at once.
  void examine(const DataDescription& data);
  /// Why files could not be looked at, or what is wrong in them, each once.
  const std::vector<Failure>& failures() const { return failures_; }
  /// Is any of them more than a file that is not there?
  bool found_damage() const;

  /// Reads everything: missing cells, the split, the numbers of classes. `elements` is how the step's inputs
  /// lie in memory.
  Result<LoadedData> load(const DataDescription& data, const std::map<std::string, Element>& elements) const;

  /// How the columns of the step's inputs lie in memory if they stay as the files have them, classes as their
  /// numbers.
  std::map<std::string, Element> elements_in_files(const DataDescription& data);

  /// What further examples are read with, after the elaboration has asked about columns.
  KnownData known(const DataDescription& data, const LearnedColumns& learned) const;

 private:
  std::optional<ColumnFacts> facts_of(const DataReader& reader, const std::string& column);
  const DataTable* header(const DataReader& reader);
  std::vector<std::string> distinct_values(const DataReader& reader, const Column& column);

  SearchPlaces places_;
  std::map<std::string, std::optional<DataTable>> headers_;  // by the reader's text
  std::vector<Failure> failures_;
  KnownData answers_;  // what was asked so far
  std::optional<KnownData> given_;
};

/// The reader's arguments as the runtime takes them; a failure names the one that it does not know.
Result<ReaderCall> reader_call(const DataReader& reader);

/// What the training part is read with; null if nothing is.
const DataReader* training_reader(const DataDescription& data);

}  // namespace dlc
