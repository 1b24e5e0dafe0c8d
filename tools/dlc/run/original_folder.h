#pragma once

#include <filesystem>

#include "runtime/data/readers/find_files.h"

namespace dlc {

/// Where a file lies, absolute; of a text in a run's folder, where the file lies that it is a copy of.
std::filesystem::path original_folder(const std::filesystem::path& net_file);

/// search_places, and for a text in a run's folder also beside its original.
SearchPlaces places_of_data(const std::filesystem::path& net_file);

}  // namespace dlc
