#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/graph/graph.h"
#include "dsl/elaborate/names/setting.h"

namespace dlc {

/// What a .net file says, apart from its graphs: where the data come from and how the training goes. Plain
/// values, no tree in them.

// ---------------------------------------------------------------------------------------------- data

/// A reader and its arguments, as written: csv("wine.csv", names = [...]).
struct DataReader {
  std::string reader;
  std::vector<std::pair<std::string, Setting>>
      arguments;  // a name is empty where the argument was given by position
  Place place;
  /// Columns whose empty cells drop an example: it counts for nothing that is asked of the columns.
  std::vector<std::string> dropping{};
};

/// A column of the data as a step's graph reads it: an Input of this name, [batch, shape…]. Several columns
/// of the reader lie side by side.
struct ColumnUse {
  std::string input;                 // the graph's input: the column's name, or "columns(first, …)"
  std::vector<std::string> columns;  // the reader's
  Shape shape;                       // of one example
  bool is_class = false;             // numbered 0 … classes − 1 when it is read
  std::int64_t classes = 0;
  bool classes_are_given =
      false;  // declared, or by the number of names; else the distinct values are counted
  std::vector<std::string> names;  // of the classes, if any
  std::optional<std::string> names_file;
  enum class Missing { is_an_error, value, mean, drop } missing = Missing::is_an_error;
  double missing_value = 0;
  std::string missing_text{};  // the same of a text column
  Place place;
};

struct Split {
  struct Portion {
    std::string part;
    bool is_share = true;
    double share = 0;
    std::int64_t count = 0;
  };
  std::vector<Portion> portions;
  std::string stratify;  // a column use's input name; empty: none
  std::uint64_t seed = 1;
  bool in_order = false;
};

/// A field that is brought to mean 0 and deviation 1. Its figures are states of the step, "data.FIELD.mean"
/// and "data.FIELD.deviation", of the field's last dimensions; the dimensions in front are pooled.
struct Standardize {
  std::string field;
  Shape figures;       // the shape of the figures
  std::size_t pooled;  // how many of the field's leading dimensions are pooled
};

struct Field {
  std::string name;
  Shape shape;  // of one example
  bool is_class = false;
  std::int64_t classes = 0;
  std::vector<std::string> class_names;
  std::string class_column;         // of a class: the column use it is
  std::vector<std::string> inputs;  // the column uses that it reads
};

struct DataDescription {
  std::string name;
  std::optional<DataReader> from;
  std::map<std::string, DataReader> parts;  // train, valid, test where each has its own reader
  std::optional<Split> split;
  std::vector<ColumnUse> columns;
  std::vector<Field> fields;
  std::vector<Standardize> standardize;
};

/// What is known of a reader's columns before the data are read; absent where the file is not there.
struct ColumnFacts {
  bool is_text = false;
  Element element = Element::f32;
  Shape shape;  // of one example
  std::vector<std::string>
      distinct;             // of a text or integer column that is to be numbered, in order; else empty
  bool has_empty = false;   // cells, of the examples that are not dropped
  std::string text_cell{};  // of a text column, the place of the first cell that makes it one: d.csv:3:2
  std::string text{};       // what stands there
};
using FindColumn = std::function<std::optional<ColumnFacts>(const DataReader&, const std::string& column)>;
/// All columns of a reader, in order; empty where the file is not there.
using ListColumns = std::function<std::vector<std::string>(const DataReader&)>;

// ---------------------------------------------------------------------------------------------- training

enum class Direction { lowest, highest };

struct MetricDescription {
  std::string name;     // "accuracy"; the graph's output is "metric.accuracy"
  bool is_sum = false;  // of integers: summed over the examples; else the mean over the batch, to be weighted
                        // by its size
  Shape shape;          // [] for a number
  /// Of a metric that is made of earlier ones: reads their measured values, inputs of their names ("loss"
  /// too), and has the output "value". The step has no output for it.
  std::optional<Graph> of_metrics{};
};

struct TrainDescription {
  bool present = false;
  bool batch_is_all = false;
  std::int64_t batch = 0;
  std::optional<std::int64_t> epochs;
  std::optional<std::int64_t> steps;
  std::vector<MetricDescription> metrics;
  struct Predict {
    std::string field;
  };
  std::optional<Predict> predict;  // the graph's output is "predict"
  struct Keep {
    Direction direction;
    std::string part;
    std::string metric;
  };
  std::optional<Keep> keep;
  struct Stop {
    std::int64_t epochs;
    Direction better;
    std::string part;
    std::string metric;
  };
  std::optional<Stop> stop;
  std::optional<std::int64_t> validate_steps;
  struct Start {
    std::string file;  // as written
    Place place;
  };
  std::optional<Start> start;  // where initial values come from
};

// ---------------------------------------------------------------------------------------------- nets

/// A parameter or state of the training step, with its whole name: "cnn.conv2d_1.w"; an optimizer's
/// "cnn.conv2d_1.w:m".
struct Kept {
  std::string name;
  Shape shape;
  bool trained = false;
};

/// One line of a summary: an instance of a layer that has parameters or is called in a net's body.
struct LayerLine {
  std::string name;  // "conv2d_1"
  Shape result;      // of one example
  std::int64_t parameters = 0;
  double operations = 0;  // floating point operations of one example, forward; 2 for a multiply-add
  Place place;
};

struct NetLine {
  std::string name;
  std::string input;  // "image[28, 28, 1]"
  Shape result;
  std::vector<LayerLine> layers;
  std::int64_t parameters = 0;
  double operations = 0;
  std::string doc;  // the first line of its doc comment
};

enum class Mode { training, evaluation };

/// Names of a step's scalar inputs that the runtime gives anew each step. Numbers f32, the key an i32.
namespace step_input {
inline constexpr const char* step = "step";  // 1, 2, …
inline constexpr const char* steps = "steps";
inline constexpr const char* epoch = "epoch";  // 1, 2, …
inline constexpr const char* epochs = "epochs";
inline constexpr const char* key = "key";  // of random draws, from seed and step
// Of `augment` only: the draws of an example are its own, wherever in a batch it stands.
inline constexpr const char* epoch_key = "epoch_key";  // from seed and epoch
inline constexpr const char* example = "example";      // [batch], i32: each example's number in its part
}  // namespace step_input

struct Model {
  std::string file;
  std::string doc;
  DataDescription data;
  TrainDescription train;
  std::vector<NetLine> nets;
  std::vector<Kept> kept;                    // parameters first, then states, each in the order of the text
  std::map<std::string, Setting> constants;  // after overrides

  /// Initial values of all that is kept: outputs named as in `kept`; one input, the key. Data figures
  /// excluded.
  Graph initial;
  /// One step on a batch of this many examples. Outputs: "loss", "metric.NAME", "predict"; in training also
  /// the updates.
  std::function<Graph(std::int64_t batch, Mode mode)> step;
  /// The raw fields that are standardised, before that: an output "field.NAME" for each, [batch, shape…].
  std::function<Graph(std::int64_t batch)> raw_fields;
};

}  // namespace dlc
