#pragma once

#include <memory>
#include <string>

#include "compiler/loops/loops.h"
#include "compiler/target/target.h"
#include "llvm/Support/MemoryBuffer.h"

namespace dlc {

/// Machine code kept in a folder from run to run. An entry holds the whole text it was made from (without
/// names), so that two kernels never take each other's place; it counts only for the same program (by size
/// and time of its file), LLVM and instructions. What cannot be read or written is no error: the code is made
/// again. May be used by several threads and several processes at once.
class ObjectCache {
 public:
  /// Keeps nothing if the folder is empty.
  ObjectCache(std::string folder, const Target& target);

  /// Null if there is none.
  std::unique_ptr<llvm::MemoryBuffer> find(const Loops& kernel) const;
  void keep(const Loops& kernel, const llvm::MemoryBuffer& object) const;

 private:
  std::string key_of(const Loops& kernel) const;
  std::string path_of(const std::string& key) const;

  std::string folder_;
  std::string maker_;  // program, LLVM and instructions
};

}  // namespace dlc
