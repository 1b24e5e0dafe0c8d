#pragma once

#include <cstdint>

#include "compiler/graph/graph.h"
#include "tests/programs/chance.h"

namespace dlc::tests {

/// Which forms a random graph has.
enum class Forms : std::uint8_t {
  all,
  numbers,  // small definitions of numbers over the parameters "a", "b" and "c": what differences can check
};

/// Grows a small sound graph without meaning, the same for the same seed.
class RandomGraph {
 public:
  RandomGraph(std::uint64_t seed, Forms forms);

  Graph graph;
  Chance chance;

  /// A definition, with Forms::all a view now and then, over what is there already.
  ValueId add_value();

  /// A definition of numbers.
  ValueId add_definition();

  /// The same elements in one dimension.
  ValueId add_view(ValueId of);

  /// A loss of the value, and its gradient by each parameter, as outputs.
  void add_gradients(ValueId of);

  /// The next value of a parameter or state.
  void add_update(ValueId target);

  ValueId any_of(Kind kind);
  Forms forms() const { return forms_; }

 private:
  void add_outside();
  Shape random_shape();
  std::vector<Index> random_indices(int least, int most);
  ValueId add(std::string name, Type type, Node node);
  Body body_of(Kind kind, const std::vector<Index>& indices);
  ValueId add_reduction(Kind kind);
  ValueId add_product();
  ValueId add_scatter();
  ValueId add_phases();
  Body tied_body(const std::vector<Index>& indices);

  Forms forms_;
};

/// A graph that may have every form: numbers, integers and booleans; all combiners, with ties among what they
/// compare; windows with strides, dilations, offsets, quotients, remainders and lookups; borders with `else`;
/// scatters that meet and scatters that write each element once; selects whose other side is no number;
/// shared expressions, draws, views, gradients, updates, several outputs, places, names that are no words.
/// `constructs.h` counts them.
Graph random_program(std::uint64_t seed);

}  // namespace dlc::tests
