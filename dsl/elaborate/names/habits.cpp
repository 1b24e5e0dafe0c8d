#include "dsl/elaborate/names/habits.h"

#include <algorithm>

namespace dlc {

namespace {

struct Habit {
  const char* written;
  const char* offered;
  const char* note;
};

constexpr Habit habits[] = {
#define HABIT(written, offered, note) {written, offered, note},
#include "dsl/elaborate/names/habits.def"
};

}  // namespace

std::optional<std::string> habit_of(const std::string& written, const std::vector<std::string>& names) {
  for (const Habit& habit : habits) {
    if (written != habit.written) continue;
    const std::string offered = habit.offered;
    if (offered.empty() || std::find(names.begin(), names.end(), offered) != names.end()) return habit.note;
  }
  return std::nullopt;
}

}  // namespace dlc
