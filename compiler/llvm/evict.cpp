#include "compiler/llvm/evict.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

namespace dlc {

void evict(const std::string& folder, std::uintmax_t most_bytes) {
  if (folder.empty()) return;
  struct Entry {
    std::filesystem::file_time_type asked_for;
    std::filesystem::path path;
    std::uintmax_t bytes = 0;
  };
  std::vector<Entry> entries;
  std::uintmax_t total = 0;
  std::error_code error;
  // Another process may remove entries at the same time: what is gone is passed over.
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    const Entry entry{at->last_write_time(gone), at->path(), at->file_size(gone)};
    if (gone || entry.path.extension() != ".kernel") continue;
    entries.push_back(entry);
    total += entry.bytes;
  }
  if (total <= most_bytes) return;
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.asked_for < b.asked_for; });
  for (const Entry& entry : entries) {
    if (total <= most_bytes / 4 * 3) break;
    std::filesystem::remove(entry.path, error);
    total -= entry.bytes;
  }
}

}  // namespace dlc
