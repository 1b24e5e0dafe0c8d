#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "compiler/scalar/scalar.h"
#include "compiler/window/window.h"

namespace dlc {

/// How an element lies in memory. Numbers are f32, or u8 and i32 where an input keeps its file's form;
/// integers are i32 or u8; booleans are u8, 0 or 1.
enum class Element : std::uint8_t { f32, i32, u8 };

/// What a value holds. All dimensions are explicit: the batch is one like any other, the first. A single
/// number has no dimensions.
struct Type {
  Kind kind = Kind::number;
  Element element = Element::f32;
  Shape shape;
  std::int64_t least = 0;  // of an integer: its bounds, both included
  std::int64_t most = 0;
  bool operator==(const Type&) const = default;
};

/// The usual element of a kind.
Element element_of(Kind kind);
std::int64_t count(const Shape& shape);

/// Where in the user's text a value comes from; the user's call first, then the way into the library.
struct Place {
  std::string file;
  std::int32_t line = 0;
  std::int32_t column = 0;
  bool operator==(const Place&) const = default;
};

// ---------------------------------------------------------------------------------------------- bodies

/// An expression of a body: an index into its list. Operands stand before what uses them.
enum class ExpressionId : std::uint32_t {};

/// A number known when the file is read.
struct Constant {
  double value = 0;
  Kind kind = Kind::number;
};

/// The integer that a position is for the current indices.
struct PositionValue {
  Position position;
};

/// An element of a tensor. Without `otherwise` all positions are inside (the verifier asks the window
/// module); with it, a read that is outside gives that expression, which may be of any form.
struct Read {
  ValueId tensor{};
  Window window;
  std::optional<ExpressionId> otherwise;
};

struct Call {
  Scalar function{};
  ExpressionId a{};
  ExpressionId b{};  // equal to a where the arity is 1
};

/// a where the boolean holds, else b. The side not chosen contributes nothing, whatever its value.
struct Select {
  ExpressionId condition{};
  ExpressionId a{};
  ExpressionId b{};
};

/// A uniform draw, strictly between 0 and 1: uniform_of_bits(random_bits(key, site, counter)). `key` is an
/// integer scalar (an input that the runtime changes from step to step). Equal draws are the same draw,
/// wherever they are copied to.
struct Draw {
  ValueId key{};
  std::uint32_t site = 0;
  Position counter;
};

using Expression = std::variant<Constant, PositionValue, Read, Call, Select, Draw>;

struct Body {
  std::vector<Expression> expressions;  // none is unused
  ExpressionId root{};

  const Expression& operator[](ExpressionId id) const { return expressions[static_cast<std::size_t>(id)]; }
  ExpressionId add(Expression expression);  // appends; the root is then the new one
};

// ---------------------------------------------------------------------------------------------- nodes

/// From outside, anew each step: a column of the batch, the number of the step, the key of the draws.
struct Input {};

/// Trained: kept from step to step, changed by an Update.
struct Parameter {};

/// Kept but not trained: an optimizer's moments, running means, figures of the data.
struct State {};

enum class Combiner : std::uint8_t { none, sum, product, maximum, minimum, any, all, argmax, argmin };

/// The one computing node. For all combinations of the indices, in index order (the last index fastest):
///     result[write(indices)] = combine(result[write(indices)], body(indices))
/// starting from the combiner's neutral value; what is written outside the result's shape is dropped. With
/// `none` each element is written exactly once. argmax and argmin give the linear position, in the box of the
/// indices that do not occur in `write`, of the first extreme. The usual definition writes at its first
/// indices (is_identity(write)); any other is a scatter.
struct Definition {
  std::vector<Index> indices;
  Window write;
  Combiner combiner = Combiner::none;
  Body body;
};

/// The same elements in the same order under another shape.
struct View {
  ValueId of{};
};

/// The gradient of a single number with respect to a value; has that value's shape. Replaced by definitions
/// in `differentiate`.
struct Gradient {
  ValueId of{};
  ValueId by{};
};

/// The next value of a parameter or state, taken over after the whole step has read the present one. Nothing
/// reads an update.
struct Update {
  ValueId target{};
  ValueId value{};
};

using Node = std::variant<Input, Parameter, State, Definition, View, Gradient, Update>;

// ---------------------------------------------------------------------------------------------- graph

struct Value {
  std::string name;  // unique in its graph; of what comes from outside the name it is known by there
  Type type;
  Node node;
  std::vector<Place> places;
};

/// What is wanted from a step by name: the loss, metrics, predictions.
struct Output {
  std::string name;
  ValueId value{};
};

/// Values in an order in which each reads only earlier ones. Plain value: copies are independent.
class Graph {
 public:
  /// Appends; makes the name unique by a suffix _2, _3, … where it is taken.
  ValueId add(Value value);

  const Value& operator[](ValueId id) const { return values_[number_of(id)]; }
  Value& operator[](ValueId id) { return values_[number_of(id)]; }
  std::size_t size() const { return values_.size(); }
  std::span<const Value> values() const { return values_; }

  std::optional<ValueId> find(std::string_view name) const;

  std::vector<Output> outputs;

 private:
  std::vector<Value> values_;
  std::vector<std::pair<std::string, std::uint32_t>> taken_;  // sorted: name, next suffix
};

/// The values that this one reads, in order of first appearance, each once (lookups in windows, draws' keys
/// and updates' targets too).
std::vector<ValueId> operands(const Node& node);

/// Calls `change` for each value id that the node holds, to renumber them.
void renumber(Node& node, const std::function<ValueId(ValueId)>& change);

/// The kind of an expression of the body.
Kind kind_of(const Body& body, ExpressionId id, const Graph& graph);

/// Equal graphs: same values by name, type, node and places, same outputs. Names of indices do not count, nor
/// in which order and how often a body lists equal expressions.
bool same(const Graph& a, const Graph& b);
bool same(const Node& a, const Node& b);
bool same(const Body& a, const Body& b);

template <class... Cases>
struct match : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
match(Cases...) -> match<Cases...>;

// ---------------------------------------------------------------------------------------------- text, check

/// The text form, one value a line; reads back to the same graph (`read`).
std::string print(const Graph& graph);
std::string print(const Value& value, const Graph& graph);  // its line, without the end of line

struct GraphError {
  std::size_t line = 0;
  std::string text;
};
std::variant<Graph, GraphError> read_graph(std::string_view text);

/// The first broken rule, in words, with the value's name; none if the graph is sound: operands before users,
/// unique names, kinds as the scalar functions want them, reads without `otherwise` proved inside, each
/// element of a `none` definition written exactly once, extents above 0, shapes of views and updates,
/// gradients of single numbers, no unused or misplaced expressions.
std::optional<std::string> broken_rule(const Graph& graph);

}  // namespace dlc
