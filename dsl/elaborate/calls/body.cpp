#include <algorithm>

#include "dsl/elaborate/value.h"

namespace dlc {

namespace {

/// Calls `change` for each position that the body holds.
template <class Change>
void change_positions(Body& body, Change change) {
  for (Expression& expression : body.expressions) {
    if (auto* value = std::get_if<PositionValue>(&expression)) {
      value->position = change(value->position);
    } else if (auto* read = std::get_if<Read>(&expression)) {
      for (Position& position : read->window) position = change(position);
    } else if (auto* draw = std::get_if<Draw>(&expression)) {
      draw->counter = change(draw->counter);
    }
  }
}

void collect(const Position& position, std::vector<IndexId>& found) {
  for (const Term& term : position.terms) {
    std::visit(match{
                   [&](IndexId index) { found.push_back(index); },
                   [&](const Quotient& quotient) { collect(quotient.of.front(), found); },
                   [&](const Remainder& remainder) { collect(remainder.of.front(), found); },
                   [&](const Lookup& lookup) {
                     for (const Position& subscript : lookup.subscripts) collect(subscript, found);
                   },
               },
               term.what);
  }
}

void sort_unique(std::vector<IndexId>& axes) {
  std::sort(axes.begin(), axes.end());
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
}

/// The axes that occur, numbered from 0 in the order of their ids.
struct Compact {
  std::vector<Index> indices;
  Renumbering there;
  Renumbering back;

