#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "dsl/diagnostics/message.h"
#include "dsl/diagnostics/sources.h"

namespace dlc {

/// A message as it will be shown, arguments filled in.
struct Note {
  std::string text;
  std::optional<SourceRange> place;
};

struct Diagnostic {
  std::string_view identifier;  // "shape_mismatch"
  Severity severity = Severity::error;
  std::string text;
  SourceRange place;
  std::vector<Note> notes;
};

/// The mistakes found in the user's files, in any order; equal ones are shown once. Never thrown, never
/// printed where they are found.
class Diagnostics {
 public:
  /// A message just added: its notes follow it.
  class Added {
   public:
    template <class... Arguments>
    Added note(const Message<Arguments...>& message, std::type_identity_t<Arguments>... arguments) const {
      return add_note({filled(message.text, {arguments.text...}), std::nullopt});
    }
    template <class... Arguments>
    Added note(const Message<Arguments...>& message, const SourceRange& place,
               std::type_identity_t<Arguments>... arguments) const {
      return add_note({filled(message.text, {arguments.text...}), place});
    }

   private:
    friend class Diagnostics;
    Added(Diagnostics& diagnostics, std::size_t index) : diagnostics_(&diagnostics), index_(index) {}
    Added add_note(Note note) const;

    Diagnostics* diagnostics_;
    std::size_t index_;
  };

  template <class... Arguments>
  Added add(const Message<Arguments...>& message, const SourceRange& place,
            std::type_identity_t<Arguments>... arguments) {
    return add({message.identifier, message.severity, filled(message.text, {arguments.text...}), place, {}});
  }
  Added add(Diagnostic diagnostic);

  bool has_errors() const;
  /// Does a message stand in this piece of the text?
  bool has_any_in(const SourceRange& range) const;
  bool empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }

  /// What is to be shown: in the order of the files and the places in them, each once, a fallback only where
  /// nothing else stands.
  std::vector<Diagnostic> sorted() const;

 private:
  static std::string filled(std::string_view text, const std::vector<std::string>& arguments);

  std::vector<Diagnostic> all_;
};

/// As language.md's section 12 shows it: place, kind, text and identifier; the line; a caret under the whole
/// construct; the notes.
std::string to_text(const Diagnostics& diagnostics, const Sources& sources, bool in_color = false);

/// An array with an object for each, lines and columns counted from 1, for editors.
std::string to_json(const Diagnostics& diagnostics, const Sources& sources);

/// The candidate that was most likely meant: at most a third of the letters differ, or one holds the other;
/// none if nothing is near.
std::optional<std::string> nearest_name(std::string_view written, const std::vector<std::string>& candidates);

}  // namespace dlc
