#include "compiler/passes/runner/remarks.h"

#include <array>
#include <string_view>
#include <utility>

namespace dlc {

namespace {

constexpr auto texts = std::to_array<std::string_view>({
#define REMARK(name, text) text,
#include "compiler/passes/runner/remarks.def"
});

}  // namespace

void Remarks::add(remark what, std::vector<std::string> names) {
  all_.push_back({what, std::move(names)});
}

std::string text_of(const Remark& remark) {
  const std::string_view text = texts[static_cast<std::size_t>(remark.what)];
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}') {
      result += remark.names.at(static_cast<std::size_t>(text[i + 1] - '0'));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace dlc
