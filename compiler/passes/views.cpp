#include "compiler/passes/views.h"

#include <algorithm>
#include <utility>

#include "compiler/passes/body.h"
#include "compiler/passes/rewriter.h"

namespace dlc {

using namespace passes;

namespace {

/// Does every expression that names an index read a whole tensor of this shape, element by element?
bool reads_whole_tensors(const Definition& definition, const Shape& shape, const Graph& graph) {
  const std::size_t count = definition.indices.size();
  return std::all_of(definition.body.expressions.begin(), definition.body.expressions.end(),
                     [&](const Expression& expression) {
                       if (const auto* read = std::get_if<Read>(&expression)) {
                         if (read->window.empty()) return true;
                         return read->window == definition.write && graph[read->tensor].type.shape == shape;
                       }
                       if (const auto* value = std::get_if<PositionValue>(&expression)) {
                         for (std::size_t i = 0; i < count; ++i) {
                           if (depends_on(value->position, static_cast<IndexId>(i))) return false;
                         }
                       }
                       return !std::holds_alternative<Draw>(expression);
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

  /// The reduction that the definition alone reads, through a view that nothing else reads; ids of the graph
  /// before.
  std::optional<ValueId> reduction_behind(ValueId id) const {
    const Graph& before = after_.before();
    const auto* definition = std::get_if<Definition>(&before[id].node);
    if (definition == nullptr || !is_elementwise(*definition)) return std::nullopt;
    if (!reads_whole_tensors(*definition, before[id].type.shape, before)) return std::nullopt;
    for (const ValueId read : operands(before[id].node)) {
      const auto* view = std::get_if<View>(&before[read].node);
      if (view == nullptr || !is_read_once(read) || !is_read_once(view->of)) continue;
      const auto* source = std::get_if<Definition>(&before[view->of].node);
      if (source != nullptr && !is_elementwise(*source)) return view->of;
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
    auto& definition = std::get<Definition>(inner.node);
    definition.indices.clear();
    for (std::size_t d = 0; d < shape.size(); ++d)
      definition.indices.push_back({"m" + std::to_string(d), shape[d]});
    definition.write = identity_window(shape.size());
    for (Expression& expression : definition.body.expressions) {
      auto* read = std::get_if<Read>(&expression);
      if (read == nullptr || read->window.empty()) continue;
      read->tensor = in_shape(read->tensor, shape);
      read->window = definition.write;
    }
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
