#include "tools/dlc/run/used_texts.h"

#include <map>
#include <set>

#include "runtime/files/atomic_write.h"

namespace dlc {

namespace {

/// What each file is called in the folder, by its path: its own name, unless that is taken.
std::map<std::string, std::string> names_of_copies(const std::vector<UsedFile>& files) {
  std::map<std::string, std::string> names;
  std::set<std::string> taken = {"model.net"};
  for (std::size_t i = 1; i < files.size(); ++i) {
    const std::filesystem::path path = files[i].path;
    std::string name = path.filename().string();
    for (int n = 2; !taken.insert(name).second; ++n)
      name = path.stem().string() + "-" + std::to_string(n) + path.extension().string();
    names[files[i].path] = name;
  }
  return names;
}

/// The text of a file, its `use` lines with the names of the copies. They stand in their order.
std::string text_of(const UsedFile& file, const Sources& sources,
                    const std::map<std::string, std::string>& names) {
  const std::string_view whole = sources.text(file.file);
  std::string text;
  std::size_t done = 0;
  for (const UseLine& use : file.uses) {
    text += std::string(whole.substr(done, use.place.begin - done)) + '"' + names.at(use.path) + '"';
    done = use.place.end;
  }
  return text + std::string(whole.substr(done));
}

}  // namespace

Result<void> write_texts(const std::filesystem::path& folder, const Session& session,
                         const Overrides& overrides) {
  const std::vector<UsedFile>& files = session.files();
  const std::map<std::string, std::string> names = names_of_copies(files);
  for (std::size_t i = 1; i < files.size(); ++i) {
    Result<void> written =
        write_atomically(folder / names.at(files[i].path), text_of(files[i], session.sources(), names));
    if (!written) return written;
  }
  return write_model(folder, text_of(files.front(), session.sources(), names), overrides);
}

}  // namespace dlc
