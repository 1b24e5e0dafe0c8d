#include "dsl/elaborate/elaborator.h"

namespace dlc {

/// The field becomes E, in the training plan alone. E sees the fields as the lines before have made them, and
/// its draws are each example's own: uniform_draw.
void Elaborator::augment(const tree::AugmentLine& line, const DataDescription& description,
                         std::vector<Binding>& fields) {
  Binding* const field = named_field(line.field, description, fields);
  if (field == nullptr) return;
  const auto* before = std::get_if<Quantity>(&field->meaning);
  if (mode_ != Mode::training || !before) return;
  open_activation("data." + line.field.text + ".augmented" + std::to_string(augments_++));
  now().scopes.back() = fields;
  is_augmenting_ = true;
  const Meaning meaning = evaluate(line.value);
  is_augmenting_ = false;
  activations_.pop_back();
  std::optional<Quantity> after = tensor_of(meaning, line.value.range);
  if (!after) return;
  if (before->kind == Kind::number && after->kind == Kind::integer) after = as_number(std::move(*after));
  const bool fits =
      after->kind == before->kind && after->least >= before->least && after->most <= before->most;
  if (!fits) {
    report(message::augment_kind, line.value.range, line.field.text,
           before->kind == Kind::number ? "numbers" : "classes 0 … " + std::to_string(before->most));
    return;
  }
  const Shape shape = builder.shape_of(*before);
  if (builder.shape_of(*after) != shape) {
    const auto added =
        report(message::augment_shape, line.value.range, line.field.text, shape, builder.shape_of(*after));
    note_history(added, *after);
    return;
  }
  after = builder.materialized(*after, "data." + line.field.text + ".augmented");
  after->returned_by.clear();
  field->meaning = std::move(*after);
}

}  // namespace dlc
