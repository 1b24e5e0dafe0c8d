#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dlc {

/// A fallback is an error that is shown only where its place has no other.
enum class Severity : std::uint8_t { error, warning, note, fallback };

/// A registered message: its identifier (shown with - for _), kind, text with {0}, {1}, … and the types of
/// these.
template <class... Arguments>
struct Message {
  std::string_view identifier;
  Severity severity;
  std::string_view text;
};

/// All of messages.def. Types of arguments have capitals, messages have none.
namespace message {

/// What a message is told; made of a text.
struct Text {
  std::string text;
  Text(std::string given) : text(std::move(given)) {}
  Text(std::string_view given) : text(given) {}
  Text(const char* given) : text(given) {}
};

/// A name as it stands in the file.
struct Name : Text {
  using Text::Text;
};

/// A piece of the file in words, or as it is written: "x[i - 1]".
struct Code : Text {
  using Text::Text;
};

/// [28, 28, 1]; of numbers, or of a text that names its dimensions.
struct Shape : Text {
  using Text::Text;
  Shape(const std::vector<std::int64_t>& extents);
};

struct Integer : Text {
  template <std::integral Value>
  Integer(Value value) : Text(std::to_string(value)) {}
};

/// "1 argument", "2 arguments"
inline std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

/// "is 1", "are 2"
inline std::string there_are(std::size_t count) {
  return (count == 1 ? "is " : "are ") + std::to_string(count);
}

#define MESSAGE(identifier, severity, text, ...) \
  inline constexpr Message<__VA_ARGS__> identifier{#identifier, Severity::severity, text};
#include "dsl/diagnostics/messages.def"

}  // namespace message

/// A row of messages.def, for tests and pages of the documentation.
struct MessageRow {
  std::string_view identifier;
  Severity severity;
  std::string_view text;
};
std::span<const MessageRow> message_rows();

}  // namespace dlc
