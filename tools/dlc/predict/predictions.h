#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/files/element.h"
#include "tools/dlc/data/given_examples.h"

namespace dlc {

/// What a net says of some examples.
struct Predictions {
  std::string field;                 // what is predicted
  bool is_class = false;             // then the values of an example are scores of these classes
  std::vector<std::string> classes;  // as many as an example has values
  Shape shape;                       // of the values of one example
  std::vector<ExampleSource> sources;
  std::vector<std::vector<double>> values;  // of each example, in order of the shape

  /// Whether the scores of all examples are shares that sum to 1.
  bool are_probabilities() const;
  /// The first example with a value that is no number.
  std::optional<std::size_t> first_without_number() const;
};

/// Whether a score is before another in a list from the surest down; what is no number is last.
bool is_surer(double score, double other);

/// table.csv, example 3
std::string source_text(const ExampleSource& source);

/// One line an example, below each other: source, class, probability, the next few classes; or the values.
std::string predictions_table(const Predictions& predictions);

/// A list with one object an example: source, class and probabilities, or values.
std::string predictions_json(const Predictions& predictions);

}  // namespace dlc
