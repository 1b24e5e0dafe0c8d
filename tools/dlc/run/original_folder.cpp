#include "tools/dlc/run/original_folder.h"

#include <optional>

#include "runtime/files/run_record.h"

namespace dlc {

namespace {

std::optional<std::filesystem::path> recorded_folder(const std::filesystem::path& net_file) {
  std::error_code error;
  if (!std::filesystem::exists(net_file.parent_path() / "run.json", error)) return std::nullopt;
  const Result<RunRecord> record = read_run_record(net_file.parent_path());
  if (!record || record->folder.empty()) return std::nullopt;
  return record->folder;
}

}  // namespace

std::filesystem::path original_folder(const std::filesystem::path& net_file) {
  if (const auto recorded = recorded_folder(net_file)) return *recorded;
  std::error_code error;
  return std::filesystem::absolute(net_file, error).lexically_normal().parent_path();
}

SearchPlaces places_of_data(const std::filesystem::path& net_file) {
  SearchPlaces places = search_places(net_file);
  if (const auto recorded = recorded_folder(net_file))
    places.folders.insert(places.folders.begin() + 1, *recorded);
  return places;
}

}  // namespace dlc
