#include "runtime/files/run_folder.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <map>
#include <optional>

#include "runtime/files/atomic_write.h"
#include "runtime/files/input_file.h"

namespace dlc {
namespace {

constexpr std::array<const char*, 6> files_of_a_run = {
    "model.net", "run.json", "history.csv", "history.json", "best.safetensors", "last.safetensors"};

// The number of the entry `NAME-digits`; none for any other entry.
std::optional<std::int64_t> number_of(const std::string& entry, std::string_view name) {
  if (entry.size() < name.size() + 4 || entry.compare(0, name.size(), name) != 0 ||
      entry[name.size()] != '-') {
    return std::nullopt;
  }
  std::int64_t number = 0;
  const char* const end = entry.data() + entry.size();
  const auto [stop, error] = std::from_chars(entry.data() + name.size() + 1, end, number);
  if (error != std::errc() || stop != end || number < 1) return std::nullopt;
  return number;
}

std::map<std::int64_t, std::filesystem::path> numbered(const std::filesystem::path& runs,
                                                       std::string_view name) {
  std::map<std::int64_t, std::filesystem::path> result;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(runs, error), end; !error && entry != end;
       entry.increment(error)) {
    if (const auto number = number_of(entry->path().filename().string(), name))
      result[*number] = entry->path();
  }
  return result;
}

Failure not_made(const std::filesystem::path& folder, int error) {
  return {.what = "the folder cannot be made: " + reason_of(error), .file = folder.string()};
}

}  // namespace

Result<std::filesystem::path> make_run_folder(const std::filesystem::path& beside, std::string_view name) {
  const std::filesystem::path runs = beside / "runs";
  std::error_code error;
  std::filesystem::create_directories(runs, error);
  if (error) return not_made(runs, error.value());
  const auto known = numbered(runs, name);
  for (std::int64_t number = known.empty() ? 1 : known.rbegin()->first + 1;; ++number) {
    std::string digits = std::to_string(number);
    if (digits.size() < 3) digits.insert(0, 3 - digits.size(), '0');
    std::filesystem::path folder = runs / (std::string(name) + "-" + digits);
    if (::mkdir(folder.c_str(), 0777) == 0) return folder;
    if (errno != EEXIST) return not_made(folder, errno);
  }
}

Result<std::filesystem::path> take_run_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error && !std::filesystem::is_directory(folder, error))
    error = std::make_error_code(std::errc::not_a_directory);
  if (error) return not_made(folder, error.value());
  if (holds_run(folder)) {
    return Failure{.what = "this folder holds a run, and a run is never written over; choose another --out",
                   .file = folder.string(),
                   .command_line = true};
  }
  return folder;
}

bool holds_run(const std::filesystem::path& folder) {
  // What cannot be looked at may be there: so it is not written over.
  return std::any_of(files_of_a_run.begin(), files_of_a_run.end(), [&](const char* file) {
    std::error_code error;
    const std::filesystem::file_type type = std::filesystem::status(folder / file, error).type();
    return type != std::filesystem::file_type::not_found;
  });
}

std::vector<std::filesystem::path> runs_of(const std::filesystem::path& beside, std::string_view name) {
  std::vector<std::filesystem::path> result;
  for (const auto& [number, folder] : numbered(beside / "runs", name)) {
    if (holds_run(folder)) result.push_back(folder);
  }
  return result;
}

Result<void> write_model(const std::filesystem::path& folder, std::string_view text,
                         const Overrides& overrides) {
  std::string head;
  for (const auto& [name, value] : overrides) head += " " + name + "=" + value;
  for (char& letter : head) {
    if (static_cast<unsigned char>(letter) < 0x20) letter = ' ';  // the comment is one line
  }
  if (!head.empty()) head = "# run with" + head + "\n\n";
  return write_atomically(folder / "model.net", head + std::string(text));
}

}  // namespace dlc
