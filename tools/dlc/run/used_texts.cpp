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

std::vector<RunText> run_texts(const Session& session) {
  std::map<std::string, std::string> names = names_of_copies(session.files());
  std::vector<RunText> texts;
  for (const UsedFile& file : session.files()) {
    const std::string name = texts.empty() ? "model.net" : names.at(file.path);
    texts.push_back({file.path, name, text_of(file, session.sources(), names)});
  }
  return texts;
}

Result<void> write_texts(const std::filesystem::path& folder, const Session& session,
                         const Overrides& overrides) {
  const std::vector<RunText> texts = run_texts(session);
  for (std::size_t i = 1; i < texts.size(); ++i) {
    if (Result<void> written = write_atomically(folder / texts[i].name, texts[i].text); !written)
      return written;
  }
  return write_model(folder, texts.front().text, overrides);
}

}  // namespace dlc
