#include "compiler/passes/simplify.h"

#include <algorithm>
#include <utility>

#include "compiler/passes/algebra/algebra.h"
#include "compiler/passes/runner/rewriter.h"
#include "compiler/passes/algebra/sums.h"

namespace dlc {

using namespace passes;

namespace {

bool has_gradient(const Graph& graph) {
  return std::any_of(graph.values().begin(), graph.values().end(),
                     [](const Value& value) { return std::holds_alternative<Gradient>(value.node); });
}

/// The value that the definition copies: same type, each element at its own place.
std::optional<ValueId> copied(const Value& value, const Graph& graph) {
  const auto* definition = std::get_if<Definition>(&value.node);
  if (definition == nullptr || !is_elementwise(*definition)) return std::nullopt;
  const auto* read = std::get_if<Read>(&definition->body[definition->body.root]);
  if (read == nullptr || read->otherwise || read->window != definition->write) return std::nullopt;
  return graph[read->tensor].type == value.type ? std::optional(read->tensor) : std::nullopt;
}

/// A view of a view is a view of the first; one that keeps the shape is what it views.
std::optional<ValueId> viewed(Value& value, const Graph& graph) {
  auto& view = std::get<View>(value.node);
  while (const auto* inner = std::get_if<View>(&graph[view.of].node)) view.of = inner->of;
  return graph[view.of].type == value.type ? std::optional(view.of) : std::nullopt;
}

/// What comes from outside is changed by updates while the step runs: where a value is wanted whole, its copy
/// stays.
bool comes_from_outside(const Node& node) {
  return std::holds_alternative<Input>(node) || std::holds_alternative<Parameter>(node) ||
         std::holds_alternative<State>(node);
}

void simplify_definition(Value& value, Rewriter& after, bool differentiated, Remarks& remarks) {
  auto& definition = std::get<Definition>(value.node);
  for (bool again = true; again;) {
    definition.body = simplified(definition.body, definition.indices, after.after(), differentiated);
    drop_indices(definition, value.type.shape, after.after());
    again =
        look_up(value, after, remarks) || factor_out(value, after, remarks) || part(value, after, remarks);
  }
  definition.body = simplified(definition.body, definition.indices, after.after(), differentiated);
}

}  // namespace

Graph simplify(const Graph& before, Remarks& remarks) {
  const bool differentiated = !has_gradient(before);
  const Readers uses = readers(before);
  Rewriter after(before);
  for (const ValueId id : after.in_order()) {
    Value value = after.renamed(id);
    std::optional<ValueId> source;
    if (std::holds_alternative<Definition>(value.node)) {
      simplify_definition(value, after, differentiated, remarks);
      source = copied(value, after.after());
    } else if (std::holds_alternative<View>(value.node)) {
      source = viewed(value, after.after());
    }
    const bool may_replace =
        source && !(uses.kept_whole[number_of(id)] && comes_from_outside(after.after()[*source].node));
    if (may_replace) {
      remarks.add(remark::replaced, {value.name, after.after()[*source].name});
      after.replace(id, *source);
    } else {
      after.keep(id, std::move(value));
    }
  }
  return std::move(after).finish();
}

}  // namespace dlc
