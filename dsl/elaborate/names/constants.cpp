#include "dsl/elaborate/elaborator.h"

namespace dlc {

/// A constant, evaluated when it is first used; what the command line says takes its place.
Meaning Elaborator::constant(const std::string& name, const SourceRange& place) {
  if (const auto known = setup_.constants.find(name); known != setup_.constants.end()) return known->second;
  if (!setup_.constants_open.insert(name).second) {
    report(message::constant_of_itself, place, name);
    return Poison{};
  }
  const tree::Const& declared = *setup_.program.constants.find(name)->second;
  const auto given = setup_.overrides.find(name);
  const tree::Expression& value = given == setup_.overrides.end() ? declared.value : given->second;
  auto activation = std::make_unique<Activation>();
  activation->site = "const";
  activation->scopes.emplace_back();
  activations_.push_back(std::move(activation));
  // What is wrong with a constant is told whoever asks for it first.
  const int muted = std::exchange(muted_, 0);
  const std::string hint = std::exchange(hint_, {});
  Meaning meaning = evaluate(value);
  if (!std::holds_alternative<Setting>(meaning)) {
    if (!is_poison(meaning)) report(message::constant_is_value, value.range, name);
    meaning = Poison{};
  }
  hint_ = hint;
  muted_ = muted;
  activations_.pop_back();
  setup_.constants_open.erase(name);
  setup_.constants.emplace(name, meaning);
  return meaning;
}

/// How many classes a field of a data block has.
Meaning Elaborator::classes_of_field(const tree::Member& member, const SourceRange& range) {
  const auto* use = std::get_if<tree::NameUse>(&member.of->what);
  const auto block = use ? setup_.program.data.find(use->name) : setup_.program.data.end();
  if (block == setup_.program.data.end()) {
    report(message::unknown_name, range, text_of(range));
    return Poison{};
  }
  Elaborator reader(setup_, 1, Mode::evaluation);
  reader.muted_ = 1;
  const DataDescription description = reader.bind_data(*block->second);
  for (const Field& field : description.fields) {
    if (field.name == member.name.text && field.is_class) return Setting{field.classes};
  }
  report(message::unknown_field, member.name.range, member.name.text, use->name);
  return Poison{};
}

}  // namespace dlc
