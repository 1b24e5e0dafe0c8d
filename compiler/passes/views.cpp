#include "compiler/passes/views.h"

#include <algorithm>
#include <utility>

#include "compiler/passes/algebra/body.h"
#include "compiler/passes/runner/rewriter.h"

namespace dlc {

using namespace passes;

namespace {

/// Index d of a tensor of `shape` as a position over the indices of the same elements in another shape.
std::vector<Position> index_positions(const Shape& shape, std::span<const Index> others) {
  Position linear;
  std::int64_t stride = 1;
  for (std::size_t i = others.size(); i-- > 0;) {
    linear = linear + scaled(position_of(static_cast<IndexId>(i)), stride);
    stride *= others[i].extent;
  }
  std::vector<Position> result(shape.size());
  for (std::size_t d = shape.size(); d-- > 0;) {
    result[d] = d == 0 ? linear : remainder(linear, shape[d], others);
    linear = quotient(linear, shape[d], others);
  }
  return result;
}

std::vector<Index> indices_of(const Shape& shape) {
  std::vector<Index> result;
  for (std::size_t d = 0; d < shape.size(); ++d) result.push_back({"m" + std::to_string(d), shape[d]});
  return result;
}

/// Does the read take the whole tensor, element by element? Then a view of it is read in the other shape.
bool reads_whole(const Read& read, const Window& write, const Shape& shape, const Graph& graph) {
  return !read.otherwise && read.window == write && graph[read.tensor].type.shape == shape;
}

/// Is all that is read, other than whole tensors, read at affine positions in the other shape too?
bool stays_affine(const Definition& definition, const Shape& shape, const Shape& other, const Graph& graph) {
  const std::vector<Index> indices = indices_of(other);
  const std::vector<Position> moved = index_positions(shape, indices);
  return std::all_of(definition.body.expressions.begin(), definition.body.expressions.end(),
                     [&](const Expression& expression) {
                       if (const auto* read = std::get_if<Read>(&expression)) {
                         return reads_whole(*read, definition.write, shape, graph) ||
                                is_affine(substitute(read->window, moved, indices));
                       }
                       const auto* value = std::get_if<PositionValue>(&expression);
                       if (value != nullptr) return is_affine(substitute(value->position, moved, indices));
                       const auto* draw = std::get_if<Draw>(&expression);
                       return draw == nullptr || is_affine(substitute(draw->counter, moved, indices));
                     });
}

class Views {
 public:
  Views(const Graph& before, Remarks& remarks) : uses_(readers(before)), after_(before), remarks_(remarks) {}

  Graph run() {
    for (const ValueId id : after_.in_order()) {
      Value value = after_.renamed(id);
      if (const auto reduction = reduction_behind(id)) move_behind(value, after_.now(*reduction));
      after_.keep(id, std::move(value));
    }
    return std::move(after_).finish();
  }

 private:
  bool is_read_once(ValueId old) const { return uses_.of[number_of(old)].size() == 1; }

  static bool is_read_whole(const Definition& definition, ValueId tensor, const Graph& graph) {
    return std::all_of(definition.body.expressions.begin(), definition.body.expressions.end(),
                       [&](const Expression& expression) {
                         const auto* read = std::get_if<Read>(&expression);
                         const Shape shape = result_shape(definition);
                         return read == nullptr || read->tensor != tensor ||
                                reads_whole(*read, definition.write, shape, graph);
                       });
  }

  static Shape result_shape(const Definition& elementwise) {
    Shape shape;
    for (const Index& index : elementwise.indices) shape.push_back(index.extent);
    return shape;
  }

  /// The reduction that the definition alone reads, through a view that nothing else reads; ids of the graph
  /// before.
  std::optional<ValueId> reduction_behind(ValueId id) const {
    const Graph& before = after_.before();
    const auto* definition = std::get_if<Definition>(&before[id].node);
    if (definition == nullptr || !is_elementwise(*definition)) return std::nullopt;
    for (const ValueId read : operands(before[id].node)) {
      const auto* view = std::get_if<View>(&before[read].node);
      if (view == nullptr || !is_read_once(read) || !is_read_once(view->of)) continue;
      const auto* source = std::get_if<Definition>(&before[view->of].node);
      if (source == nullptr || is_elementwise(*source)) continue;
      if (!is_read_whole(*definition, read, before)) continue;
      if (stays_affine(*definition, before[id].type.shape, before[view->of].type.shape, before))
        return view->of;
    }
    return std::nullopt;
  }

  /// The tensor in the given shape: what it is a view of, or a new view.
  ValueId in_shape(ValueId tensor, const Shape& shape) {
    const Value& value = after_.after()[tensor];
    if (const auto* view = std::get_if<View>(&value.node)) {
      if (after_.after()[view->of].type.shape == shape) return view->of;
    }
    Value viewed{value.name + "_view", value.type, View{tensor}, value.places};
    viewed.type.shape = shape;
    return after_.add(std::move(viewed));
  }

  void move_behind(Value& value, ValueId reduction) {
    const Value& source = after_.after()[reduction];
    remarks_.add(remark::view_after, {value.name, source.name});
    const Shape shape = source.type.shape;
    Value inner = value;
    inner.name += "_before";
    inner.type.shape = shape;
    const Definition old = std::get<Definition>(value.node);
    Definition now;
    now.indices = indices_of(shape);
    now.write = identity_window(shape.size());
    const std::vector<Position> moved = index_positions(value.type.shape, now.indices);
    BodyBuilder body;
    now.body = body.finish(rebuilt(old.body, old.body.root, [&](const Expression& expression) {
      const auto* read = std::get_if<Read>(&expression);
      if (read != nullptr && reads_whole(*read, old.write, value.type.shape, after_.after())) {
        return body.read(in_shape(read->tensor, shape), now.write);
      }
      return body.add(substituted(expression, moved, now.indices));
    }));
    inner.node = std::move(now);
    value.node = View{after_.add(std::move(inner))};
  }

  Readers uses_;
  Rewriter after_;
  Remarks& remarks_;
};

}  // namespace

Graph views(const Graph& before, Remarks& remarks) {
  return Views(before, remarks).run();
}

}  // namespace dlc
