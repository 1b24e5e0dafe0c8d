// An index that leaves its range contributes nothing. That could be a `select` around the body, but a
// schedule wants the sum of a product of two reads, and it can treat a read with `else 0` as a smaller box of
// indices. So the test is given to a read where that says the same:
//
//   sum[k] inside(i - k) ? dy[i - k] * w[k] : 0       is       sum[k] (dy[i - k] else 0) * w[k]
//
// This holds if (1) the body is zero when that read is, and (2) the read leaves its tensor whenever the index
// leaves its range.

#include "compiler/passes/algebra/borders.h"

#include <algorithm>

namespace dlc::passes {

namespace {

/// Is the value finite where its reads are finite, zero among them?
bool is_tame(const Body& body, ExpressionId root) {
  const std::vector<bool> wanted = needed(body, root);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Call* call = wanted[i] ? std::get_if<Call>(&body.expressions[i]) : nullptr;
    if (call == nullptr) continue;
    switch (call->function) {
      case Scalar::divide:
      case Scalar::log:
      case Scalar::log1p:
      case Scalar::sqrt:
      case Scalar::rsqrt:
      case Scalar::power: return false;
      default: break;
    }
  }
  return true;
}

class Borders {
 public:
  Borders(const Body& body, const Move& move, const Graph& graph) : body_(body), move_(move), graph_(graph) {}

  /// The reads without which the expression is zero.
  std::vector<ExpressionId> zeroing(ExpressionId id) const {
    const Expression& expression = body_[id];
    if (const auto* read = std::get_if<Read>(&expression)) {
      const bool is_zero_outside = !read->otherwise || is_constant(body_[*read->otherwise], 0);
      return is_zero_outside ? std::vector{id} : std::vector<ExpressionId>{};
    }
    if (const auto* select = std::get_if<Select>(&expression)) {
      if (is_constant(body_[select->b], 0)) return zeroing(select->a);
      if (is_constant(body_[select->a], 0)) return zeroing(select->b);
      return common(zeroing(select->a), zeroing(select->b));
    }
    const auto* call = std::get_if<Call>(&expression);
    return call == nullptr ? std::vector<ExpressionId>{} : zeroing_of_call(*call);
  }

  /// Does the read leave its tensor whenever old index k leaves its range?
  bool tests(const Read& read, std::size_t k) const {
    const Shape& shape = graph_[read.tensor].type.shape;
    for (std::size_t d = 0; d < read.window.size(); ++d) {
      const Position& position = read.window[d];
      const Position offset = position - position_of(static_cast<IndexId>(k));
      if (!offset.terms.empty()) continue;
      if (offset.constant <= 0 && move_.from[k].extent + offset.constant >= shape[d]) return true;
    }
    return false;
  }

 private:
  static std::vector<ExpressionId> common(std::vector<ExpressionId> a, const std::vector<ExpressionId>& b) {
    std::erase_if(a, [&](ExpressionId id) { return std::find(b.begin(), b.end(), id) == b.end(); });
    return a;
  }

  bool is_harmless(ExpressionId id) const {
    for (std::size_t k = 0; k < move_.test.size(); ++k) {
      if (move_.test[k] && depends_on(body_, id, static_cast<IndexId>(k))) return is_tame(body_, id);
    }
    return true;
  }

  std::vector<ExpressionId> zeroing_of_call(const Call& call) const {
    switch (call.function) {
      case Scalar::multiply: {
        std::vector<ExpressionId> result;
        if (is_harmless(call.b)) result = zeroing(call.a);
        if (is_harmless(call.a)) {
          for (const ExpressionId id : zeroing(call.b)) result.push_back(id);
        }
        return result;
      }
      case Scalar::divide: {
        for (std::size_t k = 0; k < move_.test.size(); ++k) {
          if (move_.test[k] && depends_on(body_, call.b, static_cast<IndexId>(k))) return {};
        }
        return zeroing(call.a);
      }
      case Scalar::add:
      case Scalar::subtract: return common(zeroing(call.a), zeroing(call.b));
      case Scalar::negate:
      case Scalar::abs:
      case Scalar::tanh:
      case Scalar::erf:
      case Scalar::stop_gradient: return zeroing(call.a);
      default: return {};
    }
  }

  const Body& body_;
  const Move& move_;
  const Graph& graph_;
};

}  // namespace

bool stays_inside(const Window& window, std::span<const Index> indices, const Shape& shape) {
  for (std::size_t d = 0; d < window.size(); ++d) {
    const Range values = range(window[d], indices);
    if (values.least < 0 || values.most >= shape[d]) return false;
  }
  return true;
}

namespace {

bool looks_up_inside(const Position& position, std::span<const Index> indices, const Graph& graph) {
  return std::all_of(position.terms.begin(), position.terms.end(), [&](const Term& term) {
    return std::visit(
        match{
            [](const IndexId&) { return true; },
            [&](const Lookup& lookup) {
              for (const Position& inner : lookup.subscripts) {
                if (!looks_up_inside(inner, indices, graph)) return false;
              }
              return stays_inside(lookup.subscripts, indices, graph[lookup.tensor].type.shape);
            },
            [&](const auto& divided) { return looks_up_inside(divided.of.front(), indices, graph); },
        },
        term.what);
  });
}

}  // namespace

