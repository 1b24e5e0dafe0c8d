#include "compiler/llvm/object_cache.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <initializer_list>
#include <system_error>
#include <utility>

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

namespace dlc {

namespace {

std::string this_program() {
  struct stat facts {};
  if (stat("/proc/self/exe", &facts) != 0) return "";
  return std::to_string(facts.st_size) + " " + std::to_string(facts.st_mtim.tv_sec) + "." +
         std::to_string(facts.st_mtim.tv_nsec);
}

/// FNV-1a (Fowler, Noll, Vo), 64 bits; it only names the file.
std::uint64_t hash_of(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

std::string contents_of(const std::string& path) {
  std::string contents;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return contents;
  char block[65536];
  while (const std::size_t count = std::fread(block, 1, sizeof block, file)) contents.append(block, count);
  std::fclose(file);
  return contents;
}

bool write_whole(const std::string& path, std::initializer_list<llvm::StringRef> parts) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return false;
  bool good = true;
  for (const llvm::StringRef part : parts)
    good = std::fwrite(part.data(), 1, part.size(), file) == part.size() && good;
  return std::fclose(file) == 0 && good;
}

}  // namespace

ObjectCache::ObjectCache(std::string folder, const Target& target) : folder_(std::move(folder)) {
  if (folder_.empty()) return;
  const std::string program = this_program();
  if (program.empty()) folder_.clear();
  maker_ = program + " " + LLVM_VERSION_STRING + " " + target.name + "\n";
}

/// Ends with a zero byte, which no text has: what follows in the file is the object.
std::string ObjectCache::key_of(const Loops& kernel) const {
  return maker_ + print(without_names(kernel)) + '\0';
}

std::string ObjectCache::path_of(const std::string& key) const {
  char name[32];
  std::snprintf(name, sizeof name, "%016llx.kernel", static_cast<unsigned long long>(hash_of(key)));
  return folder_ + "/" + name;
}

std::unique_ptr<llvm::MemoryBuffer> ObjectCache::find(const Loops& kernel) const {
  if (folder_.empty()) return nullptr;
  const std::string key = key_of(kernel);
  const std::string contents = contents_of(path_of(key));
  if (contents.size() <= key.size() + 16 || !contents.starts_with(key)) return nullptr;
  // The checksum at the end tells a file that was cut or damaged.
  const std::string object = contents.substr(key.size(), contents.size() - key.size() - 16);
  char sum[32];
  std::snprintf(sum, sizeof sum, "%016llx", static_cast<unsigned long long>(hash_of(object)));
  if (contents.substr(contents.size() - 16) != sum) return nullptr;
  std::error_code error;  // The time tells `evict` what is still asked for.
  std::filesystem::last_write_time(path_of(key), std::filesystem::file_time_type::clock::now(), error);
  return llvm::MemoryBuffer::getMemBufferCopy(object, kernel.name);
}

void ObjectCache::keep(const Loops& kernel, const llvm::MemoryBuffer& object) const {
  if (folder_.empty()) return;
  static std::atomic<unsigned> number =
      0;  // of the file beside which is then renamed: a reader never sees half of it
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  const std::string key = key_of(kernel);
  const std::string path = path_of(key);
  const std::string beside = path + "." + std::to_string(getpid()) + "." + std::to_string(number++);
  char sum[32];
  std::snprintf(sum, sizeof sum, "%016llx",
                static_cast<unsigned long long>(hash_of(object.getBuffer().str())));
  if (write_whole(beside, {key, object.getBuffer(), sum})) {
    std::filesystem::rename(beside, path, error);
  }
  std::filesystem::remove(beside, error);
}

}  // namespace dlc
