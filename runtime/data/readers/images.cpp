#include <algorithm>
#include <map>
#include <optional>

#include "runtime/data/readers/png.h"
#include "runtime/data/readers/readers.h"
#include "runtime/files/input_file.h"

namespace dlc {
namespace {

using Paths = std::vector<std::filesystem::path>;

std::string size_text(const Image& image) {
  return std::to_string(image.height) + " x " + std::to_string(image.width) + " pixels of " +
         std::to_string(image.channels) + (image.channels == 1 ? " channel" : " channels");
}

/// Images in one column must be alike: what differs, in the words for it, and the remedy.
Failure unlike(const Image& image, const std::string& file, const Column& column, const std::string& first) {
  const Image other{
      .height = column.shape[0], .width = column.shape[1], .channels = column.shape[2], .pixels = {}};
  const bool size_helps = image.channels == other.channels;
  return {.what = "the image has " + size_text(image) + ", but " + first + " has " + size_text(other) +
                  (size_helps ? "; size = [h, w] brings them to one size"
                              : "; all images of a column must be grey, or all in colour"),
          .file = file};
}

/// All images of a column, one after another; with `header_only` the first one's shape.
Result<Column> read_column(const std::string& name, const Paths& paths, const ReaderCall& call,
                           bool header_only) {
  Column column;
  column.name = name;
  column.count = static_cast<std::int64_t>(paths.size());
  for (const std::filesystem::path& path : paths) {
    const Result<std::string> file = read_whole(path);
    if (!file) return file.failure();
    Result<Image> image = decode_png(std::as_bytes(std::span(*file)), path.string(), header_only);
    if (!image) return image.failure();
    if (!call.size.empty() && header_only) {
      image->height = call.size[0];
      image->width = call.size[1];
    } else if (!call.size.empty()) {
      *image = resized(*image, call.size[0], call.size[1]);
    }
    if (column.shape.empty()) {
      column.shape = image->shape();
      if (header_only) return column;
      column.data.reserve(image->pixels.size() * paths.size());
    }
    if (image->shape() != column.shape) return unlike(*image, path.string(), column, paths.front().string());
    column.data.insert(column.data.end(), image->pixels.begin(), image->pixels.end());
  }
  return column;
}

/// What the stars of a pattern stand for in a path that it found; folders and names from the end.
std::string key_of(std::filesystem::path path, std::filesystem::path pattern) {
  std::string key;
  for (; !pattern.empty() && pattern.has_filename();
       path = path.parent_path(), pattern = pattern.parent_path()) {
    const std::string written = pattern.filename().string();
    const std::string found = path.filename().string();
    const std::size_t first = written.find('*');
    if (first != std::string::npos && written.find('{') == std::string::npos) {
      const std::size_t behind = written.size() - written.rfind('*') - 1;
      key = found.substr(first, found.size() - first - behind) + "/" + key;
    }
    if (pattern == pattern.parent_path()) break;
  }
  return key;
}

/// The files of a column in the order of the first column's: those for which the stars stand for the same.
Result<Paths> paired(const Paths& paths, const ReaderFiles& files, const Paths& first_paths,
                     const ReaderFiles& first) {
  const auto unpaired = [](const std::filesystem::path& path, const ReaderFiles& of,
                           const ReaderFiles& other) {
    return Failure{.what = "this file of " + of.column + " has no partner in " + other.column + " = \"" +
                           other.pattern + "\"",
                   .file = path.string()};
  };
  std::multimap<std::string, std::filesystem::path> partners;
  for (const std::filesystem::path& path : paths) partners.emplace(key_of(path, files.pattern), path);
  Paths result;
  for (const std::filesystem::path& path : first_paths) {
    const auto partner = partners.find(key_of(path, first.pattern));  // of equal keys the earlier
    if (partner == partners.end()) return unpaired(path, first, files);
    result.push_back(partner->second);
    partners.erase(partner);
  }
  if (!partners.empty()) return unpaired(partners.begin()->second, files, first);
  return result;
}

/// The name of the folder in which each file lies.
Column labels_of(const Paths& paths) {
  Column column;
  column.name = "label";
  column.count = static_cast<std::int64_t>(paths.size());
  for (const std::filesystem::path& path : paths)
    column.text.push_back(path.parent_path().filename().string());
  column.why_text = TextCell{.text = column.text.front(), .file = 0, .line = 0, .column = 0};
  return column;
}

}  // namespace

Result<DataTable> read_images(const ReaderCall& call, const SearchPlaces& places, ReadingDepth depth) {
  if (call.files.empty())
    return Failure{.what = "images needs files: images(\"folder/*/*.png\")", .file = {}};
  const bool has_unnamed = std::any_of(call.files.begin(), call.files.end(),
                                       [](const ReaderFiles& files) { return files.column.empty(); });
  if (has_unnamed && call.files.size() > 1) {
    return Failure{
        .what =
            "images takes one pattern, or several that are named: images(image = \"a/*.png\", mask "
            "= \"b/*.png\")",
        .file = {}};
  }
  DataTable table;
  Paths first_paths;
  for (const ReaderFiles& files : call.files) {
    Result<Paths> paths = find_data_files(files.pattern, places);
    if (!paths) return paths.failure();
    if (first_paths.empty()) {
      first_paths = *paths;
    } else if (paths = paired(*paths, files, first_paths, call.files.front()); !paths) {
      return paths.failure();
    }
    const bool is_named = !files.column.empty();
    Result<Column> column = read_column(is_named ? files.column : "image", *paths, call, depth.header_only);
    if (!column) return column.failure();
    table.count = column->count;
    table.columns.push_back(*std::move(column));
    for (const std::filesystem::path& path : *paths) table.files.push_back(path.string());
  }
  if (call.files.front().column.empty()) table.columns.push_back(labels_of(first_paths));
  return table;
}

}  // namespace dlc
