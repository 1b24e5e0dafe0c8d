#include "compiler/graph/verify_definition.h"

#include <algorithm>

#include "compiler/graph/print_expression.h"

namespace dlc {

namespace {

using Broken = std::optional<std::string>;

/// Checks one definition, its parts from the outside in. Expressions are checked in the order of the list,
/// operands first.
class DefinitionCheck {
 public:
  DefinitionCheck(const Definition& definition, const Type& type, const Graph& graph)
      : definition_(definition), type_(type), graph_(graph) {}

  Broken all() {
    for (const Index& index : definition_.indices) {
      if (index.extent < 1) return "index " + index.name + " has the extent " + std::to_string(index.extent);
    }
    if (definition_.write.size() != type_.shape.size())
      return "it writes with another number of subscripts than its shape has";
    if (Broken broken = window_rule(definition_.write)) return broken;
    if (Broken broken = body_rule()) return broken;
    if (Broken broken = kind_rule()) return broken;
    if (definition_.combiner == Combiner::none &&
        !covers_once(definition_.write, definition_.indices, type_.shape)) {
      return "without a combiner each element must be written exactly once";
    }
    return std::nullopt;
  }

 private:
  // ------------------------------------------------------------------------- positions

  Broken position_rule(const Position& position) const {
    for (const Term& term : position.terms) {
      Broken broken = std::visit(
          match{
              [&](IndexId index) -> Broken {
                if (number_of(index) < definition_.indices.size()) return std::nullopt;
                return "a position holds an index that the definition does not have";
              },
              [&](const Quotient& quotient) { return divided_rule(quotient.of, quotient.divisor); },
              [&](const Remainder& part) { return divided_rule(part.of, part.divisor); },
              [&](const Lookup& lookup) { return lookup_rule(lookup); },
          },
          term.what);
      if (broken) return broken;
    }
    return std::nullopt;
  }

  Broken window_rule(const Window& window) const {
    for (const Position& position : window) {
      if (Broken broken = position_rule(position)) return broken;
    }
    return std::nullopt;
  }

  Broken divided_rule(const std::vector<Position>& of, std::int64_t divisor) const {
    if (divisor < 1) return "a position is divided by " + std::to_string(divisor);
    if (of.size() != 1) return "a quotient or remainder must be of one position";
    return position_rule(of.front());
  }

  Broken lookup_rule(const Lookup& lookup) const {
    const Value& tensor = graph_[lookup.tensor];
    if (tensor.type.kind != Kind::integer)
      return "a subscript is looked up in " + tensor.name + ", which holds no integers";
    if (tensor.type.least < 0 || tensor.type.most >= lookup.bound) {
      return "a subscript is looked up in " + tensor.name + ", whose values may leave 0 … " +
             std::to_string(lookup.bound - 1);
    }
    if (Broken broken = window_rule(lookup.subscripts)) return broken;
    return inside_rule(lookup.tensor, lookup.subscripts);
  }

  Broken inside_rule(ValueId id, const Window& window) const {
    const Value& tensor = graph_[id];
    if (window.size() != tensor.type.shape.size()) {
      return "it reads " + tensor.name + " with " + std::to_string(window.size()) +
             " subscripts, but that has " + std::to_string(tensor.type.shape.size()) + " dimensions";
    }
    const auto outside = first_outside(window, definition_.indices, tensor.type.shape);
    if (!outside) return std::nullopt;
    std::string text = "it reads outside of " + tensor.name + ":";
    for (std::size_t i = 0; i < definition_.indices.size(); ++i) {
      text += (i == 0 ? " for " : ", ") + definition_.indices[i].name + " = " +
              std::to_string(outside->indices[i]);
    }
    return text + " at position " + std::to_string(outside->position) + " of dimension " +
           std::to_string(outside->subscript) + ", which has the extent " +
           std::to_string(tensor.type.shape[outside->subscript]);
  }

  // ------------------------------------------------------------------------- the body

  Broken body_rule() {
    const std::vector<Expression>& list = definition_.body.expressions;
    if (static_cast<std::size_t>(definition_.body.root) >= list.size()) return "its body has no root";
    std::vector<bool> used(list.size(), false);
    used[static_cast<std::size_t>(definition_.body.root)] = true;
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (const ExpressionId operand : operands_of(list[i])) {
        if (static_cast<std::size_t>(operand) >= i) return "its body uses an expression before it stands";
        used[static_cast<std::size_t>(operand)] = true;
      }
      if (Broken broken = std::visit([&](const auto& form) { return form_rule(form); }, list[i]))
        return broken;
    }
    if (std::find(used.begin(), used.end(), false) != used.end())
      return "its body has an expression that nothing uses";
    return std::nullopt;
  }

