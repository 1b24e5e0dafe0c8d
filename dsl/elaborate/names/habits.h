#pragma once

#include <optional>
#include <string>
#include <vector>

namespace dlc {

/// What to write here instead of a name that other languages have, if the name that is offered is one of
/// `names`.
std::optional<std::string> habit_of(const std::string& written, const std::vector<std::string>& names);

}  // namespace dlc
