// Any bytes as a file of data. The first byte says for which reader; a table must hold what it promises.

#include <array>
#include <cstdint>

#include "runtime/data/readers/png.h"
#include "runtime/data/readers/readers.h"
#include "tests/fuzz/given_file.h"
#include "tests/fuzz/png_sums.h"

namespace {

constexpr std::array readers = {"idx", "csv", "cifar", "images"};
constexpr std::size_t images = 3;

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* bytes, std::size_t size, std::size_t most);

/// As without it, but an image's sums fit what was changed, three times of four.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* bytes, std::size_t size, std::size_t most,
                                               unsigned int seed) {
  size = LLVMFuzzerMutate(bytes, size, most);
  if (size > 0 && bytes[0] % readers.size() == images && seed % 4 != 0)
    dlc::mend_png_sums({bytes + 1, size - 1});
  return size;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace dlc;
  if (size == 0) return 0;
  const std::size_t reader = bytes[0] % readers.size();
  const GivenFile file({bytes + 1, size - 1});
  const ReaderCall call{.reader = readers[reader],
                        .files = {{reader == 0 ? "x" : "", file.path()}},
                        .names = {},
                        .separator = (bytes[0] & 64) != 0 ? ';' : ',',
                        .missing = {}};
  const Result<DataTable> table = read_data(call, {{"/"}}, {.header_only = (bytes[0] & 128) != 0});
  if (!table) {
    if (one_line(table.failure()).empty()) __builtin_trap();
    return 0;
  }
  for (const Column& column : table->columns) {
    if (column.count != table->count) __builtin_trap();
    if ((bytes[0] & 128) != 0 || column.is_text()) continue;
    if (static_cast<std::int64_t>(column.data.size()) != column.count * bytes_of_example(column))
      __builtin_trap();
  }
  return 0;
}
