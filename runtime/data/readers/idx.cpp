#include "runtime/data/readers/idx.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "runtime/data/readers/readers.h"
#include "runtime/files/input_file.h"

namespace dlc {
namespace {

enum class IdxType : std::uint8_t { u8 = 0x08, i8 = 0x09, i16 = 0x0b, i32 = 0x0c, f32 = 0x0d, f64 = 0x0e };

std::int64_t size_in_file(IdxType type) {
  switch (type) {
    case IdxType::u8:
    case IdxType::i8: return 1;
    case IdxType::i16: return 2;
    case IdxType::i32:
    case IdxType::f32: return 4;
    case IdxType::f64: return 8;
  }
  return 0;
}

ElementType kept_as(IdxType type) {
  if (type == IdxType::u8) return ElementType::u8;
  return type == IdxType::f32 || type == IdxType::f64 ? ElementType::f32 : ElementType::i32;
}

struct IdxHeader {
  IdxType type = IdxType::u8;
  Shape shape;             // of all: the examples first
  std::int64_t bytes = 0;  // of the elements in the file
};

std::string hexadecimal(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) {
    const auto value = static_cast<unsigned>(byte);
    text += text.empty() ? "" : " ";
    text += "0123456789abcdef"[value >> 4];
    text += "0123456789abcdef"[value & 15];
  }
  return text;
}

std::string with_commas(const Shape& shape) {
  std::string text;
  for (const std::int64_t extent : shape) text += (text.empty() ? "" : ", ") + std::to_string(extent);
  return "[" + text + "]";
}

std::uint32_t big_endian(std::span<const std::byte> bytes) {
  std::uint32_t value = 0;
  for (const std::byte byte : bytes) value = value << 8 | static_cast<std::uint32_t>(byte);
  return value;
}

Failure too_short_for_header(const InputFile& file) {
  if (file.position() == 0) return {.what = "the file is empty", .file = file.name()};
  return {.what = "cut off: the file ends within its IDX header, after " + std::to_string(file.position()) +
                  " bytes",
          .file = file.name()};
}

Result<IdxType> read_magic(InputFile& file, std::array<std::byte, 4>& magic) {
  const Result<std::size_t> count = file.read(magic);
  if (!count) return count.failure();
  const auto failed = [&](const std::string& why) {
    return Failure{.what = "not an IDX file: " + why, .file = file.name(), .byte = 0};
  };
  if (*count == magic.size() && (magic[0] != std::byte{0} || magic[1] != std::byte{0})) {
    std::array<std::byte, 64> more{};
    std::copy(magic.begin(), magic.end(), more.begin());
    const Result<std::size_t> rest = file.read(std::span(more).subspan(magic.size()));
    const std::string_view known = recognised(std::span(more).first(magic.size() + (rest ? *rest : 0)));
    if (!known.empty()) return failed("this is " + std::string(known));
    return failed("it begins with the bytes " + hexadecimal(magic) + ", not with 00 00");
  }
  if (*count < magic.size()) return too_short_for_header(file);
  const auto type = static_cast<IdxType>(magic[2]);
  if (size_in_file(type) == 0) {
    return failed("its element type is " + hexadecimal(std::span(magic).subspan(2, 1)) +
                  "; 08, 09, 0b, 0c, 0d and 0e are known");
  }
  if (magic[3] == std::byte{0}) return failed("it has no dimensions");
  return type;
}

Result<IdxHeader> read_header(InputFile& file) {
  std::array<std::byte, 4> word{};
  const Result<IdxType> type = read_magic(file, word);
  if (!type) return type.failure();
  IdxHeader header{.type = *type, .shape = {}, .bytes = 0};
  const auto dimensions = static_cast<int>(word[3]);
  for (int i = 0; i < dimensions; ++i) {
    const Result<std::size_t> count = file.read(word);
    if (!count) return count.failure();
    if (*count < word.size()) return too_short_for_header(file);
    header.shape.push_back(big_endian(word));
  }
  // Kept in memory an element may take four bytes for one.
  const auto bytes = checked_bytes(header.shape, size_in_file(header.type));
  if (!bytes || !checked_bytes(header.shape, 8)) {
    return Failure{.what = "not a sound IDX file: its shape " + with_commas(header.shape) + " is too large",
                   .file = file.name(),
                   .byte = 4};
  }
  if (*bytes == 0) {
    return Failure{.what = "an IDX file without elements: its shape is " + with_commas(header.shape),
                   .file = file.name(),
                   .byte = 4};
  }
  header.bytes = *bytes;
  return header;
}

Failure wrong_length(const InputFile& file, const IdxHeader& header, std::int64_t found,
                     std::string_view what) {
  return {.what = std::string(what) + ": the header promises " + with_commas(header.shape) + ", which are " +
                  std::to_string(header.bytes) + " bytes of data, but " + std::to_string(found) + " follow",
          .file = file.name()};
}

// The elements as they lie in the file; its length is checked before memory is taken, where it is known.
Result<std::vector<std::byte>> read_elements(InputFile& file, const IdxHeader& header) {
  const std::int64_t start = file.position();
  if (file.size() && *file.size() - start != header.bytes) {
    const std::int64_t found = *file.size() - start;
    return wrong_length(file, header, found, found < header.bytes ? "cut off" : "longer than it should be");
  }
  // A small packed file with a hostile header must not take all memory: room grows with what really comes.
  constexpr std::int64_t room = std::int64_t{256} << 20;
  std::vector<std::byte> data;
  while (static_cast<std::int64_t>(data.size()) < header.bytes) {
    const std::size_t before = data.size();
    const auto part = std::min(header.bytes - static_cast<std::int64_t>(before), room);
    data.resize(before + static_cast<std::size_t>(part));
    const Result<std::size_t> count = file.read(std::span(data).subspan(before));
    if (!count) return count.failure();
    if (static_cast<std::int64_t>(*count) < part)
      return wrong_length(file, header, file.position() - start, "cut off");
  }
  std::array<std::byte, 1> beyond{};
  const Result<std::size_t> more = file.read(beyond);
  if (!more) return more.failure();
  if (*more > 0) {
    return Failure{.what = "longer than it should be: the header promises " + with_commas(header.shape) +
                           ", but there is more data",
                   .file = file.name(),
                   .byte = start + header.bytes};
  }
  return data;
}

// Elements of more than one byte lie with the largest byte first.
template <class Number, class Kept>
std::vector<std::byte> converted(std::span<const std::byte> data) {
  std::vector<Kept> kept;
  kept.reserve(data.size() / sizeof(Number));
  for (std::size_t first = 0; first < data.size(); first += sizeof(Number)) {
    std::array<std::byte, sizeof(Number)> bytes{};
    std::reverse_copy(data.begin() + static_cast<std::ptrdiff_t>(first),
                      data.begin() + static_cast<std::ptrdiff_t>(first + sizeof(Number)), bytes.begin());
    Number number{};
    std::memcpy(&number, bytes.data(), sizeof(Number));
    kept.push_back(static_cast<Kept>(number));
  }
  return bytes_of(std::span<const Kept>(kept));
}

std::vector<std::byte> as_kept(IdxType type, std::vector<std::byte> data) {
  switch (type) {
    case IdxType::u8: return data;
    case IdxType::i8: return converted<std::int8_t, std::int32_t>(data);
    case IdxType::i16: return converted<std::int16_t, std::int32_t>(data);
    case IdxType::i32: return converted<std::int32_t, std::int32_t>(data);
    case IdxType::f32: return converted<float, float>(data);
    case IdxType::f64: return converted<double, float>(data);
  }
  return data;
}

// One column of a call, from all files of its pattern.
Result<DataTable> read_idx_column(const ReaderFiles& files, const SearchPlaces& places, bool header_only) {
  const auto paths = find_data_files(files.pattern, places);
  if (!paths) return paths.failure();
  DataTable table;
  for (const std::filesystem::path& path : *paths) {
    Result<Column> column = read_idx_file(path, header_only);
    if (!column) return column.failure();
    column->name = files.column;
    DataTable part{.columns = {}, .files = {path.string()}, .count = column->count};
    part.columns.push_back(*std::move(column));
    if (table.files.empty()) {
      table = std::move(part);
    } else if (const auto done = append(table, std::move(part)); !done) {
      return done.failure();
    }
  }
  return table;
}

}  // namespace

