#include "dsl/diagnostics/diagnostics.h"

#include <algorithm>
#include <tuple>

namespace dlc {

std::string Diagnostics::filled(std::string_view text, const std::vector<std::string>& arguments) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_mark = text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}' && text[i + 1] >= '0' &&
                         text[i + 1] <= '9';
    if (!is_mark) {
      result += text[i];
      continue;
    }
    const auto number = static_cast<std::size_t>(text[i + 1] - '0');
    if (number < arguments.size()) result += arguments[number];
    i += 2;
  }
  return result;
}

Diagnostics::Added Diagnostics::Added::add_note(Note note) const {
  diagnostics_->all_[index_].notes.push_back(std::move(note));
  return *this;
}

Diagnostics::Added Diagnostics::add(Diagnostic diagnostic) {
  all_.push_back(std::move(diagnostic));
  return {*this, all_.size() - 1};
}

bool Diagnostics::has_errors() const {
  return std::any_of(all_.begin(), all_.end(), [](const Diagnostic& diagnostic) {
    return diagnostic.severity == Severity::error || diagnostic.severity == Severity::fallback;
  });
}

bool Diagnostics::has_any_in(const SourceRange& range) const {
  return std::any_of(all_.begin(), all_.end(), [&](const Diagnostic& diagnostic) {
    const SourceRange& place = diagnostic.place;
    return place.file == range.file && place.begin >= range.begin && place.begin < range.end;
  });
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  const auto place = [](const Diagnostic& d) { return std::tuple(d.place.file, d.place.begin); };
  std::vector<Diagnostic> result = all_;
  std::stable_sort(result.begin(), result.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
  const auto is_same = [](const Diagnostic& a, const Diagnostic& b) {
    return a.identifier == b.identifier && a.place == b.place && a.text == b.text;
  };
  std::vector<Diagnostic> kept;
  for (const Diagnostic& diagnostic : result) {
    const bool is_shown = std::any_of(kept.begin(), kept.end(),
                                      [&](const Diagnostic& other) { return is_same(diagnostic, other); });
    const bool is_needed = diagnostic.severity != Severity::fallback ||
                           std::none_of(result.begin(), result.end(), [&](const Diagnostic& other) {
                             return other.severity == Severity::error && place(other) == place(diagnostic);
                           });
    if (!is_shown && is_needed) kept.push_back(diagnostic);
  }
  return kept;
}

}  // namespace dlc
