#include <algorithm>

#include "dsl/elaborate/elaborator.h"

namespace dlc {

namespace {

bool is_pack(const tree::Subscript& subscript) {
  return std::holds_alternative<tree::Pack>(subscript);
}

/// Does the position depend on the index by itself, not only by what is looked up there?
bool moves(const Position& position, IndexId index) {
  return std::any_of(position.terms.begin(), position.terms.end(), [&](const Term& term) {
    return std::visit(match{
                          [&](IndexId own) { return own == index; },
                          [&](const Quotient& quotient) { return moves(quotient.of.front(), index); },
                          [&](const Remainder& remainder) { return moves(remainder.of.front(), index); },
                          [](const Lookup&) { return false; },
                      },
                      term.what);
  });
}

/// The value of the only lookup of a position where it leaves: at one end of its bound.
std::optional<std::int64_t> leaving_value(const Position& position, bool at_least) {
  std::optional<std::int64_t> value;
  for (const Term& term : position.terms) {
    const auto* lookup = std::get_if<Lookup>(&term.what);
    if (!lookup) continue;
    if (value) return std::nullopt;
    value = (term.coefficient > 0) == at_least ? 0 : lookup->bound - 1;
  }
  return value;
}

/// For i = 12, j = 0: what the window module found, in words.
std::string combination_text(const std::vector<Index>& indices, const std::vector<std::int64_t>& values,
                             const Position& position) {
  std::string text;
  for (std::size_t i = 0; i < indices.size() && i < values.size(); ++i) {
    // Which element a lookup takes says nothing: it may be anything in its bound.
    if (!moves(position, static_cast<IndexId>(i))) continue;
    if (!text.empty()) text += ", ";
    text += indices[i].name + " = " + std::to_string(values[i]);
  }
  return text;
}

}  // namespace

Meaning Elaborator::evaluate_read(const tree::Read& read, const SourceRange& range) {
  if (const auto* use = std::get_if<tree::NameUse>(&read.of->what)) {
    const Binding* binding = find_binding(use->name);
    if (binding && binding->role == Binding::Role::index) {
      report(message::index_is_no_value, read.of->range, use->name)
          .note(message::bound_here, binding->place, use->name);
      return Poison{};
    }
  }
  Meaning of = evaluate(*read.of);
  if (is_poison(of)) return Poison{};
  if (const auto* setting = std::get_if<Setting>(&of)) {
    if (const ListSetting* list = as_list(*setting)) return read_list(*list, read, range);
    report(message::read_of_single, range, text_of(read.of->range), described(*setting));
    return Poison{};
  }
  if (!std::holds_alternative<Quantity>(of)) {
    report(message::several_values, read.of->range);
    return Poison{};
  }
  Quantity tensor = std::get<Quantity>(std::move(of));
  if (tensor.dimensions.empty() && !read.subscripts.empty() && !is_pack(read.subscripts[0])) {
    const auto added = report(message::read_of_single, range, text_of(read.of->range), "a single number");
    note_history(added, tensor);
    return Poison{};
  }
  const bool must_be_held = read.otherwise.has_value() || in_choice_ == 0;
  if (must_be_held && !builder.is_direct_read(tensor))
    tensor = builder.materialized(tensor, value_name("part"));
  return read_element(read, tensor, range);
}

/// The subscripts put in place of the visible dimensions.
Meaning Elaborator::read_element(const tree::Read& read, const Quantity& tensor, const SourceRange& where) {
  std::vector<std::optional<Position>> positions;
  if (!subscripts_of(read, tensor, where, positions)) return Poison{};
  if (!read.otherwise && !measuring_ && !proved_inside(read, tensor, positions, where)) return Poison{};
  AxisMap map;
  Quantity element = tensor;
  element.dimensions.clear();
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (positions[i]) {
      map.emplace_back(tensor.dimensions[i].axis, *positions[i]);
    } else {
      element.dimensions.push_back(tensor.dimensions[i]);
    }
  }
  element.body = substituted(tensor.body, map, builder.axes);
  // An `else` that never applies is left out.
  const auto stays_inside = [&](std::size_t i) {
    if (!positions[i]) return true;
    const Range values = range(*positions[i], builder.axes);
    return values.least >= 0 && values.most < builder.extent(tensor.dimensions[i]);
  };
  bool is_inside = true;
  for (std::size_t i = 0; i < positions.size(); ++i) is_inside = is_inside && stays_inside(i);
  if (read.otherwise && !is_inside) return read_otherwise(read, std::move(element));
  return element;
}

