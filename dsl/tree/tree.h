#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dsl/diagnostics/sources.h"
#include "dsl/tree/expression.h"

/// The syntax tree of language.md's section 14: what the grammar makes of a file, as plain values that move
/// but are not copied.
namespace dlc::tree {

// ---------------------------------------------------------------------- declarations

/// const NAME = value
struct Const {
  Name name;
  Expression value;
};

/// use "file.net"
struct Use {
  String file;
};

/// x[h, w, c], x[], x, pad: int | string = 0
struct Parameter {
  Name name;
  std::optional<std::vector<Dimension>> dimensions;  // absent: the whole value; empty: a single number
  std::vector<Name> kinds;                           // int number bool string list function net; perhaps none
  std::optional<Expression> default_value;
  Range range;
};

enum class FunctionKind : std::uint8_t { fn, layer, net, optimizer };

/// fn, layer, net and optimizer. `fn f(…) = e` has a body of the one expression and is_expression.
struct Function {
  FunctionKind kind = FunctionKind::fn;
  Name name;
  std::vector<Parameter> parameters;
  Body body;
  bool is_expression = false;
};

/// rule NAME { pattern => replacement when condition }
struct Rule {
  std::optional<Name> name;
  Expression pattern;
  Expression replacement;
  std::optional<Expression> condition;
};

// ---------------------------------------------------------------------- data

/// train READER, valid READER, test READER
struct PartLine {
  Name part;
  Expression reader;
};

/// from READER
struct FromLine {
  Expression reader;
};

/// split train 0.7, valid 0.3 stratify kind seed 1 in order
struct SplitLine {
  struct Portion {
    Name part;
    Expression size;
  };
  std::vector<Portion> portions;
  std::optional<Name> stratify;
  std::optional<Expression> seed;
  bool in_order = false;
};

/// What an empty cell gets.
struct MissingMean {};
struct MissingDrop {};
using Missing = std::variant<MissingMean, MissingDrop, Expression>;

/// label: [28, 28] class[10] = expression names … missing …
struct FieldLine {
  enum class Kind : std::uint8_t { none, number, class_ };
  Name name;
  std::optional<std::vector<Extent>> extents;
  Kind kind = Kind::none;             // none: what the expression is; extents are written then
  std::optional<Expression> classes;  // class[n]
  Range type;
  Expression value;
  std::optional<Expression> names;
  std::optional<Missing> missing;
};

/// standardize x, standardize image[.., c]
struct StandardizeLine {
  Name field;
  bool pooled = false;     // [..] is written
  std::vector<Name> kept;  // the dimensions behind ..
};

/// augment image = expression
struct AugmentLine {
  Name field;
  Expression value;
};

struct DataLine {
  std::variant<PartLine, FromLine, SplitLine, FieldLine, StandardizeLine, AugmentLine> line;
  Range range;
};

struct Data {
  Name name;
  std::vector<DataLine> lines;
};

// ---------------------------------------------------------------------- training

/// data NAME
struct DataUse {
  Name data;
};

/// batch 32, batch all
struct Batch {
  std::optional<Expression> size;  // absent: all
};

/// epochs 10
struct Epochs {
  Expression count;
};

/// steps 3000
struct Steps {
  Expression count;
};

/// minimize E over PATH, … with OPTIMIZER(settings)
struct Minimize {
  Expression loss;
  std::vector<Path> over;
  Name optimizer;
  std::vector<Argument> arguments;
  bool has_brackets = false;
};

/// metric NAME = E
struct Metric {
  std::optional<Name> name;
  Expression value;
};

/// predict FIELD = E
struct Predict {
  Name field;
  Expression value;
};

/// sample FIELD = E
struct Sample {
  Name field;
  Expression value;
};

/// start from "weights.safetensors"
struct Start {
  String file;
};

/// validate N steps
struct Validate {
  Expression steps;
};

/// keep lowest PART.METRIC
struct Keep {
  bool highest = false;
  Path metric;
};

/// stop after N epochs without lower PART.METRIC
struct Stop {
  Expression epochs;
  bool higher = false;
  Path metric;
};

/// step NAME repeat N { … }
struct Step {
  using Line = std::variant<Minimize, Statement>;
  struct StepLine {
    Line line;
    Range range;
  };
  Name name;
  std::optional<Expression> repeat;
  std::vector<StepLine> lines;
  Range braces;
};

/// sample "prompt" 200
struct SampleText {
  String prompt;
  Expression length;
};

/// picture E to "file-{epoch}.png"
struct Picture {
  Expression image;
  String file;
};

/// every epoch { … }, every N epochs { … }, every N steps { … }
struct Every {
  struct EveryLine {
    std::variant<SampleText, Picture, Statement> line;
    Range range;
  };
  std::optional<Expression> count;  // absent: every epoch
  bool counts_steps = false;
  std::vector<EveryLine> lines;
  Range braces;
};

struct TrainLine {
  std::variant<DataUse, Batch, Epochs, Steps, Minimize, Metric, Predict, Sample, Start, Validate, Keep, Stop,
               Step, Every, Statement>
      line;
  Range range;
};

struct Train {
  std::vector<TrainLine> lines;
};

// ---------------------------------------------------------------------- the file

struct Declaration {
  std::variant<Const, Use, Function, Rule, Data, Train> what;
  std::string doc;  // its ## lines without the marks; empty: none
  Range range;
  Range braces;  // of rule, data and train: { … }
};

/// # or ##, from the mark to the line's end.
struct Comment {
  Range range;
  std::string text;
};

/// How the file was written: what the printer keeps of it and the meaning does not depend on.
struct Layout {
  std::string text;                        // the file; empty of a tree that was not read
  std::vector<Comment> comments;           // in the order of the file
  std::vector<std::uint32_t> line_starts;  // offsets
};

struct File {
  FileId file{};
  std::string doc;  // the ## lines at the top that a blank line follows
  std::vector<Declaration> declarations;
  Layout layout;
};

}  // namespace dlc::tree

namespace dlc {

using Tree = tree::File;

}  // namespace dlc
