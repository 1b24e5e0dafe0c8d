#include "dsl/elaborate/elaborator.h"
#include "dsl/elaborate/names/habits.h"

namespace dlc {

Elaborator::Elaborator(Setup& setup, std::int64_t batch, Mode mode)
    : setup_(setup), mode_(mode), batch_(batch) {
  batch_axis_ = builder.axes.add("batch", batch);
}

SourceRange Elaborator::user_place(const SourceRange& where) const {
  if (!setup_.sources->is_library(where.file) || activations_.empty()) return where;
  return now().user_place;
}

void Elaborator::note_library(const Diagnostics::Added& added, const SourceRange& where) const {
  for (std::size_t i = activations_.size(); i-- > 0;) {
    const Activation& activation = *activations_[i];
    if (!activation.in_library()) break;
    const bool innermost = i + 1 == activations_.size();
    added.note(message::inside_library, innermost ? where : activations_[i + 1]->call,
               activation.declared->function->name.text);
  }
}

void Elaborator::note_calls(const Diagnostics::Added& added, const SourceRange& where) const {
  constexpr int most = 8;
  int told = 0;
  for (std::size_t i = activations_.size(); i-- > 0;) {
    const Activation& activation = *activations_[i];
    if (!activation.declared) break;
    // What is wrong with an argument stands in the call itself.
    const SourceRange& call = activation.call;
    if (call.file == where.file && call.begin <= where.begin && where.begin < call.end) continue;
    // A net is called where it is used, that needs no telling; a library entry is told of by note_library.
    const tree::FunctionKind kind = activation.declared->function->kind;
    if (activation.in_library() || kind == tree::FunctionKind::net || kind == tree::FunctionKind::optimizer)
      continue;
    if (++told > most) break;
    added.note(message::called_here, activation.call, activation.declared->function->name.text);
  }
}

/// The calls that a value came through, and along which of its dimensions a call took it row by row.
void Elaborator::note_history(const Diagnostics::Added& added, const Quantity& tensor) const {
  if (!tensor.returned_by.empty()) {
    const CallRecord& record = calls_[static_cast<std::size_t>(tensor.returned_by.back())];
    added.note(message::value_from, record.user_place, record.function);
  }
  CallId told = no_call;
  for (const Dimension& dimension : tensor.dimensions) {
    if (dimension.lead_of == no_call || dimension.lead_of == told) continue;
    told = dimension.lead_of;
    const CallRecord& record = calls_[static_cast<std::size_t>(told)];
    added.note(message::took_row_by_row, record.user_place, record.function, record.taken);
  }
}

void Elaborator::suggest(const Diagnostics::Added& added, const std::string& written,
                         const std::vector<std::string>& names) const {
  if (const std::optional<std::string> habit = habit_of(written, names)) {
    added.note(message::habit, *habit);
  } else if (const std::optional<std::string> near = nearest_name(written, names)) {
    added.note(message::did_you_mean, *near);
  }
}

Place Elaborator::place_of(const SourceRange& range) const {
  const LineColumn position = setup_.sources->position(range.file, range.begin);
  return {setup_.sources->name(range.file), static_cast<std::int32_t>(position.line),
          static_cast<std::int32_t>(position.column)};
}

void Elaborator::came_from(const SourceRange& range) {
  builder.places = now().places;
  builder.places.push_back(place_of(range));
}

std::string Elaborator::shape_text(const Quantity& tensor) const {
  return message::Shape(builder.shape_of(tensor)).text;
}

Meaning Elaborator::not_yet(const SourceRange& where, const std::string& what) {
  report(message::not_yet, where, what);
  return Poison{};
}

}  // namespace dlc
