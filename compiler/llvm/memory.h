#pragma once

#include <functional>

#include "compiler/loops/loops.h"
#include "compiler/llvm/pointers.h"
#include "llvm/IR/IRBuilder.h"

namespace dlc {

/// Writes loads and stores in all their forms.
class Memory {
 public:
  using ValueOf = std::function<llvm::Value*(RegisterId)>;

  Memory(llvm::IRBuilder<>& builder, const Loops& kernel, Pointers& pointers, ValueOf value_of)
      : builder_(builder), kernel_(kernel), pointers_(pointers), value_of_(std::move(value_of)) {}

  llvm::Value* load(const loops::Load& load);
  void store(const loops::Store& store);

 private:
  bool is_block(const loops::Address& address, std::uint32_t lanes) const;
  llvm::Value* load_block(const loops::Load& load, std::uint32_t lanes);
  llvm::Value* load_lanes(const loops::Load& load, std::uint32_t lanes);
  llvm::Value* gather(const loops::Load& load, llvm::Value* mask, std::uint32_t lanes);
  void store_block(const loops::Store& store, llvm::Value* value, std::uint32_t lanes);
  void store_lanes(const loops::Store& store, llvm::Value* value, std::uint32_t lanes);
  void store_lane(const loops::Store& store, llvm::Value* one, std::uint32_t lane);
  void store_where(const loops::Store& store, llvm::Value* value, llvm::Value* mask, std::uint32_t lanes);

  llvm::Type* element_type(BufferId buffer) const;
  llvm::Value* mask_value(const loops::Mask& mask, std::uint32_t lanes);
  llvm::Value* lane_pointer(const loops::Address& address, std::uint32_t lane);
  llvm::Value* lane_of(llvm::Value* value, std::uint32_t lane);
  llvm::Value* from_memory(llvm::Value* value, Element element, Kind kind);
  llvm::Value* to_memory(llvm::Value* value, Element element);
  llvm::Value* sum(llvm::Value* a, llvm::Value* b);

  llvm::IRBuilder<>& builder_;
  const Loops& kernel_;
  Pointers& pointers_;
  ValueOf value_of_;
};

}  // namespace dlc
