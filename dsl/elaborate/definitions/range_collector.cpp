#include "dsl/elaborate/definitions/range_collector.h"

namespace dlc {

void RangeCollector::visit(const tree::Expression& expression) {
  if (failed) return;
  if (const auto* reduction = std::get_if<tree::Reduction>(&expression.what)) {
    visit_reduction(*reduction);
  } else if (const auto* choice = std::get_if<tree::Choice>(&expression.what)) {
    visit_choice(*choice);
  } else if (const auto* read = std::get_if<tree::Read>(&expression.what)) {
    visit_read(*read, expression.range);
  } else {
    for_each_inside(expression, [&](const tree::Expression& inside) { visit(inside); });
  }
}

void RangeCollector::visit_reduction(const tree::Reduction& reduction) {
  elaborator_.open_scope();
  const std::optional<std::vector<IndexId>> axes = elaborator_.binder_axes(reduction.binders, open);
  if (axes) {
    elaborator_.reducer_axes_[&reduction] = *axes;
    visit(*reduction.body);
  } else {
    failed = true;
  }
  elaborator_.close_scope();
}

/// Of a choice by a setting only the side taken is read at all.
void RangeCollector::visit_choice(const tree::Choice& choice) {
  const std::optional<Setting> setting = elaborator_.quiet_setting(*choice.condition);
  const std::optional<bool> truth = setting ? as_boolean(*setting) : std::nullopt;
  const auto visit_one = [&](const tree::Expression& inside) { visit(inside); };
  if (!truth) visit(*choice.condition);
  if (!truth || *truth) for_each_inside(choice.then, visit_one);
  if (choice.otherwise && (!truth || !*truth)) for_each_inside(*choice.otherwise, visit_one);
}

std::optional<Shape> RangeCollector::shape_read(const tree::Expression& of) {
  Elaborator& e = elaborator_;
  Meaning meaning = Poison{};
  if (const auto* use = std::get_if<tree::NameUse>(&of.what)) {
    if (const Binding* binding = e.find_binding(use->name)) {
      meaning = binding->meaning;
    } else if (const std::optional<Setting> setting = e.quiet_setting(of)) {
      meaning = *setting;
    }
  } else {
    const auto counts = e.now().counts;
    const int draws = e.now().draws;
    const bool before = std::exchange(e.measuring_, true);
    ++e.muted_;
    meaning = e.evaluate(of);
    --e.muted_;
    e.measuring_ = before;
    e.now().counts = counts;
    e.now().draws = draws;
  }
  saw_mistake = saw_mistake || is_poison(meaning);
  if (const auto* tensor = std::get_if<Quantity>(&meaning)) return e.builder.shape_of(*tensor);
  if (const auto* setting = std::get_if<Setting>(&meaning)) {
    if (const std::optional<ListTensor> table = as_tensor(*setting)) return table->shape;
  }
  return std::nullopt;
}

void RangeCollector::add(const Position& position, std::int64_t extent, bool has_else,
                         const SourceRange& range) {
  uses.push_back({position, extent, has_else, sources.size()});
  sources.push_back({range, extent});
}

void RangeCollector::visit_read(const tree::Read& read, const SourceRange& range) {
  Elaborator& e = elaborator_;
  if (!std::holds_alternative<tree::NameUse>(read.of->what)) visit(*read.of);
  for (const tree::Subscript& subscript : read.subscripts) {
    if (const auto* inside = std::get_if<Box<tree::Expression>>(&subscript)) visit(**inside);
  }
  if (read.otherwise) visit(**read.otherwise);
  const std::optional<Shape> shape = shape_read(*read.of);
  if (!shape) return;
  // What a free pack covers is known once the other subscripts are counted.
  std::size_t named = 0;
  for (const tree::Subscript& subscript : read.subscripts) {
    const auto* pack = std::get_if<tree::Pack>(&subscript);
    const Binding* bound = pack ? e.find_binding(pack->name.text + "..") : nullptr;
    named += pack ? (bound ? bound->axes.size() : 0) : 1;
  }
  if (named > shape->size()) return;
  std::size_t dimension = 0;
  for (const tree::Subscript& subscript : read.subscripts) {
    if (const auto* pack = std::get_if<tree::Pack>(&subscript)) {
      const Binding* bound = e.find_binding(pack->name.text + "..");
      dimension += bound ? bound->axes.size() : shape->size() - named;
      continue;
    }
    if (dimension >= shape->size()) return;
    const std::int64_t extent = (*shape)[dimension++];
    ++e.muted_;
    const Meaning meaning = e.evaluate(*std::get<Box<tree::Expression>>(subscript));
    --e.muted_;
    const auto* tensor = std::get_if<Quantity>(&meaning);
    if (!tensor || tensor->kind != Kind::integer || !tensor->dimensions.empty()) continue;
    if (std::optional<Position> position = position_of(tensor->body, e.builder.graph, e.builder.axes)) {
      add(*position, extent, read.otherwise.has_value(), range);
    }
  }
}

}  // namespace dlc
