#include <algorithm>

#include "dsl/elaborate/elaborator.h"
#include "dsl/elaborate/graphs.h"

namespace dlc {

/// The name of a call among its kind in its parent: conv2d_2, or what `as` says.
std::string Elaborator::instance_name(const DeclaredFunction& declared, const tree::Name* as) {
  const std::string& function = declared.function->name.text;
  Activation& parent = now();
  if (!as) {
    const int number = ++parent.counts[function];
    const bool is_net = declared.function->kind == tree::FunctionKind::net;
    return is_net && number == 1 ? function : function + "_" + std::to_string(number);
  }
  std::string name = as->text;
  if (parent.repeats > 0) name += "_" + std::to_string(++parent.counts[name + "_"]);
  if (parent.taken_names.insert(name).second) return name;
  report(message::instance_twice, as->range, name);
  // Of its own, or its parameters would be those of the other call, and wrong too.
  return name + " again, by call " + std::to_string(++parent.counts[name + " again"]);
}

KeptValue* Elaborator::find_kept(const std::string& name) {
  const auto found =
      std::find_if(kept.begin(), kept.end(), [&](const KeptValue& v) { return v.name == name; });
  return found == kept.end() ? nullptr : &*found;
}

KeptValue& Elaborator::add_kept(const std::string& name, const Shape& shape, bool trained,
                                const SourceRange& place) {
  Type type{Kind::number, Element::f32, shape, 0, 0};
  KeptValue value;
  value.name = name;
  value.shape = shape;
  value.trained = trained;
  value.place = place;
  value.current = trained ? builder.node(name, std::move(type), Parameter{}, {})
                          : builder.node(name, std::move(type), State{}, {});
  value.value = std::get<Read>(value.current.body.expressions[0]).tensor;
  kept.push_back(std::move(value));
  return kept.back();
}

/// A parameter that a sum over a path names before its net is called.
Quantity Elaborator::add_known_parameter(const std::string& name) {
  for (const Kept& known : setup_.known_parameters) {
    if (known.name == name) return add_kept(name, known.shape, true, {}).current;
  }
  return Quantity{};
}

std::optional<Shape> Elaborator::kept_extents(const tree::KeptStatement& statement) {
  Shape shape;
  for (const tree::Extent& extent : statement.extents) {
    const std::optional<std::int64_t> size = integer_setting(*extent.size, "an extent");
    if (!size) return std::nullopt;
    if (*size < 1) {
      report(message::empty_extent, extent.size->range, statement.name.text, *size);
      return std::nullopt;
    }
    shape.push_back(*size);
  }
  // Addresses are counted in 64 bits: bytes of 4 for each element.
  std::int64_t elements = 4;
  for (const std::int64_t extent : shape) {
    if (!__builtin_mul_overflow(elements, extent, &elements)) continue;
    report(message::too_many_elements, statement.name.range, statement.name.text, shape);
    return std::nullopt;
  }
  return shape;
}

void Elaborator::keep(const tree::KeptStatement& statement) {
  if (statement.kind == tree::KeptKind::carry) {
    report(message::carry_outside_scan, statement.name.range);
    bind(statement.name, Poison{});
    return;
  }
  const bool trained = statement.kind == tree::KeptKind::param;
  const tree::FunctionKind kind = now().declared ? now().declared->function->kind : tree::FunctionKind::fn;
  if (kind != tree::FunctionKind::layer && kind != tree::FunctionKind::net) {
    report(message::kept_in_fn, statement.name.range, trained ? "param" : "state");
    bind(statement.name, Poison{});
    return;
  }
  if (!may_bind(statement.name, Binding::Role::kept)) return;
  const std::optional<Shape> shape = kept_extents(statement);
  if (!shape) {
    bind(statement.name, Poison{});
    return;
  }
  const std::string name = now().instance + "." + statement.name.text;
  KeptValue* value = find_kept(name);
  if (value && value->shape != *shape) {
    report(message::extents_change, statement.name.range, name, *shape, value->shape);
    bind(statement.name, Poison{});
    return;
  }
  const bool is_new = !value || !value->has_initial;
  if (!value) value = &add_kept(name, *shape, trained, statement.name.range);
  value->has_initial = true;
  bind(statement.name, value->current, Binding::Role::kept);
  if (is_new && initial) make_initial(statement, *shape, name);
}

void Elaborator::keep_of_optimizer(const tree::KeptStatement& statement) {
  if (statement.kind != tree::KeptKind::state) {
    report(message::kept_in_fn, statement.name.range,
           statement.kind == tree::KeptKind::param ? "param" : "carry");
    bind(statement.name, Poison{});
    return;
  }
  if (!may_bind(statement.name, Binding::Role::kept)) return;
  const KeptValue* parameter = find_kept(now().parameter);
  const Shape shape = parameter->shape;
  const std::string name = now().parameter + ":" + statement.name.text;
  KeptValue& value = add_kept(name, shape, false, statement.name.range);
  bind(statement.name, value.current, Binding::Role::kept);
  if (initial) make_initial(statement, shape, name);
}

/// The value of a param or state at its start, over new axes for its extents: an expression for each element,
/// or a whole value.
std::optional<Quantity> Elaborator::initial_value(const tree::KeptStatement& statement, const Shape& shape,
                                                  bool each_element) {
  open_scope();
  std::vector<Dimension> dimensions = builder.new_dimensions(shape);
  for (std::size_t i = 0; i < statement.extents.size(); ++i) {
    const std::optional<tree::Name>& index = statement.extents[i].index;
    if (!index) continue;
    Quantity value;
    value.kind = Kind::integer;
    value.most = shape[i] - 1;
    value.body = position_body(dlc::position_of(dimensions[i].axis));
    builder.axes.indices[number_of(dimensions[i].axis)].name = index->text;
    bind(*index, std::move(value), Binding::Role::index);
  }
  std::vector<IndexId> frame;
  for (const Dimension& dimension : dimensions) frame.push_back(dimension.axis);
  now().ambient = each_element ? frame : std::vector<IndexId>{};
  const Meaning meaning = evaluate(statement.value);
  close_scope();
  std::optional<Quantity> tensor = tensor_of(meaning, statement.value.range);
  if (!tensor) return std::nullopt;
  if (tensor->dimensions.empty()) tensor->dimensions = std::move(dimensions);
  return tensor;
}

void Elaborator::make_initial(const tree::KeptStatement& statement, const Shape& shape,
                              const std::string& name) {
  // The draws depend on the parameter's name alone, not on what stands around it.
  Activation& here = now();
  const std::string site = std::exchange(here.site, name);
  const int draws = std::exchange(here.draws, 0);
  const std::map<std::string, int> counts = std::exchange(here.counts, {});
  const std::vector<IndexId> ambient = here.ambient;
  const std::string hint = std::exchange(hint_, {});
  std::optional<Quantity> value = initial_value(statement, shape, true);
  const auto is_whole_value = [&] {
    const std::vector<IndexId> frame = builder.frame_of(*value);
    return std::any_of(frame.begin(), frame.end(), [&](IndexId axis) {
      return std::find(here.ambient.begin(), here.ambient.end(), axis) != here.ambient.end();
    });
  };
  if (value && is_whole_value()) {
    here.draws = 0;
    here.counts.clear();
    value = initial_value(statement, shape, false);
  }
  here.site = site;
  here.draws = draws;
  here.counts = counts;
  here.ambient = ambient;
  hint_ = hint;
  if (!value) return;
  if (value->kind == Kind::boolean) {
    report(message::boolean_operand, statement.value.range);
    return;
  }
  if (builder.shape_of(*value) != shape) {
    report(message::initial_shape, statement.value.range, name, shape, shape_text(*value));
    return;
  }
  const ValueId held = builder.value_of(as_number(*value), name + ".initial");
  const ValueId roots[] = {held};
  const std::vector<bool> needed = needed_by(builder.graph, roots);
  for (std::size_t i = 0; i < needed.size(); ++i) {
    const Value& each = builder.graph[static_cast<ValueId>(i)];
    const bool is_computed =
        std::holds_alternative<Definition>(each.node) || std::holds_alternative<View>(each.node);
    if (!needed[i] || is_computed || each.name == step_input::key) continue;
    report(message::initial_from_data, statement.value.range, name, each.name);
    return;
  }
  if (!builder.frame_of(*value).empty()) {  // Without data, of a draw that is another for each example.
    report(message::initial_from_data, statement.value.range, name, text_of(statement.value.range));
    return;
  }
  initial->outputs.push_back({name, copy_into(*initial, builder.graph, held, initial_copied)});
}

/// s <- e: the next value of a state, or of an optimizer's parameter. It has no frame; a single number is
/// repeated.
void Elaborator::update(const tree::UpdateStatement& statement) {
  const std::string& target = statement.target.text;
  const bool of_parameter = now().optimizer && now().optimizer->parameters[0].name.text == target;
  const std::string name = of_parameter ? now().parameter + ".next" : value_name(target + ".next");
  const std::string kept_name = of_parameter      ? now().parameter
                                : now().optimizer ? now().parameter + ":" + target
                                                  : now().instance + "." + target;
  const KeptValue* value = find_kept(kept_name);
  if (!value || (value->trained && !of_parameter)) {
    report(message::no_state, statement.target.range, target);
    return;
  }
  const auto& writes = now().writes;
  const bool is_again = of_parameter ? now().update.has_value()
                                     : std::any_of(writes.begin(), writes.end(), [&](const auto& write) {
                                         return write.first == kept_name;
                                       });
  if (is_again) {
    report(message::updated_twice, statement.target.range, target);
    return;
  }
  const Shape shape = value->shape;
  const std::string outer_hint = std::exchange(hint_, name);
  const tree::Expression* outer_node = std::exchange(hint_node_, &statement.value);
  const Meaning meaning = evaluate(statement.value);
  hint_ = outer_hint;
  hint_node_ = outer_node;
  std::optional<Quantity> next = tensor_of(meaning, statement.value.range);
  if (!next) return;
  if (next->kind == Kind::boolean) {
    report(message::boolean_operand, statement.value.range);
    return;
  }
  next = as_number(std::move(*next));
  if (!builder.frame_of(*next).empty()) {
    report(message::state_with_frame, statement.value.range, target);
    return;
  }
  if (next->dimensions.empty()) next->dimensions = builder.new_dimensions(shape);
  if (builder.shape_of(*next) != shape) {
    report(message::initial_shape, statement.value.range, target, shape, shape_text(*next));
    return;
  }
  if (mode_ != Mode::training) return;
  next = builder.materialized(*next, name);
  if (of_parameter) {
    now().update = std::move(next);
  } else {
    now().writes.emplace_back(kept_name, std::move(*next));
  }
}

void Elaborator::take_over_writes() {
  for (auto& [name, next] : now().writes) {
    KeptValue* value = find_kept(name);
    value->current = std::move(next);
    value->is_written = true;
  }
  now().writes.clear();
}

}  // namespace dlc