bool lookups_stay_inside(const Expression& expression, std::span<const Index> indices, const Graph& graph) {
  if (const auto* value = std::get_if<PositionValue>(&expression)) {
    return looks_up_inside(value->position, indices, graph);
  }
  if (const auto* draw = std::get_if<Draw>(&expression)) {
    return looks_up_inside(draw->counter, indices, graph);
  }
  const auto* read = std::get_if<Read>(&expression);
  return read == nullptr ||
         std::all_of(read->window.begin(), read->window.end(),
                     [&](const Position& position) { return looks_up_inside(position, indices, graph); });
}

std::optional<ExpressionId> condition_of(const Move& move, BodyBuilder& into) {
  std::optional<ExpressionId> all;
  const auto also = [&](Scalar comparison, const Position& a, std::int64_t b) {
    const ExpressionId test =
        into.call(comparison, into.add(PositionValue{a}), into.add(PositionValue{position_of(b)}));
    all = all ? into.call(Scalar::logical_and, *all, test) : test;
  };
  for (std::size_t k = 0; k < move.test.size(); ++k) {
    if (!move.test[k]) continue;
    const Range values = range(move.replacement[k], move.to);
    if (values.least < 0) also(Scalar::greater_equal, move.replacement[k], 0);
    if (values.most >= move.from[k].extent) also(Scalar::less, move.replacement[k], move.from[k].extent);
  }
  return all;
}

namespace {

bool is_tested(const Move& move) {
  return std::find(move.test.begin(), move.test.end(), true) != move.test.end();
}

/// The body with its indices replaced; none if a lookup might leave its tensor. What is read outside does not
/// matter where an index has left its range: it is zero, so that the read is sound.
std::optional<ExpressionId> moved_as_is(const Body& body, ExpressionId root, const Move& move,
                                        const Graph& graph, BodyBuilder& into) {
  bool sound = true;
  const ExpressionId moved = rebuilt(body, root, [&](const Expression& old) {
    Expression expression = substituted(old, move.replacement, move.to);
    sound = sound && lookups_stay_inside(expression, move.to, graph);
    auto* read = std::get_if<Read>(&expression);
    if (sound && read != nullptr && !read->otherwise) {
      const Type& type = graph[read->tensor].type;
      const bool is_inside = stays_inside(read->window, move.to, type.shape) ||
                             (!is_tested(move) && !first_outside(read->window, move.to, type.shape));
      if (!is_inside) read->otherwise = into.constant(0, type.kind);
    }
    return into.add(expression);
  });
  return sound ? std::optional(moved) : std::nullopt;
}

}  // namespace

std::optional<ExpressionId> moved_or_zero(const Body& body, ExpressionId root, const Move& move,
                                          const Graph& graph, BodyBuilder& into) {
  const Borders borders(body, move, graph);
  Move rest = move;
  const std::vector<ExpressionId> zeroing = borders.zeroing(root);
  for (std::size_t k = 0; k < rest.test.size(); ++k) {
    rest.test[k] = rest.test[k] && std::none_of(zeroing.begin(), zeroing.end(), [&](ExpressionId id) {
                     return borders.tests(std::get<Read>(body[id]), k);
                   });
  }
  const std::optional<ExpressionId> moved = moved_as_is(body, root, move, graph, into);
  if (!moved) return std::nullopt;
  const std::optional<ExpressionId> condition = condition_of(rest, into);
  if (!condition) return moved;
  return into.add(Select{*condition, *moved, into.constant(0, kind_of(into.unfinished(), *moved, graph))});
}

std::optional<ExpressionId> moved_or(const Body& body, ExpressionId root, const Move& move,
                                     ExpressionId otherwise, const Graph& graph, BodyBuilder& into) {
  if (is_constant(into[otherwise], 0)) return moved_or_zero(body, root, move, graph, into);
  const Borders borders(body, move, graph);
  const auto* read = std::get_if<Read>(&body[root]);
  bool read_tells_all = read != nullptr && !read->otherwise;
  for (std::size_t k = 0; k < move.test.size(); ++k) {
    if (move.test[k]) read_tells_all = read_tells_all && borders.tests(*read, k);
  }
  if (read_tells_all) {
    Expression expression = substituted(*read, move.replacement, move.to);
    if (!lookups_stay_inside(expression, move.to, graph)) return std::nullopt;
    if (is_tested(move)) std::get<Read>(expression).otherwise = otherwise;
    return into.add(expression);
  }
  const std::optional<ExpressionId> moved = moved_as_is(body, root, move, graph, into);
  const std::optional<ExpressionId> condition = condition_of(move, into);
  if (!moved || !condition) return moved;
  return into.add(Select{*condition, *moved, otherwise});
}

}  // namespace dlc::passes
