#pragma once

#include <map>
#include <string>
#include <vector>

#include "dsl/elaborate/model.h"
#include "runtime/data/classes.h"
#include "runtime/data/column.h"
#include "runtime/data/readers/find_files.h"
#include "runtime/files/result.h"

namespace dlc {

/// What is learned of the training part and is needed to take any other examples as those were taken.
struct LearnedColumns {
  std::map<std::string, ClassNumbering> classes;  // by the step's input
  std::map<std::string, double> means;            // by the reader's column: what `missing mean` puts in

  /// The names of an input's classes; empty if they have none.
  std::vector<std::string> names_of(const std::string& input) const;
};

/// Learns of the training part what one use of columns needs. The use's columns are in the table.
Result<void> learn(const ColumnUse& use, const DataTable& training, const SearchPlaces& places,
                   LearnedColumns& learned);

/// The class of each example of a column, its empty cells filled, by a numbering of its own.
Result<std::vector<std::int32_t>> strata_of(const ColumnUse& use, const DataTable& table);

/// The same numbers in the element that the step reads.
Column as_element(Column column, Element element);

/// The columns of one use as a step reads them: cells filled, classes numbered, columns put side by side.
/// `part` is what the table is called in a failure.
Result<Column> take_columns(const ColumnUse& use, const DataTable& table, const std::string& part,
                            const LearnedColumns& learned, Element element);

/// A failure that names no file happened to what a field reads: that field's place says more than none.
Failure at_use(const Failure& failure, const ColumnUse& use);

}  // namespace dlc
