#include "dsl/elaborate/names/used_files.h"

#include <algorithm>
#include <filesystem>

#include "dsl/grammar/parse.h"

namespace dlc {

namespace {

class UsedFiles {
 public:
  UsedFiles(Sources& sources, const ReadFile& read, Diagnostics& diagnostics)
      : sources_(sources), read_(read), diagnostics_(diagnostics) {}

  void follow(std::size_t user, const Tree& tree) {
    open_.push_back(files_[user].path);
    for (const tree::Declaration& declaration : tree.declarations) {
      if (const auto* use = std::get_if<tree::Use>(&declaration.what)) follow(user, *use);
    }
    open_.pop_back();
  }

  std::size_t add(std::string path, FileId file) {
    files_.push_back({std::move(path), file, {}, {}});
    return files_.size() - 1;
  }

  std::vector<UsedFile> take() { return std::move(files_); }

 private:
  void follow(std::size_t user, const tree::Use& use) {
    const std::filesystem::path folder = std::filesystem::path(files_[user].path).parent_path();
    const std::string path = (folder / use.file.value).lexically_normal().string();
    files_[user].uses.push_back({use.file.range, path});
    if (const auto begin = std::find(open_.begin(), open_.end(), path); begin != open_.end()) {
      std::string chain;
      for (auto each = begin; each != open_.end(); ++each) chain += *each + " → ";
      diagnostics_.add(message::use_of_itself, use.file.range, chain + path);
      return;
    }
    const bool is_known =
        std::any_of(files_.begin(), files_.end(), [&](const UsedFile& other) { return other.path == path; });
    if (is_known) return;
    std::variant<std::string, Unreadable> text = read_(path);
    if (const auto* unreadable = std::get_if<Unreadable>(&text)) {
      diagnostics_.add(message::use_unreadable, use.file.range, path, unreadable->reason);
      return;
    }
    const FileId file = sources_.add(path, std::get<std::string>(std::move(text)));
    const std::size_t at = add(path, file);
    std::optional<Tree> tree = parse(file, sources_, diagnostics_);
    if (!tree) return;
    follow(at, *tree);
    files_[at].tree = std::move(*tree);
  }

  Sources& sources_;
  const ReadFile& read_;
  Diagnostics& diagnostics_;
  std::vector<UsedFile> files_;
  std::vector<std::string> open_;  // the way from the main file to the one that is read
};

}  // namespace

std::vector<UsedFile> read_used_files(const Tree& main, Sources& sources, const ReadFile& read,
                                      Diagnostics& diagnostics) {
  UsedFiles files(sources, read, diagnostics);
  const std::string path = std::filesystem::path(sources.name(main.file)).lexically_normal().string();
  files.follow(files.add(path, main.file), main);
  return files.take();
}

}  // namespace dlc
