#include "runtime/data/readers/readers.h"

#include <array>
#include <new>

namespace dlc {
namespace {

struct Reader {
  std::string_view name;
  Result<DataTable> (*read)(const ReaderCall&, const SearchPlaces&, ReadingDepth);
};

constexpr std::array readers = {
#define READER(name, function) Reader{#name, function},
#include "runtime/data/readers/readers.def"
};

}  // namespace

Result<DataTable> read_data(const ReaderCall& call, const SearchPlaces& places, ReadingDepth depth) {
  for (const Reader& reader : readers) {
    if (reader.name != call.reader) continue;
    try {
      return reader.read(call, places, depth);
    } catch (const std::bad_alloc&) {
      const std::string file = call.files.empty() ? "" : call.files.front().pattern;
      return Failure{.what = "there is not enough memory for these data", .file = file};
    }
  }
  return Failure{.what = "there is no reader \"" + call.reader + "\"", .file = {}};
}

}  // namespace dlc
