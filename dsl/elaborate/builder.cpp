#include "dsl/elaborate/builder.h"

#include <algorithm>

namespace dlc {

namespace {

/// The single axis that a position is, if it is no more than that.
std::optional<IndexId> lone_axis(const Position& position) {
  if (position.constant != 0 || position.terms.size() != 1 || position.terms[0].coefficient != 1)
    return std::nullopt;
  const auto* index = std::get_if<IndexId>(&position.terms[0].what);
  return index ? std::optional(*index) : std::nullopt;
}

const Read* lone_read(const Quantity& tensor) {
  if (tensor.body.expressions.size() != 1) return nullptr;
  const auto* read = std::get_if<Read>(&tensor.body.expressions[0]);
  return read && !read->otherwise ? read : nullptr;
}

Type type_of(const Quantity& tensor, Shape shape) {
  Type type;
  type.kind = tensor.kind;
  type.element = element_of(tensor.kind);
  type.shape = std::move(shape);
  if (tensor.kind == Kind::integer) {
    type.least = tensor.least;
    type.most = tensor.most;
  }
  return type;
}

/// Chooses among the elements first … last − 1 by halves, so that the depth of a table is the logarithm of
/// its length.
ExpressionId choose(Body& body, const ListTensor& list, Kind kind, ExpressionId index, std::size_t first,
                    std::size_t last) {
  if (last - first == 1) return body.add(Constant{list.elements[first], kind});
  const std::size_t middle = (first + last) / 2;
  const ExpressionId bound = body.add(Constant{static_cast<double>(middle), Kind::integer});
  const ExpressionId condition = body.add(Call{Scalar::less, index, bound});
  const ExpressionId low = choose(body, list, kind, index, first, middle);
  const ExpressionId high = choose(body, list, kind, index, middle, last);
  return body.add(Select{condition, low, high});
}

}  // namespace

Shape Builder::shape_of(const Quantity& tensor) const {
  Shape shape;
  for (const Dimension& dimension : tensor.dimensions) shape.push_back(extent(dimension));
  return shape;
}

std::vector<IndexId> Builder::frame_of(const Quantity& tensor) const {
  std::vector<IndexId> frame = axes_of(tensor.body);
  std::erase_if(frame, [&](IndexId axis) {
    return std::any_of(tensor.dimensions.begin(), tensor.dimensions.end(),
                       [&](const Dimension& dimension) { return dimension.axis == axis; });
  });
  return frame;
}

std::vector<Dimension> Builder::new_dimensions(const Shape& shape, std::span<const std::string> names) {
  std::vector<Dimension> dimensions;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    dimensions.push_back(
        {axes.add(i < names.size() ? names[i] : "d" + std::to_string(i), shape[i]), no_call});
  }
  return dimensions;
}

Quantity Builder::whole(ValueId value, std::span<const IndexId> frame,
                        std::vector<Dimension> dimensions) const {
  const Type& type = graph[value].type;
  Quantity tensor;
  tensor.kind = type.kind;
  tensor.least = type.least;
  tensor.most = type.most;
  Window window;
  for (const IndexId axis : frame) window.push_back(dlc::position_of(axis));
  for (const Dimension& dimension : dimensions) window.push_back(dlc::position_of(dimension.axis));
  tensor.body = read_body(value, std::move(window));
  tensor.dimensions = std::move(dimensions);
  return tensor;
}

Quantity Builder::node(const std::string& name, Type type, Node node, std::span<const IndexId> frame) {
  const Shape visible(type.shape.begin() + static_cast<std::ptrdiff_t>(frame.size()), type.shape.end());
  const ValueId id = graph.add({name, std::move(type), std::move(node), places});
  return whole(id, frame, new_dimensions(visible));
}

Quantity Builder::input(const std::string& name, Type type, std::span<const IndexId> frame) {
  // Where the data are not there, one column may be taken to have another shape in each of two fields.
  std::string own_name = name;
  for (int number = 2; const std::optional<ValueId> found = graph.find(own_name); ++number) {
    if (graph[*found].type.shape != type.shape) {
      own_name = name + " (" + std::to_string(number) + ")";
      continue;
    }
    const Shape visible(type.shape.begin() + static_cast<std::ptrdiff_t>(frame.size()), type.shape.end());
    return whole(*found, frame, new_dimensions(visible));
  }
  return node(own_name, std::move(type), Input{}, frame);
}

bool Builder::is_whole(const Quantity& tensor) const {
  const Read* read = lone_read(tensor);
  if (!read) return false;
  std::vector<IndexId> order = frame_of(tensor);
  for (const Dimension& dimension : tensor.dimensions) order.push_back(dimension.axis);
  if (read->window.size() != order.size()) return false;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (lone_axis(read->window[i]) != order[i]) return false;
    if (graph[read->tensor].type.shape[i] != axes.extent(order[i])) return false;
  }
  return true;
}

bool Builder::is_direct_read(const Quantity& tensor) const {
  const Read* read = lone_read(tensor);
  if (!read) return false;
  for (const Dimension& dimension : tensor.dimensions) {
    int seen = 0;
    for (std::size_t i = 0; i < read->window.size(); ++i) {
      if (lone_axis(read->window[i]) == dimension.axis) {
        ++seen;
        if (graph[read->tensor].type.shape[i] != axes.extent(dimension.axis)) return false;
      } else if (depends_on(read->window[i], dimension.axis)) {
        return false;
      }
    }
    if (seen != 1) return false;
  }
  return true;
}

