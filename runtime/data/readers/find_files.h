#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/files/result.h"

namespace dlc {

/// Where data are looked for, in this order.
struct SearchPlaces {
  std::vector<std::filesystem::path> folders;
};

/// The folder of the .net file, each folder of DLC_DATA (separated by colons), $XDG_DATA_HOME/dlc
/// (~/.local/share/dlc if that is not set).
SearchPlaces search_places(const std::filesystem::path& net_file);

/// `a{1..3}.csv` → a1.csv a2.csv a3.csv; `{08..11}` keeps the zeros; `{left,right}` too. A brace that is none
/// of these stands for itself. A failure if there would be more than 100,000.
Result<std::vector<std::string>> expand_braces(std::string_view pattern);

/// Whether `*` (any letters, none too) makes the two equal; a leading dot must be written.
bool matches(std::string_view name, std::string_view pattern);

/// The files that a pattern with braces and `*` names: those of the first place that has all of them, braces
/// in their order, what `*` stands for sorted by its bytes. If no place has them the failure says where it
/// looked, and how to get a well-known set.
Result<std::vector<std::filesystem::path>> find_data_files(std::string_view pattern,
                                                           const SearchPlaces& places);

}  // namespace dlc