  static std::vector<ExpressionId> operands_of(const Expression& expression) {
    if (const auto* call = std::get_if<Call>(&expression)) return {call->a, call->b};
    if (const auto* select = std::get_if<Select>(&expression))
      return {select->condition, select->a, select->b};
    const auto* read = std::get_if<Read>(&expression);
    if (read != nullptr && read->otherwise) return {*read->otherwise};
    return {};
  }

  Kind kind(ExpressionId id) const { return kinds_[static_cast<std::size_t>(id)]; }

  Broken form_rule(const Constant& constant) {
    kinds_.push_back(constant.kind);
    const bool is_whole = constant.value >= -2147483648.0 && constant.value <= 4294967295.0 &&
                          constant.value == static_cast<double>(static_cast<std::int64_t>(constant.value));
    if (constant.kind == Kind::integer && !is_whole) return "an integer constant is no integer";
    if (constant.kind == Kind::boolean && constant.value != 0 && constant.value != 1)
      return "a boolean constant is neither 0 nor 1";
    return std::nullopt;
  }

  Broken form_rule(const PositionValue& value) {
    kinds_.push_back(Kind::integer);
    return position_rule(value.position);
  }

  Broken form_rule(const Read& read) {
    const Value& tensor = graph_[read.tensor];
    kinds_.push_back(tensor.type.kind);
    if (Broken broken = window_rule(read.window)) return broken;
    if (!read.otherwise) return inside_rule(read.tensor, read.window);
    if (read.window.size() != tensor.type.shape.size())
      return "it reads " + tensor.name + " with a wrong number of subscripts";
    if (kind(*read.otherwise) != tensor.type.kind)
      return "what stands for " + tensor.name + " outside is of another kind";
    return std::nullopt;
  }

  Broken form_rule(const Call& call) {
    const auto result = result_kind(call.function, kind(call.a), kind(call.b));
    kinds_.push_back(result.value_or(Kind::number));
    const std::string name(facts(call.function).name);
    if (!result) {
      return name + " does not take " + std::string(word_of(kind(call.a))) + " and " +
             std::string(word_of(kind(call.b)));
    }
    if (facts(call.function).arity == 1 && call.a != call.b)
      return name + " takes one argument, so b must be a";
    return std::nullopt;
  }

  Broken form_rule(const Select& select) {
    kinds_.push_back(kind(select.a));
    if (kind(select.condition) != Kind::boolean) return "select needs a boolean";
    if (kind(select.a) != kind(select.b)) return "the sides of select are of different kinds";
    return std::nullopt;
  }

  Broken form_rule(const Draw& draw) {
    kinds_.push_back(Kind::number);
    const Type& key = graph_[draw.key].type;
    if (key.kind != Kind::integer || !key.shape.empty()) return "the key of a draw must be a single integer";
    return position_rule(draw.counter);
  }

  // ------------------------------------------------------------------------- the result

  Broken kind_rule() const {
    const Kind body = kind(definition_.body.root);
    Kind result = body;
    switch (definition_.combiner) {
      case Combiner::none: break;
      case Combiner::sum:
      case Combiner::product:
      case Combiner::maximum:
      case Combiner::minimum:
        if (body == Kind::boolean)
          return "it combines booleans with " + std::string(word_of(definition_.combiner));
        break;
      case Combiner::any:
      case Combiner::all:
        if (body != Kind::boolean) return "any and all combine booleans";
        break;
      case Combiner::argmax:
      case Combiner::argmin:
        if (body == Kind::boolean) return "booleans have no extreme";
        result = Kind::integer;
        if (type_.least > 0 || type_.most < box_of_reduced() - 1)
          return "its bounds do not hold all positions of an extreme";
        break;
    }
    if (result == type_.kind) return std::nullopt;
    return "its kind is " + std::string(word_of(type_.kind)) + ", but it is computed as " +
           std::string(word_of(result));
  }

  std::int64_t box_of_reduced() const {
    std::int64_t product = 1;
    for (std::size_t i = 0; i < definition_.indices.size(); ++i) {
      if (!depends_on(definition_.write, static_cast<IndexId>(i))) product *= definition_.indices[i].extent;
    }
    return product;
  }

  const Definition& definition_;
  const Type& type_;
  const Graph& graph_;
  std::vector<Kind> kinds_;
};

}  // namespace

std::optional<std::string> broken_rule(const Definition& definition, const Type& type, const Graph& graph) {
  return DefinitionCheck(definition, type, graph).all();
}

}  // namespace dlc
