#pragma once

#include <functional>
#include <map>

#include "compiler/differentiate/guarded.h"

namespace dlc {

/// What a backward sweep wants to know of a reduction, as definitions of their own: made where first asked
/// for, once for all sweeps.
class Remembered {
 public:
  /// Gives a name of `base` that no value has.
  using Naming = std::function<std::string(std::string base)>;

  Remembered(Graph& graph, Naming naming) : graph_(graph), naming_(std::move(naming)) {}

  /// The adjoint of the body of definition `y` at its root, if that of its result, at the place written, is
  /// `result_adjoint`. The combiner is one that passes a gradient (`passes_gradient`).
  Guarded root_adjoint(ValueId y, ExpressionId result_adjoint, BodyBuilder& body);

 private:
  /// The definition with its combiner argmax (of a maximum) or argmin.
  ValueId first_extreme(ValueId y);

  /// By all indices of y: the product of the body over all other combinations that are written to the same
  /// place.
  ValueId product_of_others(ValueId y);

  Graph& graph_;
  Naming naming_;
  std::map<ValueId, ValueId> first_extremes_;
  std::map<ValueId, ValueId> products_of_others_;
};

bool passes_gradient(Combiner combiner);

/// Is every position written by the definition inside its result?
bool writes_inside(const Definition& definition, const Shape& result);

}  // namespace dlc
