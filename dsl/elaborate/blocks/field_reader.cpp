#include "dsl/elaborate/blocks/field_reader.h"

#include <algorithm>

namespace dlc {

namespace {

bool is_plain_column(const tree::Expression& expression) {
  if (std::holds_alternative<tree::NameUse>(expression.what)) return true;
  const auto* call = std::get_if<tree::Call>(&expression.what);
  return call && call->function.text == "column";
}

/// Are they the same extents in another order, as where an image has its channels first?
bool is_other_order(Shape one, Shape other) {
  const auto is_one = [](std::int64_t extent) { return extent == 1; };
  std::erase_if(one, is_one);
  std::erase_if(other, is_one);
  return one != other && std::is_permutation(one.begin(), one.end(), other.begin(), other.end());
}

}  // namespace

FieldReader::FieldReader(Elaborator& elaborator, DataDescription& description, const tree::Data& block,
                         const tree::FieldLine& line)
    : elaborator_(elaborator), description_(description), block_(block), line_(line) {}

const DataReader* FieldReader::reader() const {
  if (description_.from) return &*description_.from;
  const auto train = description_.parts.find("train");
  return train == description_.parts.end() || train->second.reader.empty() ? nullptr : &train->second;
}

void FieldReader::read_type() {
  Elaborator& e = elaborator_;
  if (line_.extents) {
    declared_.emplace();
    for (const tree::Extent& extent : *line_.extents) {
      const std::optional<std::int64_t> size = e.integer_setting(*extent.size, "an extent");
      if (size && *size < 1) e.report(message::empty_extent, extent.size->range, line_.name.text, *size);
      if (!size || *size < 1) failed_ = true;
      declared_->push_back(size.value_or(1));
    }
  }
  field_.is_class = line_.kind == tree::FieldLine::Kind::class_;
  if (line_.classes) {
    classes_ = e.integer_setting(*line_.classes, "the number of classes");
    if (classes_ && *classes_ < 1)
      e.report(message::not_positive, line_.classes->range, "classes", *classes_);
    if (!classes_ || *classes_ < 1) failed_ = true;
  }
  if (!line_.names) return;
  if (!field_.is_class) {
    e.report(message::names_without_class, line_.names->range, line_.name.text);
    failed_ = true;
    return;
  }
  const std::optional<Setting> names = e.setting_of(*line_.names);
  if (!names) {
    failed_ = true;
  } else if (const std::string* file = as_text(*names)) {
    names_file_ = *file;
  } else if (const ListSetting* list = as_list(*names)) {
    for (const Setting& element : list->elements) {
      const std::string* text = as_text(element);
      names_.push_back(text ? *text : to_text(element));
    }
    const auto count = static_cast<std::int64_t>(names_.size());
    if (classes_ && *classes_ != count) {
      e.report(message::names_count, line_.names->range, line_.name.text, *classes_, count);
      failed_ = true;
    }
    classes_ = count;
  } else {
    e.report(message::names_kind, line_.names->range, described(*names));
    failed_ = true;
  }
}

void FieldReader::read_missing() {
  if (!line_.missing) return;
  if (std::holds_alternative<tree::MissingMean>(*line_.missing)) {
    missing_ = ColumnUse::Missing::mean;
  } else if (std::holds_alternative<tree::MissingDrop>(*line_.missing)) {
    missing_ = ColumnUse::Missing::drop;
  } else {
    const auto& expression = std::get<tree::Expression>(*line_.missing);
    const std::optional<Setting> value = elaborator_.setting_of(expression);
    const std::optional<double> number = value ? as_number(*value) : std::nullopt;
    const std::string* text = value ? as_text(*value) : nullptr;
    if (text && field_.is_class) missing_text_ = *text;
    if (value && !number && !missing_text_)
      elaborator_.report(message::missing_kind, expression.range, field_.name,
                         field_.is_class ? "a string or a number" : "a number", described(*value));
    missing_ = ColumnUse::Missing::value;
    missing_value_ = number.value_or(0);
  }
}

Meaning FieldReader::evaluate() {
  Elaborator& e = elaborator_;
  e.open_activation("data." + line_.name.text);
  e.field_reader_ = this;
  Meaning meaning = e.evaluate(line_.value);
  e.field_reader_ = nullptr;
  e.activations_.pop_back();
  return meaning;
}

/// Without data a column whose shape only they tell is taken for one of the field's own shape. Where the
/// expression does not go with that it may well go with what the data are: then nothing is said of it but
/// what is wrong for any shape, and the field is what it is declared to be.
Meaning FieldReader::read() {
  Elaborator& e = elaborator_;
  field_.name = line_.name.text;
  read_type();
  read_missing();
  is_plain_column_ = is_plain_column(line_.value);
  if (!is_plain_column_ && !failed_ && needs_data_for_shapes()) {
    const Field before = field_;
    ++e.muted_;
    Meaning tried = finish(evaluate());
    --e.muted_;
    if (!is_poison(tried)) return tried;
    field_ = before;
    is_unknown_ = true;
    const int errors = e.errors_;
    evaluate();
    return e.errors_ == errors ? assumed() : Poison{};
  }
  Meaning meaning = evaluate();
  if (failed_) meaning = Poison{};
  return finish(std::move(meaning));
}

/// What the field is declared to be, of nothing.
Meaning FieldReader::assumed() {
  Elaborator& e = elaborator_;
  field_.shape = declared_.value_or(Shape{});
  Type type{Kind::number, Element::f32, {e.batch_}, 0, 0};
  type.shape.insert(type.shape.end(), field_.shape.begin(), field_.shape.end());
  if (field_.is_class) {
    field_.classes = classes_.value_or(assumed_classes);
    type.kind = Kind::integer;
    type.element = Element::i32;
    type.most = field_.classes - 1;
  }
  description_.fields.push_back(field_);
  const std::vector<IndexId> frame = {e.batch_axis_};
  return e.builder.input("field(" + field_.name + ")", std::move(type), frame);
}

/// The declared type against what the expression is.
Meaning FieldReader::finish(const Meaning& meaning) {
  Elaborator& e = elaborator_;
  std::optional<Quantity> tensor = e.tensor_of(meaning, line_.value.range);
  if (!tensor) return Poison{};
  if (field_.is_class != (tensor->kind == Kind::integer)) {
    if (field_.is_class || tensor->kind == Kind::boolean) {
      e.report(message::field_kind, line_.value.range, field_.name, field_.is_class ? "integers" : "numbers");
      return Poison{};
    }
    tensor = as_number(std::move(*tensor));
  }
  const Shape shape = e.builder.shape_of(*tensor);
  if (!declared_ && !shape.empty() && line_.kind != tree::FieldLine::Kind::none) declared_.emplace();
  if (declared_ && *declared_ != shape) {
    if (count(*declared_) != count(shape)) {
      e.report(message::field_shape, line_.type, field_.name, *declared_, shape);
      return Poison{};
    }
    if (is_other_order(shape, *declared_)) {
      e.sink()
          .add(message::field_regrouped, line_.type, field_.name, *declared_, shape)
          .note(message::turn_axes);
    }
    tensor = e.builder.viewed(*tensor, *declared_, "data." + field_.name);
  }
  if (!e.builder.is_whole(*tensor) || tensor->kind == Kind::number) {
    tensor = e.builder.materialized(*tensor, "data." + field_.name);
  }
  field_.shape = e.builder.shape_of(*tensor);
  if (field_.is_class) {
    field_.classes = tensor->most + 1;
    if (!is_plain_column_ && classes_ && field_.classes > *classes_) {
      e.report(message::field_bound, line_.value.range, field_.name, *classes_, tensor->most);
      return Poison{};
    }
  }
  tensor->returned_by.clear();
  description_.fields.push_back(field_);
  return *tensor;
}

}  // namespace dlc
