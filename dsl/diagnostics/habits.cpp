#include "dsl/diagnostics/habits.h"

namespace dlc {

std::optional<std::string_view> habit(Habit kind, std::string_view written) {
  struct Row {
    Habit kind;
    std::string_view written;
    std::string_view here;
  };
  static constexpr Row rows[] = {
#define HABIT(kind, written, here) {Habit::kind, written, here},
#include "dsl/diagnostics/habits.def"
  };
  for (const Row& row : rows) {
    if (row.kind == kind && row.written == written) return row.here;
  }
  return std::nullopt;
}

}  // namespace dlc
