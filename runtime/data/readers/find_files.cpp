#include "runtime/data/readers/find_files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <system_error>

#include "runtime/files/input_file.h"

namespace dlc {
namespace {

constexpr std::size_t most_files = 100'000;

struct WellKnown {
  std::string_view part_of_name;
  std::string_view remedy;
};

constexpr std::string_view get_cifar =
    "scripts/get-cifar10 gets CIFAR-10, or unpack https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz in "
    "one "
    "of these";

// The first row whose part stands in the pattern.
constexpr std::array well_known = {
    WellKnown{"fashion-mnist",
              "Fashion-MNIST is the Debian package dataset-fashion-mnist: apt-get install it"},
    WellKnown{"cifar-10", get_cifar},
    WellKnown{"data_batch_", get_cifar},
    WellKnown{"test_batch.bin", get_cifar},
    WellKnown{"-ubyte", "MNIST is https://ossci-datasets.s3.amazonaws.com/mnist/, its four .gz files"},
    WellKnown{
        "tinyshakespeare",
        "it is https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"},
};

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// The alternatives of one brace; none if it is no range and no list.
std::optional<std::vector<std::string>> alternatives(std::string_view inside) {
  std::vector<std::string> result;
  if (const std::size_t dots = inside.find(".."); dots != std::string_view::npos) {
    const auto first = whole_number(inside.substr(0, dots));
    const auto last = whole_number(inside.substr(dots + 2));
    if (!first || !last) return std::nullopt;
    const std::size_t width = inside[0] == '0' ? dots : 0;
    const std::int64_t step = *first <= *last ? 1 : -1;
    for (std::int64_t number = *first; number != *last + step && result.size() <= most_files;
         number += step) {
      std::string digits = std::to_string(number);
      if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
      result.push_back(std::move(digits));
    }
    return result;
  }
  if (inside.find(',') == std::string_view::npos) return std::nullopt;
  for (std::size_t begin = 0;;) {
    const std::size_t comma = inside.find(',', begin);
    result.emplace_back(inside.substr(begin, comma - begin));
    if (comma == std::string_view::npos) return result;
    begin = comma + 1;
  }
}

struct Brace {
  std::size_t open = 0;
  std::size_t close = 0;
  std::vector<std::string> inside;
};

std::optional<Brace> first_brace(std::string_view pattern, std::size_t from) {
  for (std::size_t open = pattern.find('{', from); open != std::string_view::npos;
       open = pattern.find('{', open + 1)) {
    const std::size_t close = pattern.find('}', open);
    if (close == std::string_view::npos) return std::nullopt;
    if (auto inside = alternatives(pattern.substr(open + 1, close - open - 1)))
      return Brace{open, close, *std::move(inside)};
  }
  return std::nullopt;
}

using Paths = std::vector<std::filesystem::path>;

/// A folder that cannot be read to its end must not pass for one with fewer files.
Failure unreadable(const std::filesystem::path& path, const std::error_code& error) {
  return {.what = "cannot be looked at: " + reason_of(error.value()), .file = path.string()};
}

bool is_not_there(const std::error_code& error) {
  return error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
}

/// What lies in the folder under such a name, sorted.
Result<Paths> entries(const std::filesystem::path& folder, const std::string& pattern) {
  Paths here;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  if (is_not_there(error)) return here;
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (matches(entry->path().filename().string(), pattern)) here.push_back(entry->path());
  }
  if (error) return unreadable(folder, error);
  std::sort(here.begin(), here.end());
  return here;
}

// The paths below `folder` that the rest of a pattern names, by one part of the path at a time.
Result<Paths> matching(const std::filesystem::path& folder, const std::filesystem::path& rest) {
  Paths reached{folder};
  for (const std::filesystem::path& part : rest) {
    Paths next;
    for (const std::filesystem::path& parent : reached) {
      if (part.string().find('*') == std::string::npos) {
        std::error_code error;
        const bool found = std::filesystem::exists(parent / part, error);
        if (error && !is_not_there(error)) return unreadable(parent / part, error);
        if (found) next.push_back(parent / part);
        continue;
      }
      const Result<Paths> here = entries(parent, part.string());
      if (!here) return here.failure();
      next.insert(next.end(), here->begin(), here->end());
    }
    reached = std::move(next);
  }
  return reached;
}

// All files in this folder; none where it lacks one, whose name is then told.
Result<Paths> all_in(const std::filesystem::path& folder, const std::vector<std::string>& names,
                     std::string& lacks) {
  Paths result;
  for (const std::string& name : names) {
    const std::filesystem::path path(name);
    const Result<Paths> found =
        path.is_absolute() ? matching(path.root_path(), path.relative_path()) : matching(folder, path);
    if (!found) return found.failure();
    if (found->empty()) {
      if (lacks.empty() || !result.empty()) lacks = name;
      return Paths();
    }
    result.insert(result.end(), found->begin(), found->end());
  }
  return result;
}

}  // namespace