/// The value read instead where a subscript is outside becomes part of the read.
Meaning Elaborator::read_otherwise(const tree::Read& read, Quantity element) {
  const Meaning meaning = evaluate(**read.otherwise);
  const SourceRange& range = (*read.otherwise)->range;
  std::optional<Quantity> other = tensor_of(meaning, range);
  if (!other) return Poison{};
  if (!other->dimensions.empty() || !element.dimensions.empty()) {
    report(message::else_shape, range);
    return Poison{};
  }
  if (element.kind == Kind::integer && other->kind == Kind::integer) {
    element.least = std::min(element.least, other->least);
    element.most = std::max(element.most, other->most);
  } else if (element.kind != other->kind) {
    if (element.kind != Kind::number || other->kind != Kind::integer) {
      report(message::else_kind, range);
      return Poison{};
    }
    other = as_number(std::move(*other));
  }
  Read made = std::get<Read>(element.body.expressions[0]);
  Body body = other->body;
  made.otherwise = body.root;
  body.add(std::move(made));
  element.body = std::move(body);
  element.is_draw = element.is_draw || other->is_draw;
  return element;
}

/// A position for each dimension that a subscript names; none for those that `..` leaves visible. False after
/// a report.
bool Elaborator::subscripts_of(const tree::Read& read, const Quantity& tensor, const SourceRange& range,
                               std::vector<std::optional<Position>>& positions) {
  const std::size_t rank = tensor.dimensions.size();
  std::size_t named = 0;
  std::size_t open_packs = 0;
  for (const tree::Subscript& subscript : read.subscripts) {
    const auto* pack = std::get_if<tree::Pack>(&subscript);
    if (!pack) {
      ++named;
      continue;
    }
    const Binding* bound = find_binding(pack->name.text + "..");
    if (bound) {
      named += bound->axes.size();
    } else if (!pack->name.text.empty()) {
      report(message::unknown_pack, pack->range, pack->name.text);
      return false;
    } else {
      ++open_packs;
    }
  }
  if (open_packs > 1) {
    report(message::two_packs, range);
    return false;
  }
  if (named > rank || (open_packs == 0 && named != rank)) {
    const auto added =
        report(message::subscript_count, range, named, text_of(read.of->range), shape_text(tensor));
    note_history(added, tensor);
    return false;
  }
  for (const tree::Subscript& subscript : read.subscripts) {
    if (const auto* pack = std::get_if<tree::Pack>(&subscript)) {
      const Binding* bound = find_binding(pack->name.text + "..");
      if (bound) {
        for (const IndexId axis : bound->axes) positions.emplace_back(dlc::position_of(axis));
      } else {
        positions.resize(positions.size() + rank - named);
      }
      continue;
    }
    std::optional<Position> position = subscript_position(*std::get<Box<tree::Expression>>(subscript));
    if (!position) return false;
    positions.push_back(std::move(position));
  }
  return true;
}

/// A single integer made of indices, settings and integer tensors.
std::optional<Position> Elaborator::subscript_position(const tree::Expression& expression) {
  const Meaning meaning = evaluate(expression);
  if (is_poison(meaning)) return std::nullopt;
  if (const auto* setting = std::get_if<Setting>(&meaning)) {
    if (const std::optional<std::int64_t> integer = as_integer(*setting)) return dlc::position_of(*integer);
  }
  const auto* tensor = std::get_if<Quantity>(&meaning);
  if (!tensor || tensor->kind != Kind::integer) {
    const auto added = report(message::subscript_kind, expression.range);
    const auto* binary = std::get_if<tree::Binary>(&expression.what);
    if (binary && binary->operation == tree::BinaryOperator::divide) added.note(message::write_divide_down);
    return std::nullopt;
  }
  if (!tensor->dimensions.empty()) {
    report(message::subscript_shape, expression.range, shape_text(*tensor));
    return std::nullopt;
  }
  if (std::optional<Position> position = position_of(tensor->body, builder.graph, builder.axes)) {
    return normalized(*position, builder.axes);
  }
  // Anything else is held by a tensor of its own, shifted so that it starts at 0.
  Quantity shifted = *tensor;
  if (tensor->least != 0) {
    shifted.body = call_body(Scalar::subtract, std::move(shifted.body),
                             constant_body(static_cast<double>(tensor->least), Kind::integer));
    shifted.most -= shifted.least;
    shifted.least = 0;
  }
  const Quantity held = builder.materialized(shifted, value_name("place"));
  const Read& read = std::get<Read>(held.body.expressions[0]);
  Position position = dlc::position_of(tensor->least);
  position.terms.push_back({1, Lookup{read.tensor, read.window, held.most + 1}});
  return position;
}

