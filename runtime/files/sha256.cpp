#include "runtime/files/sha256.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <new>
#include <vector>

#include "runtime/files/input_file.h"

namespace dlc {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Context begin() {
  Context context(EVP_MD_CTX_new());
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
  return context;
}

std::string finish(const Context& context) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &length);
  std::string text;
  for (unsigned i = 0; i < length; ++i) {
    text += "0123456789abcdef"[digest[i] >> 4];
    text += "0123456789abcdef"[digest[i] & 15];
  }
  return text;
}

}  // namespace

std::string sha256_of(std::span<const std::byte> bytes) {
  const Context context = begin();
  EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
  return finish(context);
}

Result<FileDigest> digest_of_file(const std::filesystem::path& path) {
  const auto failed = [&](int error) {
    return Failure{.what = "cannot be read: " + reason_of(error), .file = path.string()};
  };
  // Whatever needs memory stands before the file is open.
  FileDigest result{.path = path.string(), .bytes = 0, .sha256 = {}};
  const Context context = begin();
  std::vector<std::byte> buffer(std::size_t{1} << 18);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failed(errno);
  for (;;) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int error = errno;
      ::close(descriptor);
      return failed(error);
    }
    if (count == 0) break;
    EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(count));
    result.bytes += count;
  }
  ::close(descriptor);
  result.sha256 = finish(context);
  return result;
}

}  // namespace dlc
