// Any bytes as a file of weights: what is read is written and read again as it was. Also as the records of a
// run.

#include <cstdint>
#include <cstdlib>

#include "runtime/files/safetensors.h"
#include "tests/fuzz/given_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace dlc;
  const GivenFile file({bytes, size});
  const Result<Tensors> read = read_safetensors(file.path());
  if (!read) return 0;
  for (const TensorView& view : read->views) {
    if (static_cast<std::int64_t>(view.data.size()) != checked_bytes(view.shape, size_of(view.element)))
      __builtin_trap();
  }
  const std::string other = "/dev/shm/dlc-fuzz-" + std::to_string(::getpid());
  if (!write_safetensors(other, read->views, read->metadata)) __builtin_trap();
  const Result<Tensors> again = read_safetensors(other);
  ::unlink(other.c_str());
  if (!again || again->metadata != read->metadata || again->views.size() != read->views.size())
    __builtin_trap();
  return 0;
}