/// The integer tensors in the subscripts of a read, as they are written.
std::vector<std::string> Elaborator::integer_tensors(const tree::Read& read) const {
  std::vector<std::string> found;
  const std::function<void(const tree::Expression&)> collect = [&](const tree::Expression& expression) {
    const auto* use = std::get_if<tree::NameUse>(&expression.what);
    const Binding* bound = use ? find_binding(use->name) : nullptr;
    const bool is_tensor = bound && bound->role != Binding::Role::index &&
                           std::holds_alternative<Quantity>(bound->meaning);
    if (is_tensor || std::holds_alternative<tree::Read>(expression.what)) {
      found.push_back(text_of(expression.range));
    } else {
      for_each_inside(expression, collect);
    }
  };
  for (const tree::Subscript& subscript : read.subscripts) {
    if (const auto* expression = std::get_if<Box<tree::Expression>>(&subscript)) collect(**expression);
  }
  return found;
}

bool Elaborator::proved_inside(const tree::Read& read, const Quantity& tensor,
                               const std::vector<std::optional<Position>>& positions,
                               const SourceRange& range) {
  Window window;
  Shape shape;
  std::vector<IndexId> axes;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (!positions[i]) continue;
    window.push_back(*positions[i]);
    shape.push_back(builder.extent(tensor.dimensions[i]));
    const std::vector<IndexId> more = axes_of(*positions[i]);
    axes.insert(axes.end(), more.begin(), more.end());
  }
  std::sort(axes.begin(), axes.end());
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
  std::vector<Index> indices;
  Renumbering compact;
  for (const IndexId axis : axes) {
    compact.emplace_back(axis, static_cast<IndexId>(indices.size()));
    indices.push_back(builder.axes.indices[number_of(axis)]);
  }
  for (Position& position : window) position = renumbered(position, compact);
  const std::optional<Outside> outside = first_outside(window, indices, shape);
  if (!outside) return true;
  const std::string name = text_of(read.of->range);
  const Position& leaving = window[outside->subscript];
  std::string where = combination_text(indices, outside->indices, leaving);
  const std::optional<std::int64_t> looked_up = leaving_value(leaving, outside->position < 0);
  const std::vector<std::string> tensors = integer_tensors(read);
  if (looked_up && tensors.size() == 1)
    where += (where.empty() ? "" : ", ") + tensors[0] + " = " + std::to_string(*looked_up);
  const std::int64_t extent = shape[outside->subscript];
  const auto added = report(message::read_outside, range, where.empty() ? "" : "for " + where + " ",
                            outside->position, outside->subscript + 1, name, extent);
  if (where.empty() && outside->position < 0) {
    added.note(message::no_negative_subscript, name, extent - 1);
  } else {
    added.note(message::else_reads_outside, text_of(range));
  }
  return false;
}

/// A list is read by integer settings; by integer tensors it is a tensor.
Meaning Elaborator::read_list(const ListSetting& list, const tree::Read& read, const SourceRange& range) {
  const ListSetting* level = &list;
  for (std::size_t i = 0; i < read.subscripts.size(); ++i) {
    const auto* expression = std::get_if<Box<tree::Expression>>(&read.subscripts[i]);
    const std::optional<Setting> setting = expression ? quiet_setting(**expression) : std::nullopt;
    const std::optional<std::int64_t> place = setting ? as_integer(*setting) : std::nullopt;
    if (!place) break;
    const auto count = static_cast<std::int64_t>(level->elements.size());
    if (*place < 0 || *place >= count) {
      report(message::read_outside, range, "", *place, i + 1, text_of(read.of->range), count);
      return Poison{};
    }
    const Setting& element = level->elements[static_cast<std::size_t>(*place)];
    if (i + 1 == read.subscripts.size()) return element;
    level = as_list(element);
    if (!level) break;
  }
  const std::optional<Quantity> table = tensor_of(Setting{list}, read.of->range);
  if (!table) return Poison{};
  const Quantity held = builder.materialized(*table, value_name("table"));
  return read_element(read, held, range);
}

}  // namespace dlc
