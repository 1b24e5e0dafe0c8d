#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runtime/files/result.h"

namespace dlc::tests {

/// Puts something into a folder: version 1, and over it version 2.
struct Writing {
  std::string name;
  std::function<Result<void>(const std::filesystem::path& folder, int version)> write;
};
std::vector<Writing> all_writings();

/// Reads what `prepare` has put into a folder; all that was read is told as a text.
struct Reading {
  std::string name;
  std::function<void(const std::filesystem::path& folder)> prepare;
  std::function<Result<std::string>(const std::filesystem::path& folder)> read;
};
std::vector<Reading> all_readings();

/// The files below a folder with their contents.
using Files = std::map<std::string, std::string>;
Files files_of(const std::filesystem::path& folder);

/// How many files this process has open.
int open_files();

}  // namespace dlc::tests
