#include <algorithm>

#include "dsl/elaborate/definitions/range_collector.h"
#include "dsl/elaborate/elaborator.h"

namespace dlc {

namespace {

/// Can the combinations of these indices, those of the frame around among them, be counted in 64 bits?
bool can_be_counted(const Axes& axes, const std::vector<IndexId>& frame, const std::vector<IndexId>& own) {
  std::int64_t bytes = 4;  // of an element
  const auto take = [&](IndexId axis) { return !__builtin_mul_overflow(bytes, axes.extent(axis), &bytes); };
  return std::all_of(frame.begin(), frame.end(), take) && std::all_of(own.begin(), own.end(), take);
}

Shape extents_of(const Axes& axes, const std::vector<IndexId>& own) {
  Shape shape;
  for (const IndexId axis : own) shape.push_back(axes.extent(axis));
  return shape;
}

/// Does `/` stand where an integer should, in a subscript: x[i / 2]?
bool divides_in_subscript(const tree::Expression& expression) {
  bool found = false;
  if (const auto* read = std::get_if<tree::Read>(&expression.what)) {
    for (const tree::Subscript& subscript : read->subscripts) {
      const auto* inside = std::get_if<Box<tree::Expression>>(&subscript);
      const auto* binary = inside != nullptr ? std::get_if<tree::Binary>(&(*inside)->what) : nullptr;
      found = found || (binary != nullptr && binary->operation == tree::BinaryOperator::divide);
    }
  }
  for_each_inside(expression,
                  [&](const tree::Expression& inside) { found = found || divides_in_subscript(inside); });
  return found;
}

}  // namespace

/// The axes of a left side's or reducer's binders, bound in the innermost scope. Those whose range is not
/// written are added to `open`.
std::optional<std::vector<IndexId>> Elaborator::binder_axes(const std::vector<tree::Binder>& binders,
                                                            std::vector<IndexId>& open) {
  std::vector<IndexId> axes;
  for (const tree::Binder& binder : binders) {
    if (const auto* pack = std::get_if<tree::Pack>(&binder)) {
      std::optional<std::vector<IndexId>> covered = pack_axes(*pack);
      if (!covered) return std::nullopt;
      axes.insert(axes.end(), covered->begin(), covered->end());
      continue;
    }
    const auto& index = std::get<tree::Index>(binder);
    const Binding* before = find_binding(index.name.text);
    if (before && before->role == Binding::Role::index && std::holds_alternative<Quantity>(before->meaning)) {
      report(message::index_bound_twice, index.name.range, index.name.text)
          .note(message::bound_here, before->place, index.name.text);
      return std::nullopt;
    }
    std::int64_t extent = unknown_extent;
    if (index.extent) {
      const std::optional<std::int64_t> written = integer_setting(**index.extent, "the range of an index");
      if (!written) return std::nullopt;
      if (*written < 1) {
        report(message::empty_range, (*index.extent)->range, index.name.text, *written);
        return std::nullopt;
      }
      extent = *written;
    }
    const IndexId axis = builder.axes.add(index.name.text, extent);
    if (!index.extent) open.push_back(axis);
    axes.push_back(axis);
    Quantity value;
    value.kind = Kind::integer;
    value.most = extent - 1;
    value.body = position_body(dlc::position_of(axis));
    bind(index.name, std::move(value), Binding::Role::index);
  }
  return axes;
}

/// New axes for what a pack covers; inside, the pack stands for them.
std::optional<std::vector<IndexId>> Elaborator::pack_axes(const tree::Pack& pack) {
  std::optional<Shape> extents;
  if (pack.name.text.empty()) {
    extents = now().dots;
  } else if (const Binding* bound = find_binding(pack.name.text)) {
    const auto* setting = std::get_if<Setting>(&bound->meaning);
    const ListSetting* list = setting ? as_list(*setting) : nullptr;
    if (list && bound->role == Binding::Role::fixed) {
      extents.emplace();
      for (const Setting& element : list->elements) extents->push_back(as_integer(element).value_or(1));
    }
  }
  if (!extents) {
    report(message::unknown_pack, pack.range, pack.name.text);
    return std::nullopt;
  }
  std::vector<IndexId> axes;
  for (std::size_t i = 0; i < extents->size(); ++i) {
    const std::string name = (pack.name.text.empty() ? "l" : pack.name.text) + std::to_string(i);
    axes.push_back(builder.axes.add(name, (*extents)[i]));
  }
  auto& scope = now().scopes.back();
  scope.push_back({pack.name.text + "..", Poison{}, Binding::Role::pack, pack.range, false, axes});
  return axes;
}

/// The bounds of the indices of a scope follow the ranges that were found.
void Elaborator::refresh_indices(const std::vector<IndexId>& axes) {
  for (auto& scope : now().scopes) {
    for (Binding& binding : scope) {
      if (binding.role != Binding::Role::index) continue;
      auto* tensor = std::get_if<Quantity>(&binding.meaning);
      if (!tensor) continue;
      const std::vector<IndexId> own = axes_of(tensor->body);
      if (own.size() == 1 && std::find(axes.begin(), axes.end(), own[0]) != axes.end()) {
        tensor->most = builder.axes.extent(own[0]) - 1;
      }
    }
  }
}

bool Elaborator::find_all_ranges(const tree::Expression& root, const std::vector<IndexId>& axes,
                                 std::vector<IndexId> open, const SourceRange& where) {
  RangeCollector collector(*this, std::move(open));
  collector.visit(root);
  if (collector.failed) return false;
  const std::vector<RangeMistake> mistakes = find_ranges(builder.axes, collector.open, collector.uses);
  refresh_indices(axes);
  if (collector.saw_mistake) return mistakes.empty();
  for (const RangeMistake& mistake : mistakes) {
    const std::string& name = builder.axes.indices[number_of(mistake.index)].name;
    switch (mistake.why) {
      case RangeMistake::Why::disagree: {
        const auto& [first, first_extent] = collector.sources[mistake.first];
        const auto& [second, second_extent] = collector.sources[mistake.second];
        report(message::ranges_disagree, second, name, second_extent, text_of(second), first_extent)
            .note(message::other_range, first, text_of(first), first_extent);
        break;
      }
      case RangeMistake::Why::unused: {
        const auto added = report(message::index_without_range, where, name);
        if (divides_in_subscript(root)) added.note(message::write_divide_down);
        break;
      }
      case RangeMistake::Why::empty:
        report(message::index_never_inside, collector.sources[mistake.first].place, name,
               text_of(collector.sources[mistake.first].place));
        break;
    }
  }
  return mistakes.empty();
}

Meaning Elaborator::define(const tree::DefinitionStatement& definition) {
  if (!may_bind(definition.name, Binding::Role::value)) return Poison{};
  open_scope();
  std::vector<IndexId> open;
  const std::optional<std::vector<IndexId>> axes = binder_axes(definition.binders, open);
  Meaning value = Poison{};
  const std::string name = value_name(definition.name.text);
  bool is_sound = axes && find_all_ranges(definition.value, *axes, std::move(open), definition.name.range);
  if (is_sound && !can_be_counted(builder.axes, now().ambient, *axes)) {
    report(message::too_many_elements, definition.name.range, definition.name.text,
           extents_of(builder.axes, *axes));
    is_sound = false;
  }
  if (is_sound) {
    const std::size_t ambient = now().ambient.size();
    now().ambient.insert(now().ambient.end(), axes->begin(), axes->end());
    const std::string outer_hint = std::exchange(hint_, name);
    const tree::Expression* outer_node = std::exchange(hint_node_, &definition.value);
    value = evaluate(definition.value);
    hint_ = outer_hint;
    hint_node_ = outer_node;
    now().ambient.resize(ambient);
  }
  close_scope();
  if (is_poison(value)) {
    bind(definition.name, Poison{});
    return Poison{};
  }
  std::optional<Quantity> tensor = tensor_of(value, definition.value.range);
  if (tensor && !tensor->dimensions.empty()) {
    const auto added = report(message::definition_not_single, definition.value.range, shape_text(*tensor));
    note_history(added, *tensor);
    tensor.reset();
  }
  if (!tensor) {
    bind(definition.name, Poison{});
    return Poison{};
  }
  tensor->is_draw = false;
  tensor->returned_by.clear();
  for (const IndexId axis : *axes) tensor->dimensions.push_back({axis, no_call});
  Meaning result = held(std::move(*tensor), name);
  bind(definition.name, result);
  return result;
}

Meaning Elaborator::evaluate_reduction(const tree::Reduction& reduction, const tree::Expression& whole) {
  open_scope();
  std::vector<IndexId> axes;
  bool has_ranges = true;
  const auto prepared = reducer_axes_.find(&reduction);
  if (prepared != reducer_axes_.end()) {
    axes = prepared->second;
    bind_again(reduction.binders, axes);
  } else {
    std::vector<IndexId> open;
    const std::optional<std::vector<IndexId>> made = binder_axes(reduction.binders, open);
    has_ranges = made.has_value();
    if (made) {
      axes = *made;
      has_ranges = find_all_ranges(*reduction.body, axes, std::move(open), whole.range);
    }
  }
  if (has_ranges && !can_be_counted(builder.axes, now().ambient, axes)) {
    report(message::too_many_elements, whole.range, reduction.reducer.text, extents_of(builder.axes, axes));
    has_ranges = false;
  }
  Meaning term = Poison{};
  if (has_ranges) {
    const std::size_t ambient = now().ambient.size();
    now().ambient.insert(now().ambient.end(), axes.begin(), axes.end());
    const tree::Expression* outer_node = std::exchange(hint_node_, nullptr);
    term = evaluate(*reduction.body);
    hint_node_ = outer_node;
    now().ambient.resize(ambient);
  }
  close_scope();
  const std::string& word = reduction.reducer.text;
  std::string name = hint_.empty() ? value_name(word) : hint_ + "." + word;
  if (hint_node_ == &whole && !hint_.empty() && word != "mean") name = hint_;
  if (is_poison(term)) return Poison{};
  const auto* tensor = std::get_if<Quantity>(&term);
  if (tensor && !tensor->dimensions.empty()) {
    const auto added = report(message::term_not_single, reduction.body->range, word, shape_text(*tensor));
    note_history(added, *tensor);
    return Poison{};
  }
  const bool across_frame =
      std::any_of(reduction.binders.begin(), reduction.binders.end(), [](const tree::Binder& b) {
        const auto* pack = std::get_if<tree::Pack>(&b);
        return pack && pack->name.text.empty();
      });
  if (across_frame) add_call_frame(term, axes);
  return reduce(word, term, std::move(axes), whole.range, name);
}

/// What a reducer over `..` goes across besides: all of the frame that was there when the call began.
void Elaborator::add_call_frame(const Meaning& term, std::vector<IndexId>& axes) {
  std::vector<IndexId> frame = now().ambient;
  std::erase_if(frame, [&](IndexId axis) { return number_of(axis) >= now().first_inner_axis; });
  if (const auto* tensor = std::get_if<Quantity>(&term)) {
    for (const IndexId axis : axes_of(tensor->body)) {
      if (number_of(axis) < now().first_inner_axis) frame.push_back(axis);
    }
  }
  std::sort(frame.begin(), frame.end());
  frame.erase(std::unique(frame.begin(), frame.end()), frame.end());
  axes.insert(axes.begin(), frame.begin(), frame.end());
}

/// The binders of a reducer whose ranges were found together with those of the definition around it.
void Elaborator::bind_again(const std::vector<tree::Binder>& binders, const std::vector<IndexId>& axes) {
  std::size_t next = 0;
  for (const tree::Binder& binder : binders) {
    if (const auto* index = std::get_if<tree::Index>(&binder)) {
      Quantity value;
      value.kind = Kind::integer;
      value.most = builder.axes.extent(axes[next]) - 1;
      value.body = position_body(dlc::position_of(axes[next++]));
      bind(index->name, std::move(value), Binding::Role::index);
      continue;
    }
    const auto& pack = std::get<tree::Pack>(binder);
    std::size_t count = now().dots ? now().dots->size() : 0;
    if (!pack.name.text.empty()) {
      const Binding* bound = find_binding(pack.name.text);
      const auto* setting = bound ? std::get_if<Setting>(&bound->meaning) : nullptr;
      const ListSetting* list = setting ? as_list(*setting) : nullptr;
      count = list ? list->elements.size() : 0;
    }
    const auto first = axes.begin() + static_cast<std::ptrdiff_t>(next);
    const std::vector<IndexId> covered(first, first + static_cast<std::ptrdiff_t>(count));
    next += count;
    now().scopes.back().push_back(
        {pack.name.text + "..", Poison{}, Binding::Role::pack, pack.range, false, covered});
  }
}

}  // namespace dlc
