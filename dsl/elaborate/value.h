#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/graph/graph.h"
#include "dsl/elaborate/names/setting.h"

namespace dlc {

/// Values while a file is elaborated. A quantity is not yet a value of the graph: it is a scalar expression
/// over axes. Some axes are its visible dimensions, the others (those that its body mentions besides) are its
/// frame. An axis is an index with an identity of its own: the batch, a call's lead, an index of a
/// definition. Bodies name axes by their IndexId in `Axes`; only what becomes a definition numbers its own
/// anew.

struct Axes {
  std::vector<Index> indices;

  IndexId add(std::string name, std::int64_t extent) {
    indices.push_back({std::move(name), extent});
    return static_cast<IndexId>(indices.size() - 1);
  }
  std::int64_t extent(IndexId axis) const { return indices[number_of(axis)].extent; }
};

/// A call that returned a value, an index into the elaboration's list of calls.
enum class CallId : std::uint32_t {};
inline constexpr CallId no_call{0xFFFFFFFFU};

struct Dimension {
  IndexId axis{};
  CallId lead_of = no_call;  // the call that took the value row by row along this dimension
};

struct Quantity {
  Kind kind = Kind::number;
  std::int64_t least = 0;  // of an integer: its bounds, both included
  std::int64_t most = 0;
  std::vector<Dimension> dimensions;
  Body body;
  bool is_draw = false;             // holds a random draw that no name is bound to
  std::vector<CallId> returned_by;  // the calls that returned this very value, the innermost first
};

/// What a mistake leaves behind: whatever uses it is silent.
struct Poison {};

struct Tuple;
using Meaning = std::variant<Poison, Setting, Quantity, Tuple>;

/// Several results of a call: (a, b).
struct Tuple {
  std::vector<Meaning> elements;
};

inline bool is_poison(const Meaning& meaning) {
  return std::holds_alternative<Poison>(meaning);
}

// ---------------------------------------------------------------------------------------------- bodies

Body constant_body(double value, Kind kind);
Body position_body(Position position);
Body read_body(ValueId tensor, Window window);
Body call_body(Scalar function, Body a);
Body call_body(Scalar function, Body a, const Body& b);
Body select_body(Body condition, const Body& a, const Body& b);

/// Appends what `from` computes; gives its root's new id.
ExpressionId append(Body& to, const Body& from);

/// The axes that a body mentions, in the order of their ids, each once.
std::vector<IndexId> axes_of(const Body& body);
std::vector<IndexId> axes_of(const Position& position);

/// Each axis of the map replaced by its position, all at once.
using AxisMap = std::vector<std::pair<IndexId, Position>>;
Position substituted(const Position& position, const AxisMap& map, const Axes& axes);
Body substituted(const Body& body, const AxisMap& map, const Axes& axes);

/// The same with axes for axes: nothing is computed, only numbered anew.
using Renumbering = std::vector<std::pair<IndexId, IndexId>>;
Body renumbered(const Body& body, const Renumbering& map);
Position renumbered(const Position& position, const Renumbering& map);

/// The window module's functions over the axes that occur, whatever other axes there are.
Position normalized(const Position& position, const Axes& axes);
Position quotient(const Position& position, std::int64_t divisor, const Axes& axes);
Position remainder(const Position& position, std::int64_t divisor, const Axes& axes);
Range range(const Position& position, const Axes& axes);

/// The position that an integer body is, if it is one: a sum of indices, quotients, remainders and elements
/// of integer tensors.
std::optional<Position> position_of(const Body& body, const Graph& graph, const Axes& axes);

}  // namespace dlc
