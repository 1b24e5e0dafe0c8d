#include "runtime/data/readers/cifar.h"

#include <algorithm>
#include <array>

#include "runtime/files/input_file.h"

namespace dlc {
namespace {

constexpr std::int64_t classes = 10;
constexpr std::size_t plane = std::size_t{32} * 32;
constexpr std::size_t image_size = 3 * plane;
constexpr std::size_t record_size = 1 + image_size;
constexpr std::size_t coarse_record_size = 2 + image_size;  // of CIFAR-100: two labels in front
constexpr std::size_t records_at_once = 128;                // stay in the cache until they are put together

DataTable empty_table() {
  DataTable table;
  table.columns.resize(2);
  table.columns[0].name = "image";
  table.columns[0].shape = {32, 32, 3};
  table.columns[1].name = "label";
  table.columns[1].classes = classes;
  return table;
}

/// Red, green and blue of a pixel come to lie next to each other.
void put_together(const std::byte* planes, std::byte* image) {
  for (std::size_t pixel = 0; pixel < plane; ++pixel) {
    image[3 * pixel] = planes[pixel];
    image[3 * pixel + 1] = planes[plane + pixel];
    image[3 * pixel + 2] = planes[2 * plane + pixel];
  }
}

std::string record_text(std::int64_t record) {
  return "record " + std::to_string(record);
}

Failure wrong_label(const InputFile& file, std::int64_t record, std::span<const std::byte> bytes) {
  Failure failure{.what = {},
                  .file = file.name(),
                  .line = 0,
                  .column = 0,
                  .byte = record * static_cast<std::int64_t>(record_size)};
  const std::string_view known =
      record == 0 ? recognised(bytes.first(std::min<std::size_t>(bytes.size(), 64))) : "";
  if (!known.empty()) {
    failure.what = "this is " + std::string(known) + ", not a binary file of CIFAR-10";
  } else {
    failure.what = record_text(record) + " has the label " + std::to_string(static_cast<int>(bytes[0])) +
                   ", but CIFAR-10 has 0 … 9";
  }
  return failure;
}

Failure cut_off(const InputFile& file, std::int64_t size) {
  const std::int64_t records = size / static_cast<std::int64_t>(record_size);
  const std::int64_t left = size % static_cast<std::int64_t>(record_size);
  const std::string ends = record_text(records) + " ends after " + std::to_string(left) + " of its " +
                           std::to_string(record_size) + " bytes";
  const bool coarse = size % static_cast<std::int64_t>(coarse_record_size) == 0;
  return {.what = coarse ? ends + "; the size is that of a file of CIFAR-100, which this reader does not know"
                         : "cut off: " + ends,
          .file = file.name(),
          .line = 0,
          .column = 0,
          .byte = size};
}

/// The whole records at the front of `bytes` come behind those of the columns; `table.count` is still that of
/// the files before.
Result<void> take_records(const InputFile& file, std::span<const std::byte> bytes, DataTable& table) {
  Column& images = table.columns[0];
  Column& labels = table.columns[1];
  const std::size_t count = bytes.size() / record_size;
  const std::size_t before = images.data.size();
  images.data.resize(before + count * image_size);
  for (std::size_t i = 0; i < count; ++i) {
    const std::span<const std::byte> record = bytes.subspan(i * record_size, record_size);
    if (static_cast<std::int64_t>(record[0]) >= classes)
      return wrong_label(file, images.count - table.count + static_cast<std::int64_t>(i), record);
    labels.data.push_back(record[0]);
    put_together(record.data() + 1, images.data.data() + before + i * image_size);
  }
  images.count += static_cast<std::int64_t>(count);
  return {};
}

/// All records of the file, behind those of the files before.
Result<void> read_records(InputFile& file, DataTable& table, bool header_only) {
  constexpr auto one = static_cast<std::int64_t>(record_size);
  std::vector<std::byte> buffer(records_at_once * record_size);
  Column& images = table.columns[0];
  for (bool ended = false; !ended;) {
    const Result<std::size_t> count = file.read(buffer);
    if (!count) return count.failure();
    ended = *count < buffer.size();
    const std::span<const std::byte> bytes = std::span(buffer).first(*count);
    if (file.position() == 0) return Failure{.what = "the file is empty", .file = file.name()};
    if (images.count == table.count && static_cast<std::int64_t>(bytes[0]) >= classes)
      return wrong_label(file, 0, bytes);
    if (file.size() && *file.size() % one != 0) return cut_off(file, *file.size());
    if (header_only && file.size()) {
      images.count = table.count + *file.size() / one;
      break;
    }
    if (header_only) {
      images.count += static_cast<std::int64_t>(bytes.size() / record_size);
    } else if (auto taken = take_records(file, bytes, table); !taken) {
      return taken;
    }
    if (bytes.size() % record_size != 0) return cut_off(file, file.position());
  }
  table.count = table.columns[1].count = images.count;
  table.files.push_back(file.name());
  return {};
}

Result<DataTable> read_files(const std::vector<std::filesystem::path>& paths, ReadingDepth depth) {
  std::vector<InputFile> files;
  std::size_t room = 0;  // files that are not packed say how much is needed, so nothing is moved later
  for (const std::filesystem::path& path : paths) {
    Result<InputFile> file = InputFile::open(path);
    if (!file) return file.failure();
    room += static_cast<std::size_t>(file->size().value_or(0));
    files.push_back(*std::move(file));
  }
  DataTable table = empty_table();
  if (!depth.header_only) table.columns[0].data.reserve(room);
  for (InputFile& file : files) {
    if (const auto done = read_records(file, table, depth.header_only); !done) return done.failure();
  }
  return table;
}

}  // namespace

Result<DataTable> read_cifar_file(const std::filesystem::path& path, ReadingDepth depth) {
  return read_files({path}, depth);
}

Result<DataTable> read_cifar(const ReaderCall& call, const SearchPlaces& places, ReadingDepth depth) {
  std::vector<std::filesystem::path> all;
  for (const ReaderFiles& files : call.files) {
    const auto paths = find_data_files(files.pattern, places);
    if (!paths) return paths.failure();
    all.insert(all.end(), paths->begin(), paths->end());
  }
  if (all.empty()) return Failure{.what = "cifar needs a file: cifar(\"data_batch_1.bin\")", .file = {}};
  return read_files(all, depth);
}

}  // namespace dlc
