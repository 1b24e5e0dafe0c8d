#include "compiler/passes/invariants.h"

#include <algorithm>
#include <map>
#include <utility>

#include "compiler/passes/algebra/body.h"
#include "compiler/passes/runner/rewriter.h"

namespace dlc {

using namespace passes;

namespace {

constexpr double expensive = 8;              // additions: a division, and all that is dearer
constexpr double worth_a_definition = 2000;  // additions saved by storing

class Invariants {
 public:
  Invariants(Rewriter& after, Value& value, std::vector<ValueId>& parts, Remarks& remarks)
      : after_(after),
        value_(value),
        parts_(parts),
        definition_(std::get<Definition>(value.node)),
        remarks_(remarks) {}

  void run() {
    const Body old = definition_.body;
    find(old, old.root);
    if (stored_.empty()) return;
    BodyBuilder maker;
    // Copied from the root on, so that what only a stored part needs is not copied.
    const ExpressionId root = copied(old, old.root, maker);
    definition_.body = maker.finish(root);
  }

 private:
  /// A definition for a part of the body, and where the body reads it.
  struct Part {
    Value value;
    Window window;
  };

  void find(const Body& body, ExpressionId id) {
    if (seen_.contains(id)) return;
    seen_[id] = true;
    if (const double saved = savings(body, id); saved > 0) {
      if (const std::optional<Read> read = stored(part_of(body, id), saved)) {
        stored_.emplace(id, *read);
        return;
      }
    }
    for (const ExpressionId operand : operands_of(body[id])) find(body, operand);
  }

  /// Additions that are saved if the part is evaluated once for the indices that it depends on; 0 for what is
  /// never stored.
  double savings(const Body& body, ExpressionId id) const {
    const double price = cost(body, id);
    if (price < expensive || kind_of(body, id, after_.after()) != Kind::number) return 0;
    std::int64_t times = 1;
    for (std::size_t i = 0; i < definition_.indices.size(); ++i) {
      if (depends_on(body, id, static_cast<IndexId>(i))) times *= definition_.indices[i].extent;
    }
    return price * static_cast<double>(evaluations(definition_) - times);
  }

  Part part_of(const Body& body, ExpressionId id) const {
    Part part{{value_.name + "_part", Type{}, Definition{}, value_.places}, {}};
    auto& made = std::get<Definition>(part.value.node);
    std::vector<Position> replacement;
    for (std::size_t i = 0; i < definition_.indices.size(); ++i) {
      const auto index = static_cast<IndexId>(i);
      replacement.push_back(position_of(static_cast<IndexId>(made.indices.size())));
      if (!depends_on(body, id, index)) continue;
      made.indices.push_back(definition_.indices[i]);
      part.value.type.shape.push_back(definition_.indices[i].extent);
      part.window.push_back(position_of(index));
    }
    made.write = identity_window(made.indices.size());
    BodyBuilder maker;
    made.body = maker.finish(rebuilt(body, id, [&](const Expression& expression) {
      return maker.add(substituted(expression, replacement, made.indices));
    }));
    return part;
  }

  /// A read of an equal part that is stored already, or of this one if that pays.
  std::optional<Read> stored(Part part, double saved) {
    const auto found = std::find_if(parts_.begin(), parts_.end(), [&](ValueId other) {
      const Value& value = after_.after()[other];
      return value.type == part.value.type && same(value.node, part.value.node);
    });
    if (found != parts_.end()) return Read{*found, part.window, std::nullopt};
    if (saved < worth_a_definition) return std::nullopt;
    parts_.push_back(after_.add(std::move(part.value)));
    remarks_.add(remark::invariant, {value_.name, after_.after()[parts_.back()].name});
    return Read{parts_.back(), part.window, std::nullopt};
  }

  ExpressionId copied(const Body& body, ExpressionId id, BodyBuilder& maker) {
    if (const auto found = stored_.find(id); found != stored_.end()) return maker.add(found->second);
    if (const auto found = copies_.find(id); found != copies_.end()) return found->second;
    Expression expression = body[id];
    if (auto* read = std::get_if<Read>(&expression)) {
      if (read->otherwise) read->otherwise = copied(body, *read->otherwise, maker);
    } else if (auto* call = std::get_if<Call>(&expression)) {
      const bool has_two = facts(call->function).arity == 2;
      call->a = copied(body, call->a, maker);
      call->b = has_two ? copied(body, call->b, maker) : call->a;
    } else if (auto* select = std::get_if<Select>(&expression)) {
      *select = {copied(body, select->condition, maker), copied(body, select->a, maker),
                 copied(body, select->b, maker)};
    }
    const ExpressionId copy = maker.add(expression);
    copies_[id] = copy;
    return copy;
  }

  Rewriter& after_;
  Value& value_;
  std::vector<ValueId>& parts_;  // those of all definitions so far
  Definition& definition_;
  Remarks& remarks_;
  std::map<ExpressionId, bool> seen_;
  std::map<ExpressionId, Read> stored_;
  std::map<ExpressionId, ExpressionId> copies_;
};

}  // namespace

Graph invariants(const Graph& before, Remarks& remarks) {
  Rewriter after(before);
  std::vector<ValueId> parts;
  for (const ValueId id : after.in_order()) {
    Value value = after.renamed(id);
    if (std::holds_alternative<Definition>(value.node)) Invariants(after, value, parts, remarks).run();
    after.keep(id, std::move(value));
  }
  return std::move(after).finish();
}

}  // namespace dlc
