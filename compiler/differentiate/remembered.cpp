#include "compiler/differentiate/remembered.h"

#include <cassert>

namespace dlc {

namespace {

/// An index is known from the place written if some subscript is made of it alone.
bool is_single(const Position& position) {
  return position.terms.size() == 1 && std::holds_alternative<IndexId>(position.terms.front().what);
}

std::vector<bool> known_from_place(const Definition& definition) {
  std::vector<bool> known(definition.indices.size(), false);
  for (const Position& position : definition.write) {
    if (is_single(position)) known[number_of(std::get<IndexId>(position.terms.front().what))] = true;
  }
  return known;
}

std::int64_t combinations(const std::vector<Index>& indices, const std::vector<bool>& left_out) {
  std::int64_t product = 1;
  for (std::size_t i = 0; i < indices.size(); ++i) product *= left_out[i] ? 1 : indices[i].extent;
  return product;
}

/// The linear position in the box of the indices that do not occur in the write map: what argmax gives.
Position reduced_position(const Definition& definition, const std::vector<bool>& known) {
  Position position;
  std::int64_t stride = 1;
  for (std::size_t i = definition.indices.size(); i-- > 0;) {
    const auto index = static_cast<IndexId>(i);
    assert((known[i] || !depends_on(definition.write, index)) &&
           "maximum and minimum are differentiated where each written subscript is a single index");
    if (known[i]) continue;
    position = position + scaled(position_of(index), stride);
    stride *= definition.indices[i].extent;
  }
  return position;
}

/// Are two combinations, i and its copy by `other`, different but written to the same place?
ExpressionId meets_another(const Definition& definition, const std::vector<bool>& known,
                           std::span<const Position> other, std::span<const Index> all_indices,
                           BodyBuilder& body) {
  ExpressionId same_place = body.constant(1, Kind::boolean);
  for (const Position& position : definition.write) {
    if (is_single(position)) continue;
    const ExpressionId there = body.position(substitute(position, other, all_indices));
    same_place =
        body.call(Scalar::logical_and, same_place, body.call(Scalar::equal, body.position(position), there));
  }
  ExpressionId different = body.constant(0, Kind::boolean);
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i]) continue;
    const ExpressionId here = body.position(position_of(static_cast<IndexId>(i)));
    const ExpressionId differs = body.call(Scalar::not_equal, here, body.position(other[i]));
    different = body.call(Scalar::logical_or, different, differs);
  }
  return body.call(Scalar::logical_and, same_place, different);
}

}  // namespace

bool passes_gradient(Combiner combiner) {
  switch (combiner) {
    case Combiner::none:
    case Combiner::sum:
    case Combiner::product:
    case Combiner::maximum:
    case Combiner::minimum: return true;
    case Combiner::any:
    case Combiner::all:
    case Combiner::argmax:
    case Combiner::argmin: return false;
  }
  __builtin_unreachable();
}

bool writes_inside(const Definition& definition, const Shape& result) {
  return !first_outside(definition.write, definition.indices, result).has_value();
}

Guarded Remembered::root_adjoint(ValueId y, ExpressionId result_adjoint, BodyBuilder& body) {
  const auto& definition = std::get<Definition>(graph_[y].node);
  if (definition.combiner == Combiner::none || definition.combiner == Combiner::sum)
    return {{}, result_adjoint};
  const std::vector<bool> known = known_from_place(definition);
  if (combinations(definition.indices, known) == 1) return {{}, result_adjoint};  // nothing to choose from
  if (definition.combiner == Combiner::product) {
    const std::size_t dimensions = definition.indices.size();
    const ExpressionId others = body.read(product_of_others(y), identity_window(dimensions));
    return {{}, body.call(Scalar::multiply, result_adjoint, others)};
  }
  const ExpressionId here = body.position(reduced_position(definition, known));
  const Window write = definition.write;
  std::optional<ExpressionId> nowhere;
  if (!writes_inside(definition, graph_[y].type.shape)) nowhere = body.constant(-1, Kind::integer);
  const ExpressionId first = body.read(first_extreme(y), write, nowhere);
  return {{{body.call(Scalar::equal, here, first), true}}, result_adjoint};
}

ValueId Remembered::first_extreme(ValueId y) {
  if (const auto found = first_extremes_.find(y); found != first_extremes_.end()) return found->second;
  Value value = graph_[y];
  auto& definition = std::get<Definition>(value.node);
  const bool is_maximum = definition.combiner == Combiner::maximum;
  definition.combiner = is_maximum ? Combiner::argmax : Combiner::argmin;
  value.name = naming_((is_maximum ? "argmax_" : "argmin_") + value.name);
  const std::int64_t choices = combinations(definition.indices, known_from_place(definition));
  value.type = {Kind::integer, element_of(Kind::integer), value.type.shape, 0, choices - 1};
  return first_extremes_[y] = graph_.add(std::move(value));
}

// y = product[k] f[k] has the derivative product[m] (if m == k { 1 } else { f[m] }) by f[k]: as many steps as
// the square of the product's length, but right for any number of zeros among the f, and right again when it
// is itself differentiated; y / f[k] is neither.
ValueId Remembered::product_of_others(ValueId y) {
  if (const auto found = products_of_others_.find(y); found != products_of_others_.end())
    return found->second;
  Value value = graph_[y];
  auto& definition = std::get<Definition>(value.node);
  const std::vector<bool> known = known_from_place(definition);
  const std::size_t dimensions = definition.indices.size();
  std::vector<Index> indices = definition.indices;
  Window other = identity_window(dimensions);
  Shape shape;
  for (std::size_t i = 0; i < dimensions; ++i) {
    shape.push_back(definition.indices[i].extent);
    if (known[i]) continue;
    other[i] = position_of(static_cast<IndexId>(indices.size()));
    indices.push_back({"other_" + definition.indices[i].name, definition.indices[i].extent});
  }
  BodyBuilder body;
  BodyCopy there(definition.body, body, other, indices);
  const ExpressionId meets = meets_another(definition, known, other, indices, body);
  const ExpressionId root = body.select(meets, there(definition.body.root), body.constant(1));
  value.name = naming_("others_" + value.name);
  value.type = {Kind::number, element_of(Kind::number), std::move(shape)};
  value.node =
      Definition{std::move(indices), identity_window(dimensions), Combiner::product, body.finish(root)};
  return products_of_others_[y] = graph_.add(std::move(value));
}

}  // namespace dlc
