#pragma once

#include "dsl/tree/tree.h"

namespace dlc::tree {

/// Calls `each` for the expressions that stand directly in this one; those in the statements of its bodies
/// are not among them.
template <class Each>
void for_each_part(const Expression& expression, Each each) {
  const auto all = [&](const auto& list) {
    for (const auto& element : list) each(element);
  };
  const auto arguments = [&](const std::vector<Argument>& list) {
    for (const Argument& argument : list) {
      each(*argument.value);
      if (argument.to) each(**argument.to);
    }
  };
  const auto extents = [&](const std::vector<Binder>& binders) {
    for (const Binder& binder : binders) {
      const auto* index = std::get_if<Index>(&binder);
      if (index != nullptr && index->extent) each(**index->extent);
    }
  };
  std::visit(
      match{
          [&](const ListLiteral& list) { all(list.elements); },
          [&](const TupleLiteral& tuple) { all(tuple.elements); },
          [&](const Member& member) { each(*member.of); },
          [&](const Call& call) { arguments(call.arguments); },
          [&](const Read& read) {
            each(*read.of);
            for (const Subscript& subscript : read.subscripts) {
              if (const auto* part = std::get_if<Box<Expression>>(&subscript)) each(**part);
            }
            if (read.otherwise) each(**read.otherwise);
          },
          [&](const Pipe& pipe) {
            each(*pipe.value);
            for (const PipeStep& step : pipe.steps) arguments(step.arguments);
          },
          [&](const Unary& unary) { each(*unary.operand); },
          [&](const Binary& binary) {
            each(*binary.left);
            each(*binary.right);
          },
          [&](const Reduction& reduction) {
            extents(reduction.binders);
            each(*reduction.body);
          },
          [&](const PathReduction& reduction) { each(*reduction.body); },
          [&](const Choice& choice) { each(*choice.condition); }, [](const auto&) {},  // no expression in it
      },
      expression.what);
}

}  // namespace dlc::tree