Result<Column> read_idx_file(const std::filesystem::path& path, bool header_only) try {
  Result<InputFile> file = InputFile::open(path);
  if (!file) return file.failure();
  const Result<IdxHeader> header = read_header(*file);
  if (!header) return header.failure();
  Column column;
  column.element = kept_as(header->type);
  column.shape.assign(header->shape.begin() + 1, header->shape.end());
  column.count = header->shape[0];
  if (header_only) return column;
  Result<std::vector<std::byte>> data = read_elements(*file, *header);
  if (!data) return data.failure();
  column.data = as_kept(header->type, *std::move(data));
  return column;
} catch (const std::bad_alloc&) {
  return Failure{.what = "there is not enough memory for this file", .file = path.string()};
}

Result<DataTable> read_idx(const ReaderCall& call, const SearchPlaces& places, ReadingDepth depth) {
  DataTable table;
  for (const ReaderFiles& files : call.files) {
    Result<DataTable> more = read_idx_column(files, places, depth.header_only);
    if (!more) return more.failure();
    if (table.columns.empty()) {
      table = *std::move(more);
      continue;
    }
    if (more->count != table.count) {
      return Failure{.what = "\"" + files.column + "\" has " + std::to_string(more->count) +
                             " examples, but \"" + table.columns.front().name + "\" has " +
                             std::to_string(table.count),
                     .file = more->files.front()};
    }
    table.columns.push_back(std::move(more->columns.front()));
    table.files.insert(table.files.end(), more->files.begin(), more->files.end());
  }
  return table;
}

}  // namespace dlc