bool Builder::is_cheap(const Quantity& tensor) const {
  if (tensor.body.expressions.size() == 1) return !std::holds_alternative<Draw>(tensor.body.expressions[0]);
  if (tensor.body.expressions.size() > 2) return false;
  // A number made of an index, an integer or a boolean that is read.
  const auto* call = std::get_if<Call>(&tensor.body[tensor.body.root]);
  return call && (call->function == Scalar::number || call->function == Scalar::stop_gradient);
}

Builder::Numbered Builder::numbered(const Body& body, std::span<const IndexId> order,
                                    std::size_t written) const {
  Numbered result;
  Renumbering map;
  for (const IndexId axis : order) {
    Index index = axes.indices[number_of(axis)];
    const std::string stem = index.name;
    int suffix = 2;
    while (std::any_of(result.indices.begin(), result.indices.end(),
                       [&](const Index& other) { return other.name == index.name; })) {
      index.name = stem + std::to_string(suffix++);
    }
    const auto id = static_cast<IndexId>(result.indices.size());
    map.emplace_back(axis, id);
    if (result.indices.size() < written) result.write.push_back(dlc::position_of(id));
    result.indices.push_back(std::move(index));
  }
  result.body = renumbered(body, map);
  for (Expression& expression : result.body.expressions) {
    if (auto* value = std::get_if<PositionValue>(&expression)) {
      value->position = normalized(value->position, result.indices);
    } else if (auto* read = std::get_if<Read>(&expression)) {
      for (Position& position : read->window) position = normalized(position, result.indices);
    } else if (auto* draw = std::get_if<Draw>(&expression)) {
      draw->counter = normalized(draw->counter, result.indices);
    }
  }
  return result;
}

Quantity Builder::materialized(const Quantity& tensor, const std::string& name) {
  if (is_whole(tensor)) {
    Quantity same = tensor;
    same.is_draw = false;
    return same;
  }
  const std::vector<IndexId> frame = frame_of(tensor);
  std::vector<IndexId> order = frame;
  for (const Dimension& dimension : tensor.dimensions) order.push_back(dimension.axis);
  Shape shape;
  for (const IndexId axis : order) shape.push_back(axes.extent(axis));
  Numbered made = numbered(tensor.body, order, order.size());
  Definition definition{std::move(made.indices), std::move(made.write), Combiner::none, std::move(made.body)};
  const ValueId id = graph.add({name, type_of(tensor, std::move(shape)), std::move(definition), places});
  Quantity result = whole(id, frame, tensor.dimensions);
  result.returned_by = tensor.returned_by;
  return result;
}

ValueId Builder::value_of(const Quantity& tensor, const std::string& name) {
  const Quantity held = materialized(tensor, name);
  return std::get<Read>(held.body.expressions[0]).tensor;
}

Quantity Builder::reduced(Combiner combiner, const Quantity& term, std::vector<IndexId> over,
                          const std::string& name) {
  std::vector<IndexId> frame = axes_of(term.body);
  std::erase_if(frame, [&](IndexId axis) { return std::find(over.begin(), over.end(), axis) != over.end(); });
  std::vector<IndexId> order = frame;
  order.insert(order.end(), over.begin(), over.end());
  Numbered made = numbered(term.body, order, frame.size());
  Quantity result = term;
  result.dimensions.clear();
  if (combiner == Combiner::argmax || combiner == Combiner::argmin) {
    std::int64_t box = 1;
    for (const IndexId axis : over) box *= axes.extent(axis);
    result.kind = Kind::integer;
    result.least = 0;
    result.most = box - 1;
  }
  Shape shape;
  for (const IndexId axis : frame) shape.push_back(axes.extent(axis));
  Definition definition{std::move(made.indices), std::move(made.write), combiner, std::move(made.body)};
  const ValueId id = graph.add({name, type_of(result, std::move(shape)), std::move(definition), places});
  return whole(id, frame, {});
}

Quantity Builder::viewed(const Quantity& tensor, const Shape& shape, const std::string& name) {
  if (shape_of(tensor) == shape) return tensor;
  const Quantity held = materialized(tensor, name + ".of");
  const std::vector<IndexId> frame = frame_of(held);
  Type type = type_of(held, {});
  for (const IndexId axis : frame) type.shape.push_back(axes.extent(axis));
  type.shape.insert(type.shape.end(), shape.begin(), shape.end());
  const ValueId of = std::get<Read>(held.body.expressions[0]).tensor;
  type.element = graph[of].type.element;
  Quantity result = node(name, std::move(type), View{of}, frame);
  result.returned_by = tensor.returned_by;
  return result;
}

Quantity Builder::element(const Quantity& tensor, std::span<const Position> positions) const {
  AxisMap map;
  for (std::size_t i = 0; i < positions.size(); ++i)
    map.emplace_back(tensor.dimensions[i].axis, positions[i]);
  Quantity result = tensor;
  result.dimensions.clear();
  result.body = substituted(tensor.body, map, axes);
  return result;
}

Quantity Builder::constant(const ListTensor& list) {
  Quantity result;
  result.kind = list.is_integer ? Kind::integer : Kind::number;
  if (list.is_integer && !list.elements.empty()) {
    const auto [least, most] = std::minmax_element(list.elements.begin(), list.elements.end());
    result.least = static_cast<std::int64_t>(*least);
    result.most = static_cast<std::int64_t>(*most);
  }
  result.dimensions = new_dimensions(list.shape);
  Position linear;
  for (const Dimension& dimension : result.dimensions) {
    linear = scaled(linear, extent(dimension)) + dlc::position_of(dimension.axis);
  }
  Body body;
  if (list.elements.size() == 1) {
    body.add(Constant{list.elements[0], result.kind});
  } else {
    const ExpressionId index = body.add(PositionValue{linear});
    choose(body, list, result.kind, index, 0, list.elements.size());
  }
  result.body = std::move(body);
  return result;
}

}  // namespace dlc
