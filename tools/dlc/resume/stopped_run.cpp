#include "tools/dlc/resume/stopped_run.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "runtime/files/input_file.h"

namespace dlc {

namespace {

Failure no_run(const std::string& what, const std::string& file = "") {
  return Failure{.what = what, .file = file, .command_line = true};
}

Result<StoppedRun> read_run(const std::filesystem::path& folder) {
  Result<RunRecord> record = read_run_record(folder);
  if (!record) return record.failure();
  return StoppedRun{folder, *std::move(record)};
}

bool prolongs(const Overrides& overrides) {
  return std::any_of(overrides.begin(), overrides.end(),
                     [](const auto& entry) { return entry.first == "epochs" || entry.first == "steps"; });
}

const std::string* value_in(const Overrides& overrides, const std::string& name) {
  const auto found = std::find_if(overrides.begin(), overrides.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  return found == overrides.end() ? nullptr : &found->second;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

/// Takes away the lines that both begin with and those that both end with; gives the number of the former.
std::size_t strip_common(std::span<const std::string_view>& then, std::span<const std::string_view>& now) {
  const auto shorter = static_cast<std::ptrdiff_t>(std::min(then.size(), now.size()));
  const auto head = static_cast<std::size_t>(
      std::mismatch(then.begin(), then.begin() + shorter, now.begin()).first - then.begin());
  then = then.subspan(head);
  now = now.subspan(head);
  while (!then.empty() && !now.empty() && then.back() == now.back()) {
    then = then.first(then.size() - 1);
    now = now.first(now.size() - 1);
  }
  return head;
}

/// What differs between two texts: the longest common subsequence of their lines stays, by the usual table.
/// Its size is that of what differs, so of that there is a most.
void add_lines(const std::string& file, std::span<const std::string_view> then,
               std::span<const std::string_view> now, std::vector<std::string>& differences) {
  constexpr std::size_t most_lines = 1000;
  const std::size_t head = strip_common(then, now);
  if (then.size() + now.size() > most_lines) {
    differences.push_back(file + ": from line " + std::to_string(head + 1) + " on " +
                          std::to_string(now.size()) + " lines now, " + std::to_string(then.size()) +
                          " then; too many to tell them");
    return;
  }
  const std::size_t width = now.size() + 1;
  std::vector<std::uint32_t> common((then.size() + 1) * width, 0);  // of what begins at these lines
  for (std::size_t a = then.size(); a-- > 0;) {
    for (std::size_t b = now.size(); b-- > 0;) {
      common[a * width + b] = then[a] == now[b]
                                  ? common[(a + 1) * width + b + 1] + 1
                                  : std::max(common[(a + 1) * width + b], common[a * width + b + 1]);
    }
  }
  std::size_t a = 0;
  std::size_t b = 0;
  while (a < then.size() || b < now.size()) {
    if (a < then.size() && b < now.size() && then[a] == now[b]) {
      ++a;
      ++b;
    } else if (b == now.size() ||
               (a < then.size() && common[(a + 1) * width + b] >= common[a * width + b + 1])) {
      differences.push_back(file + ": then:     " + std::string(then[a++]));
    } else {
      differences.push_back(file + ":" + std::to_string(head + b + 1) + ": now:    " + std::string(now[b]));
      ++b;
    }
  }
}

/// `model.net` without the head that tells its overrides.
std::string_view without_head(std::string_view text) {
  if (!text.starts_with("# run with ")) return text;
  const std::size_t end = text.find("\n\n");
  return end == std::string_view::npos ? text : text.substr(end + 2);
}

}  // namespace

Result<StoppedRun> find_stopped_run(const Options& options) {
  const std::string named = options.value("resume");
  const std::string name = std::filesystem::path(options.file).stem().string();
  if (!named.empty()) {
    std::error_code error;
    std::filesystem::path folder = named;
    if (!std::filesystem::exists(folder, error)) folder = std::filesystem::path("runs") / named;
    if (!std::filesystem::exists(folder / "run.json", error))
      return no_run("there is no run in this folder; begin one with --train --out " + named, named);
    return read_run(folder);
  }
  std::vector<std::filesystem::path> runs = runs_of("", name);
  std::reverse(runs.begin(), runs.end());
  std::string finished;
  for (const std::filesystem::path& folder : runs) {
    std::error_code error;
    if (!std::filesystem::exists(folder / "run.json", error)) continue;  // Stopped before it began.
    Result<StoppedRun> run = read_run(folder);
    if (!run || !run->is_finished() || prolongs(options.overrides)) return run;
    if (finished.empty()) finished = folder.string();
  }
  if (!finished.empty()) {
    return no_run("all runs of " + options.file + " are finished; to prolong the newest, " + finished +
                  ", give it more: --resume epochs=N, or begin another with --train");
  }
  return no_run("there is no run of " + options.file +
                " in runs/ to go on with; begin one with --train, or name its folder: --resume DIR");
}

Overrides overrides_of(const StoppedRun& run, const Overrides& given) {
  Overrides all = given;
  // Of epochs and steps one ends a run: a new one takes the place of the old other.
  for (const auto& [name, value] : run.record.overrides) {
    const bool is_end = name == "epochs" || name == "steps";
    if (value_in(given, name) == nullptr && !(is_end && prolongs(given))) all.emplace_back(name, value);
  }
  return all;
}

std::vector<std::string> differences(const StoppedRun& run, std::span<const RunText> texts,
                                     const Overrides& given) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : given) {
    const std::string* then = value_in(run.record.overrides, name);
    if (then != nullptr && *then == value) continue;
    lines.push_back(name + ": now " + value + ", then " + (then == nullptr ? "as the file says" : *then));
  }
  std::error_code error;
  if (!std::filesystem::exists(run.folder / "model.net", error)) return lines;  // It was stopped before that.
  for (const RunText& text : texts) {
    if (!std::filesystem::exists(run.folder / text.name, error)) {
      lines.push_back(text.path + ": not among the files then");
      continue;
    }
    const Result<std::string> then = read_whole(run.folder / text.name);
    if (then) add_lines(text.path, lines_of(without_head(*then)), lines_of(text.text), lines);
  }
  return lines;
}

std::vector<std::string> differences(const std::vector<FileDigest>& then,
                                     const std::vector<FileDigest>& now) {
  std::vector<std::string> lines;
  const auto find = [](const std::vector<FileDigest>& files, const std::string& path) {
    return std::find_if(files.begin(), files.end(),
                        [&](const FileDigest& file) { return file.path == path; });
  };
  if (then.empty()) return lines;  // It was stopped before it knew them.
  for (const FileDigest& file : now) {
    const auto before = find(then, file.path);
    if (before == then.end()) {
      lines.push_back(file.path + ": not among the data then");
    } else if (before->bytes != file.bytes) {
      lines.push_back(file.path + ": now " + std::to_string(file.bytes) + " bytes, then " +
                      std::to_string(before->bytes));
    } else if (before->sha256 != file.sha256) {
      lines.push_back(file.path + ": as long as then, but its content is another");
    }
  }
  for (const FileDigest& file : then) {
    if (find(now, file.path) == now.end()) lines.push_back(file.path + ": no longer among the data");
  }
  return lines;
}

std::string changed_columns(const std::vector<std::string>& then, const std::vector<std::string>& now) {
  const auto missing_in = [](const std::vector<std::string>& there, const std::vector<std::string>& names) {
    std::vector<std::string> missing;
    for (const std::string& name : names) {
      if (std::find(there.begin(), there.end(), name) == there.end()) missing.push_back(name);
    }
    return missing;
  };
  const std::vector<std::string> added = missing_in(then, now);
  const std::vector<std::string> gone = missing_in(now, then);
  if (added.empty() && gone.empty()) return "";
  std::string line = "columns of the history:";
  if (!added.empty()) line += " new " + listed(added);
  if (!gone.empty()) line += (added.empty() ? " gone " : "; gone ") + listed(gone);
  return line;
}

Result<std::vector<FileDigest>> digests_of(const std::vector<std::string>& files) {
  std::vector<FileDigest> digests;
  for (const std::string& name : files) {
    Result<FileDigest> digest = digest_of_file(name);
    if (!digest) return digest.failure();
    digests.push_back(*std::move(digest));
  }
  return digests;
}

bool lock_run(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return true;  // Writing there will say what is wrong.
  // Kept open on purpose: the lock is the process's. Where a file system has no locks, all go on.
  return ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

}  // namespace dlc
