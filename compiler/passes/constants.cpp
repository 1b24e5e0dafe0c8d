#include "compiler/passes/constants.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "compiler/passes/algebra/algebra.h"
#include "compiler/passes/algebra/body.h"
#include "compiler/passes/runner/rewriter.h"

namespace dlc {

using namespace passes;

namespace {

constexpr std::int64_t most_evaluations = 4096;  // a step's compilation takes no longer for them

bool is_closed(const Body& body) {
  return std::none_of(body.expressions.begin(), body.expressions.end(), [](const Expression& expression) {
    if (const auto* value = std::get_if<PositionValue>(&expression)) return holds_lookup(value->position);
    return std::holds_alternative<Read>(expression) || std::holds_alternative<Draw>(expression);
  });
}

/// The body's value at one place of the index box; none where it does not come down to a constant.
std::optional<double> value_of(const Definition& definition, std::span<const std::int64_t> place,
                               const Graph& graph) {
  std::vector<Position> replacement;
  for (const std::int64_t value : place) replacement.push_back(position_of(value));
  const std::vector<Index> no_indices;
  const Body body =
      simplified(substituted(definition.body, replacement, no_indices), no_indices, graph, true);
  const auto* constant = std::get_if<Constant>(&body[body.root]);
  return constant == nullptr ? std::nullopt : std::optional(constant->value);
}

double combined(Combiner combiner, double a, double b) {
  switch (combiner) {
    case Combiner::product: return a * b;
    case Combiner::maximum: return std::max(a, b);
    case Combiner::minimum: return std::min(a, b);
    case Combiner::any: return a != 0 || b != 0 ? 1 : 0;
    case Combiner::all: return a != 0 && b != 0 ? 1 : 0;
    default: return a + b;
  }
}

/// All evaluations combined; none for what is no constant, and for the place of an extreme.
std::optional<double> value_of(const Definition& definition, const Graph& graph) {
  if (definition.combiner == Combiner::argmax || definition.combiner == Combiner::argmin) return std::nullopt;
  std::optional<double> all;
  bool is_constant = true;
  for_each_combination(definition.indices, [&](std::span<const std::int64_t> place) {
    if (!is_constant) return;
    const std::optional<double> one = value_of(definition, place, graph);
    is_constant = one.has_value() && std::isfinite(*one);
    if (is_constant) all = all ? combined(definition.combiner, *all, *one) : *one;
  });
  return is_constant ? all : std::nullopt;
}

bool is_constant_already(const Definition& definition) {
  return definition.indices.empty() &&
         std::holds_alternative<Constant>(definition.body[definition.body.root]);
}

}  // namespace

Graph constants(const Graph& before, Remarks& remarks) {
  Rewriter after(before);
  for (const ValueId id : after.in_order()) {
    Value value = after.renamed(id);
    auto* definition = std::get_if<Definition>(&value.node);
    const bool may_be = definition != nullptr && value.type.shape.empty() &&
                        !is_constant_already(*definition) && is_closed(definition->body) &&
                        evaluations(*definition) <= most_evaluations;
    if (const auto number = may_be ? value_of(*definition, after.after()) : std::nullopt) {
      BodyBuilder maker;
      Definition constant;
      constant.body = maker.finish(maker.constant(*number, value.type.kind));
      *definition = std::move(constant);
      remarks.add(remark::computed, {value.name});
    }
    after.keep(id, std::move(value));
  }
  return std::move(after).finish();
}

}  // namespace dlc
