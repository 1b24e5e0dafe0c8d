#pragma once

#include <string>
#include <vector>

#include "dsl/elaborate/elaborator.h"

namespace dlc {

/// What a class has where nothing is known of the data: enough for what is checked.
inline constexpr std::int64_t assumed_classes = 2;

/// One field of a data block: the columns that it reads become inputs, its expression is elaborated for one
/// example.
class FieldReader {
 public:
  // field_reader.cpp
  FieldReader(Elaborator& elaborator, DataDescription& description, const tree::Data& block,
              const tree::FieldLine& line);
  Meaning read();

  // field_columns.cpp
  /// A column named as a value; none if the reader has no such column.
  std::optional<Meaning> column(const std::string& name, const SourceRange& place);
  /// Says that there is no such column.
  Meaning no_column(const std::string& name, const SourceRange& place);
  /// column("any name"), columns("a" .. "b", "d")
  Meaning call(const tree::Name& function, const std::vector<tree::Argument>& arguments,
               const SourceRange& range);

 private:
  const DataReader* reader() const;
  std::vector<std::string> known_columns() const;
  Meaning add(const std::string& title, std::vector<std::string> columns, const SourceRange& place);
  Meaning columns(const std::vector<tree::Argument>& arguments, const SourceRange& range);
  bool find_column(const std::string& name, std::optional<ColumnFacts>& facts);
  void read_type();
  void read_missing();
  void count_classes(ColumnUse& use, const std::optional<ColumnFacts>& facts, const SourceRange& place);
  Meaning evaluate();
  Meaning finish(const Meaning& meaning);
  Meaning assumed();
  bool needs_data_for_shapes() const;
  Shape shape_without_data(const std::string& column) const;
  const ColumnUse* find_use(const std::string& input) const;
  std::string input_name(const ColumnUse& use, const std::string& title) const;

  Elaborator& elaborator_;
  DataDescription& description_;
  const tree::Data& block_;
  const tree::FieldLine& line_;
  Field field_;
  std::optional<Shape> declared_;
  std::optional<std::int64_t> classes_;
  std::vector<std::string> names_;
  std::optional<std::string> names_file_;
  bool is_plain_column_ = false;
  bool is_unknown_ = false;  // a column has a shape that only data tell, which are not there
  ColumnUse::Missing missing_ = ColumnUse::Missing::is_an_error;
  double missing_value_ = 0;
  std::optional<std::string> missing_text_;
  bool missing_fits(const std::string& column, bool is_text);
  bool failed_ = false;
};

}  // namespace dlc