  Compact(std::vector<IndexId> mentioned, const Axes& axes) {
    sort_unique(mentioned);
    for (const IndexId axis : mentioned) {
      const auto id = static_cast<IndexId>(indices.size());
      there.emplace_back(axis, id);
      back.emplace_back(id, axis);
      indices.push_back(axes.indices[number_of(axis)]);
    }
  }
};

ExpressionId shifted(ExpressionId id, std::size_t by) {
  return static_cast<ExpressionId>(static_cast<std::size_t>(id) + by);
}

}  // namespace

Body constant_body(double value, Kind kind) {
  Body body;
  body.add(Constant{value, kind});
  return body;
}

Body position_body(Position position) {
  Body body;
  if (position.terms.empty()) {
    body.add(Constant{static_cast<double>(position.constant), Kind::integer});
  } else {
    body.add(PositionValue{std::move(position)});
  }
  return body;
}

Body read_body(ValueId tensor, Window window) {
  Body body;
  body.add(Read{tensor, std::move(window), std::nullopt});
  return body;
}

Body call_body(Scalar function, Body a) {
  const ExpressionId root = a.root;
  a.add(Call{function, root, root});
  return a;
}

Body call_body(Scalar function, Body a, const Body& b) {
  const ExpressionId first = a.root;
  const ExpressionId second = append(a, b);
  a.add(Call{function, first, second});
  return a;
}

Body select_body(Body condition, const Body& a, const Body& b) {
  const ExpressionId test = condition.root;
  const ExpressionId first = append(condition, a);
  const ExpressionId second = append(condition, b);
  condition.add(Select{test, first, second});
  return condition;
}

ExpressionId append(Body& to, const Body& from) {
  const std::size_t by = to.expressions.size();
  for (Expression expression : from.expressions) {
    if (auto* read = std::get_if<Read>(&expression)) {
      if (read->otherwise) read->otherwise = shifted(*read->otherwise, by);
    } else if (auto* call = std::get_if<Call>(&expression)) {
      call->a = shifted(call->a, by);
      call->b = shifted(call->b, by);
    } else if (auto* select = std::get_if<Select>(&expression)) {
      select->condition = shifted(select->condition, by);
      select->a = shifted(select->a, by);
      select->b = shifted(select->b, by);
    }
    to.expressions.push_back(std::move(expression));
  }
  to.root = shifted(from.root, by);
  return to.root;
}

std::vector<IndexId> axes_of(const Position& position) {
  std::vector<IndexId> found;
  collect(position, found);
  sort_unique(found);
  return found;
}

std::vector<IndexId> axes_of(const Body& body) {
  std::vector<IndexId> found;
  for (const Expression& expression : body.expressions) {
    if (const auto* value = std::get_if<PositionValue>(&expression)) {
      collect(value->position, found);
    } else if (const auto* read = std::get_if<Read>(&expression)) {
      for (const Position& position : read->window) collect(position, found);
    } else if (const auto* draw = std::get_if<Draw>(&expression)) {
      collect(draw->counter, found);
    }
  }
  sort_unique(found);
  return found;
}

Position renumbered(const Position& position, const Renumbering& map) {
  Position result = position;
  for (Term& term : result.terms) {
    std::visit(
        match{
            [&](IndexId& index) {
              for (const auto& [from, to] : map) {
                if (from == index) {
                  index = to;
                  break;
                }
              }
            },
            [&](Quotient& quotient) { quotient.of.front() = renumbered(quotient.of.front(), map); },
            [&](Remainder& remainder) { remainder.of.front() = renumbered(remainder.of.front(), map); },
            [&](Lookup& lookup) {
              for (Position& subscript : lookup.subscripts) subscript = renumbered(subscript, map);
            },
        },
        term.what);
  }
  return result;
}

Body renumbered(const Body& body, const Renumbering& map) {
  Body result = body;
  change_positions(result, [&](const Position& position) { return renumbered(position, map); });
  return result;
}

Position substituted(const Position& position, const AxisMap& map, const Axes& axes) {
  const std::vector<IndexId> mentioned = axes_of(position);
  const auto is_mapped = [&](IndexId axis) {
    return std::any_of(map.begin(), map.end(), [&](const auto& entry) { return entry.first == axis; });
  };
  if (std::none_of(mentioned.begin(), mentioned.end(), is_mapped)) return position;
  // One axis for another is only a new number.
  Renumbering names;
  for (const auto& [from, to] : map) {
    const auto* axis = to.constant == 0 && to.terms.size() == 1 && to.terms[0].coefficient == 1
                           ? std::get_if<IndexId>(&to.terms[0].what)
                           : nullptr;
    if (axis) names.emplace_back(from, *axis);
  }
  if (names.size() == map.size()) return renumbered(position, names);
  // The window module replaces all indices of a list; the list here holds just those that occur.
  Renumbering compact;
  std::vector<Position> replacement;
  for (const IndexId axis : mentioned) {
    compact.emplace_back(axis, static_cast<IndexId>(replacement.size()));
    Position by = dlc::position_of(axis);
    for (const auto& [from, to] : map) {
      if (from == axis) by = to;
    }
    replacement.push_back(std::move(by));
  }
  std::vector<IndexId> inside;
  for (const Position& by : replacement) collect(by, inside);
  const Compact numbers(std::move(inside), axes);
  for (Position& by : replacement) by = renumbered(by, numbers.there);
  return renumbered(substitute(renumbered(position, compact), replacement, numbers.indices), numbers.back);
}

Position normalized(const Position& position, const Axes& axes) {
  const Compact numbers(axes_of(position), axes);
  return renumbered(normalized(renumbered(position, numbers.there), numbers.indices), numbers.back);
}

Position quotient(const Position& position, std::int64_t divisor, const Axes& axes) {
  const Compact numbers(axes_of(position), axes);
  return renumbered(quotient(renumbered(position, numbers.there), divisor, numbers.indices), numbers.back);
}

Position remainder(const Position& position, std::int64_t divisor, const Axes& axes) {
  const Compact numbers(axes_of(position), axes);
  return renumbered(remainder(renumbered(position, numbers.there), divisor, numbers.indices), numbers.back);
}

Range range(const Position& position, const Axes& axes) {
  const Compact numbers(axes_of(position), axes);
  return range(renumbered(position, numbers.there), numbers.indices);
}

Body substituted(const Body& body, const AxisMap& map, const Axes& axes) {
  Body result = body;
  change_positions(result, [&](const Position& position) { return substituted(position, map, axes); });
  return result;
}

namespace {

std::optional<Position> position_of(const Body& body, ExpressionId id, const Graph& graph, const Axes& axes);

std::optional<Position> position_of_call(const Body& body, const Call& call, const Graph& graph,
                                         const Axes& axes) {
  const std::optional<Position> a = position_of(body, call.a, graph, axes);
  const std::optional<Position> b = position_of(body, call.b, graph, axes);
  if (!a || !b) return std::nullopt;
  switch (call.function) {
    case Scalar::add: return *a + *b;
    case Scalar::subtract: return *a - *b;
    case Scalar::negate: return scaled(*a, -1);
    case Scalar::multiply:
      if (a->terms.empty()) return scaled(*b, a->constant);
      if (b->terms.empty()) return scaled(*a, b->constant);
      return std::nullopt;
    case Scalar::quotient:
      if (!b->terms.empty() || b->constant <= 0) return std::nullopt;
      return quotient(*a, b->constant, axes);
    case Scalar::remainder:
      if (!b->terms.empty() || b->constant <= 0) return std::nullopt;
      return remainder(*a, b->constant, axes);
    default: return std::nullopt;
  }
}

std::optional<Position> position_of(const Body& body, ExpressionId id, const Graph& graph, const Axes& axes) {
  const Expression& expression = body[id];
  if (const auto* constant = std::get_if<Constant>(&expression)) {
    if (constant->kind != Kind::integer) return std::nullopt;
    return dlc::position_of(static_cast<std::int64_t>(constant->value));
  }
  if (const auto* value = std::get_if<PositionValue>(&expression)) return value->position;
  if (const auto* read = std::get_if<Read>(&expression)) {
    const Type& type = graph[read->tensor].type;
    if (read->otherwise || type.kind != Kind::integer || type.least < 0) return std::nullopt;
    Position position;
    position.terms.push_back({1, Lookup{read->tensor, read->window, type.most + 1}});
    return position;
  }
  if (const auto* call = std::get_if<Call>(&expression)) return position_of_call(body, *call, graph, axes);
  return std::nullopt;
}

}  // namespace

std::optional<Position> position_of(const Body& body, const Graph& graph, const Axes& axes) {
  return position_of(body, body.root, graph, axes);
}

}  // namespace dlc
