#include "dsl/diagnostics/message.h"

namespace dlc {

namespace message {

namespace {

std::string in_brackets(const std::vector<std::int64_t>& extents) {
  std::string text = "[";
  for (std::size_t i = 0; i < extents.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(extents[i]);
  return text + "]";
}

}  // namespace

Shape::Shape(const std::vector<std::int64_t>& extents) : Text(in_brackets(extents)) {}

}  // namespace message

std::span<const MessageRow> message_rows() {
  static constexpr MessageRow rows[] = {
#define MESSAGE(identifier, severity, text, ...) {#identifier, Severity::severity, text},
#include "dsl/diagnostics/messages.def"
  };
  return rows;
}

}  // namespace dlc
