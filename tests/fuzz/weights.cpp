// Any bytes as a file of weights, as the record and as the history of a run: what is read is written and read
// again as it was.

#include <cstdint>
#include <cstdlib>

#include "runtime/files/history.h"
#include "runtime/files/input_file.h"
#include "runtime/files/run_record.h"
#include "runtime/files/safetensors.h"
#include "tests/fuzz/given_file.h"

namespace {

using namespace dlc;

/// A folder of this process, in memory.
std::filesystem::path own_folder() {
  std::filesystem::path folder = "/dev/shm/dlc-fuzz-" + std::to_string(::getpid());
  std::filesystem::create_directory(folder);
  return folder;
}

void read_weights(const std::filesystem::path& given, const std::filesystem::path& folder) {
  const Result<Tensors> read = read_safetensors(given);
  if (!read) return;
  for (const TensorView& view : read->views) {
    if (static_cast<std::int64_t>(view.data.size()) != checked_bytes(view.shape, size_of(view.element)))
      __builtin_trap();
  }
  const std::filesystem::path other = folder / "other.safetensors";
  if (!write_safetensors(other, read->views, read->metadata)) __builtin_trap();
  const Result<Tensors> again = read_safetensors(other);
  if (!again || again->metadata != read->metadata || again->views.size() != read->views.size())
    __builtin_trap();
}

/// The same text is written of what is read, and of that read again. Readers take the folder.
template <class Read, class Write>
void read_document(const std::filesystem::path& given, const std::filesystem::path& folder, const char* name,
                   const Read& read, const Write& write) {
  const std::filesystem::path path = folder / name;
  std::filesystem::remove(path);
  std::filesystem::create_symlink(given, path);
  const auto first = read(folder);
  if (!first) return;
  if (!write(folder, *first)) __builtin_trap();
  const Result<std::string> text = read_whole(path);
  const auto second = read(folder);
  if (!text || !second || !write(folder, *second)) __builtin_trap();
  const Result<std::string> again = read_whole(path);
  if (!again || *again != *text) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const GivenFile file({bytes, size});
  const std::filesystem::path folder = own_folder();
  read_weights(file.path(), folder);
  read_document(file.path(), folder, "run.json", read_run_record, write_run_record);
  read_document(file.path(), folder, "history.json", read_history, write_history);
  std::filesystem::remove_all(folder);
  return 0;
}
