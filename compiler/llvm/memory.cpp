#include "compiler/llvm/memory.h"

#include <algorithm>

namespace dlc {

namespace {

llvm::Type* vector_of(llvm::Type* element, std::uint32_t lanes) {
  return lanes == 1 ? element : llvm::FixedVectorType::get(element, lanes);
}

/// How many lanes may be touched.
std::uint32_t touched(const loops::Mask& mask, std::uint32_t lanes) {
  const auto* first = std::get_if<loops::FirstLanes>(&mask);
  return first ? std::min(first->count, lanes) : lanes;
}

}  // namespace

/// One stretch of memory: no lane has a place of its own.
bool Memory::is_block(const loops::Address& address, std::uint32_t lanes) const {
  const bool one_index = !address.index || kernel_[*address.index].lanes == 1;
  return lanes == 1 || (one_index && address.lane_stride == 1);
}

llvm::Value* Memory::load(const loops::Load& load) {
  const loops::RegisterType& type = kernel_[load.result];
  const Element element = kernel_[load.from.buffer].element;
  llvm::Value* value = nullptr;
  if (const auto* id = std::get_if<RegisterId>(&load.mask);
      id && (type.lanes == 1 || load.from.lane_stride != 1 || !is_block(load.from, type.lanes))) {
    value = gather(load, value_of_(*id), type.lanes);
  } else if (is_block(load.from, type.lanes)) {
    value = load_block(load, type.lanes);
  } else {
    value = load_lanes(load, type.lanes);
  }
  return from_memory(value, element, type.kind);
}

llvm::Value* Memory::load_block(const loops::Load& load, std::uint32_t lanes) {
  llvm::Type* type = vector_of(element_type(load.from.buffer), lanes);
  const llvm::Align align(kernel_[load.from.buffer].element == Element::u8 ? 1 : 4);
  llvm::Value* pointer = lane_pointer(load.from, 0);
  llvm::Value* mask = mask_value(load.mask, lanes);
  if (mask == nullptr) return builder_.CreateAlignedLoad(type, pointer, align);
  return builder_.CreateMaskedLoad(type, pointer, align, mask, llvm::Constant::getNullValue(type));
}

llvm::Value* Memory::load_lanes(const loops::Load& load, std::uint32_t lanes) {
  llvm::Type* element = element_type(load.from.buffer);
  const bool one_index = !load.from.index || kernel_[*load.from.index].lanes == 1;
  const std::uint32_t count = touched(load.mask, lanes);
  if (load.from.lane_stride == 0 && one_index && count == lanes) {
    llvm::Value* one = builder_.CreateLoad(element, lane_pointer(load.from, 0));
    return lanes == 1 ? one : builder_.CreateVectorSplat(lanes, one);
  }
  llvm::Type* type = vector_of(element, lanes);
  llvm::Value* value = count == lanes ? static_cast<llvm::Value*>(llvm::PoisonValue::get(type))
                                      : llvm::Constant::getNullValue(type);
  for (std::uint32_t lane = 0; lane < count; ++lane) {
    llvm::Value* one = builder_.CreateLoad(element, lane_pointer(load.from, lane));
    value = lanes == 1 ? one : builder_.CreateInsertElement(value, one, lane);
  }
  return value;
}

/// Lanes that the mask leaves out are not even addressed: their place may lie anywhere.
llvm::Value* Memory::gather(const loops::Load& load, llvm::Value* mask, std::uint32_t lanes) {
  llvm::Type* type = llvm::FixedVectorType::get(element_type(load.from.buffer), lanes);
  llvm::Type* pointer_type = llvm::FixedVectorType::get(builder_.getPtrTy(), lanes);
  llvm::Value* pointers = llvm::PoisonValue::get(pointer_type);
  for (std::uint32_t lane = 0; lane < lanes; ++lane) {
    pointers = builder_.CreateInsertElement(pointers, lane_pointer(load.from, lane), lane);
  }
  if (lanes == 1) mask = builder_.CreateVectorSplat(1, mask);
  const llvm::Align align(kernel_[load.from.buffer].element == Element::u8 ? 1 : 4);
  llvm::Value* value =
      builder_.CreateMaskedGather(type, pointers, align, mask, llvm::Constant::getNullValue(type));
  return lanes == 1 ? builder_.CreateExtractElement(value, std::uint64_t{0}) : value;
}

void Memory::store(const loops::Store& store) {
  const std::uint32_t lanes = kernel_[store.value].lanes;
  llvm::Value* value = value_of_(store.value);
  const auto* id = std::get_if<RegisterId>(&store.mask);
  const bool block = is_block(store.to, lanes);
  if (id && (!block || lanes == 1)) {
    store_where(store, value, value_of_(*id), lanes);
  } else if (block) {
    store_block(store, value, lanes);
  } else {
    store_lanes(store, value, lanes);
  }
}

void Memory::store_block(const loops::Store& store, llvm::Value* value, std::uint32_t lanes) {
  const Element element = kernel_[store.to.buffer].element;
  const llvm::Align align(element == Element::u8 ? 1 : 4);
  llvm::Value* pointer = lane_pointer(store.to, 0);
  llvm::Value* mask = mask_value(store.mask, lanes);
  value = to_memory(value, element);
  if (store.accumulate) {
    llvm::Type* type = value->getType();
    llvm::Value* before =
        mask ? builder_.CreateMaskedLoad(type, pointer, align, mask, llvm::Constant::getNullValue(type))
             : static_cast<llvm::Value*>(builder_.CreateAlignedLoad(type, pointer, align));
    value = sum(before, value);
  }
  if (mask) {
    builder_.CreateMaskedStore(value, pointer, align, mask);
  } else {
    builder_.CreateAlignedStore(value, pointer, align);
  }
}

void Memory::store_lanes(const loops::Store& store, llvm::Value* value, std::uint32_t lanes) {
  for (std::uint32_t lane = 0; lane < touched(store.mask, lanes); ++lane) {
    store_lane(store, lane_of(value, lane), lane);
  }
}

void Memory::store_lane(const loops::Store& store, llvm::Value* one, std::uint32_t lane) {
  llvm::Value* pointer = lane_pointer(store.to, lane);
  one = to_memory(one, kernel_[store.to.buffer].element);
  if (store.accumulate) one = sum(builder_.CreateLoad(one->getType(), pointer), one);
  builder_.CreateStore(one, pointer);
}

/// A branch a lane: lanes may meet, and what is left out may lie anywhere.
void Memory::store_where(const loops::Store& store, llvm::Value* value, llvm::Value* mask,
                         std::uint32_t lanes) {
  llvm::Function* function = builder_.GetInsertBlock()->getParent();
  for (std::uint32_t lane = 0; lane < lanes; ++lane) {
    llvm::Value* holds = lane_of(mask, lane);
    llvm::Value* one = lane_of(value, lane);
    auto* write = llvm::BasicBlock::Create(builder_.getContext(), "write", function);
    auto* after = llvm::BasicBlock::Create(builder_.getContext(), "written", function);
    builder_.CreateCondBr(holds, write, after);
    builder_.SetInsertPoint(write);
    store_lane(store, one, lane);
    builder_.CreateBr(after);
    builder_.SetInsertPoint(after);
  }
}

llvm::Type* Memory::element_type(BufferId buffer) const {
  switch (kernel_[buffer].element) {
    case Element::f32: return builder_.getFloatTy();
    case Element::i32: return builder_.getInt32Ty();
    case Element::u8: return builder_.getInt8Ty();
  }
  return nullptr;
}

/// None where all lanes are meant.
llvm::Value* Memory::mask_value(const loops::Mask& mask, std::uint32_t lanes) {
  if (const auto* id = std::get_if<RegisterId>(&mask)) return value_of_(*id);
  const std::uint32_t count = touched(mask, lanes);
  if (count == lanes) return nullptr;
  std::vector<llvm::Constant*> flags;
  for (std::uint32_t lane = 0; lane < lanes; ++lane) flags.push_back(builder_.getInt1(lane < count));
  return lanes == 1 ? static_cast<llvm::Value*>(flags.front()) : llvm::ConstantVector::get(flags);
}

llvm::Value* Memory::lane_pointer(const loops::Address& address, std::uint32_t lane) {
  const Affine offset = address.offset + Affine(address.lane_stride * lane);
  llvm::Value* pointer = pointers_.at(address.buffer, offset);
  if (!address.index) return pointer;
  llvm::Value* index = value_of_(*address.index);
  if (kernel_[*address.index].lanes > 1) index = builder_.CreateExtractElement(index, lane);
  index = builder_.CreateSExt(index, builder_.getInt64Ty());
  if (address.index_scale != 1) {
    index = builder_.CreateMul(index, builder_.getInt64(static_cast<std::uint64_t>(address.index_scale)));
  }
  return builder_.CreateGEP(element_type(address.buffer), pointer, index);
}

llvm::Value* Memory::lane_of(llvm::Value* value, std::uint32_t lane) {
  return value->getType()->isVectorTy() ? builder_.CreateExtractElement(value, lane) : value;
}

llvm::Value* Memory::from_memory(llvm::Value* value, Element element, Kind kind) {
  if (element == Element::f32) return value;
  llvm::Type* wide = value->getType()->getWithNewType(builder_.getInt32Ty());
  if (kind == Kind::boolean)
    return builder_.CreateICmpNE(value, llvm::Constant::getNullValue(value->getType()));
  if (element == Element::u8) value = builder_.CreateZExt(value, wide);
  if (kind == Kind::integer) return value;
  return builder_.CreateSIToFP(value, value->getType()->getWithNewType(builder_.getFloatTy()));
}

llvm::Value* Memory::to_memory(llvm::Value* value, Element element) {
  if (element != Element::u8) return value;
  llvm::Type* bytes = value->getType()->getWithNewType(builder_.getInt8Ty());
  return value->getType()->getScalarType()->isIntegerTy(1) ? builder_.CreateZExt(value, bytes)
                                                           : builder_.CreateTrunc(value, bytes);
}

llvm::Value* Memory::sum(llvm::Value* a, llvm::Value* b) {
  return a->getType()->isFPOrFPVectorTy() ? builder_.CreateFAdd(a, b) : builder_.CreateAdd(a, b);
}

}  // namespace dlc