SearchPlaces search_places(const std::filesystem::path& net_file) {
  SearchPlaces places;
  const std::filesystem::path beside = net_file.parent_path();
  places.folders.push_back(beside.empty() ? "." : beside);
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string_view(value == nullptr ? "" : value);
  };
  std::string_view list = variable("DLC_DATA");
  while (!list.empty()) {
    const std::size_t colon = std::min(list.find(':'), list.size());
    if (colon > 0) places.folders.emplace_back(list.substr(0, colon));
    list.remove_prefix(std::min(colon + 1, list.size()));
  }
  if (const std::string_view share = variable("XDG_DATA_HOME"); !share.empty()) {
    places.folders.push_back(std::filesystem::path(share) / "dlc");
  } else if (const std::string_view home = variable("HOME"); !home.empty()) {
    places.folders.push_back(std::filesystem::path(home) / ".local/share/dlc");
  }
  return places;
}

Result<std::vector<std::string>> expand_braces(std::string_view pattern) {
  struct Open {
    std::string text;
    std::size_t from = 0;  // what stands before is done
  };
  std::vector<Open> open{{std::string(pattern), 0}};
  for (bool again = true; again;) {
    again = false;
    std::vector<Open> next;
    for (const Open& one : open) {
      const std::optional<Brace> brace = first_brace(one.text, one.from);
      if (!brace) {
        next.push_back({one.text, one.text.size()});
        continue;
      }
      again = true;
      for (const std::string& inside : brace->inside) {
        const std::string head = one.text.substr(0, brace->open) + inside;
        next.push_back({head + one.text.substr(brace->close + 1), head.size()});
      }
      if (next.size() > most_files) {
        return Failure{.what = "the braces stand for more than " + std::to_string(most_files) + " files",
                       .file = std::string(pattern)};
      }
    }
    open = std::move(next);
  }
  std::vector<std::string> names;
  for (Open& one : open) names.push_back(std::move(one.text));
  return names;
}

bool matches(std::string_view name, std::string_view pattern) {
  if (!name.empty() && name[0] == '.' && (pattern.empty() || pattern[0] != '.')) return false;
  std::size_t at = 0;
  std::size_t in_pattern = 0;
  std::size_t star = std::string_view::npos;  // the last one met, and how far it reaches
  std::size_t reach = 0;
  while (at < name.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      reach = at;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == name[at]) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++reach;
    } else {
      return false;
    }
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '*') ++in_pattern;
  return in_pattern == pattern.size();
}

Result<std::vector<std::filesystem::path>> find_data_files(std::string_view pattern,
                                                           const SearchPlaces& places) {
  const auto names = expand_braces(pattern);
  if (!names) return names.failure();
  std::string lacks;
  for (const std::filesystem::path& folder : places.folders) {
    Result<Paths> found = all_in(folder, *names, lacks);
    if (!found || !found->empty()) return found;
  }
  const bool absolute = std::filesystem::path(pattern).is_absolute();
  std::string what = "there is no such file";
  if (lacks.find('*') != std::string::npos) what = "no file has such a name";
  if (!absolute) {
    what += "; looked in ";
    for (std::size_t i = 0; i < places.folders.size(); ++i)
      what += (i > 0 ? ", " : "") + places.folders[i].string();
    what += " (more places: the variable DLC_DATA)";
  }
  for (const WellKnown& set : well_known) {
    if (pattern.find(set.part_of_name) == std::string_view::npos) continue;
    what += "; " + std::string(set.remedy);
    break;
  }
  return Failure{.what = what, .file = lacks, .not_there = true};
}

}  // namespace dlc
