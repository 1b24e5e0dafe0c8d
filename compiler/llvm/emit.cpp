#include "compiler/llvm/emit.h"

#include <cassert>

#include "compiler/llvm/memory.h"
#include "compiler/llvm/pointers.h"
#include "compiler/llvm/vector_functions.h"
#include "llvm/IR/IRBuilder.h"

namespace dlc {

namespace loops {

namespace {

/// One member a form of statement. The IR is written as it is to run: loops turned to test at their end,
/// pointers stepped, accumulators as phis; no pass improves it afterwards.
class Emitter {
 public:
  Emitter(const Loops& kernel, const Target& target, llvm::Module& module)
      : kernel_(kernel),
        module_(module),
        builder_(module.getContext()),
        functions_(builder_, target.multiply_add),
        pointers_(builder_, kernel),
        memory_(builder_, kernel, pointers_, [this](RegisterId id) { return value(id); }),
        values_(kernel.registers.size()),
        variables_(kernel.variables.size()) {}

  void run(std::uint32_t vector_bits) {
    llvm::Type* pointer = builder_.getPtrTy();
    llvm::Type* integer = builder_.getInt64Ty();
    auto* type = llvm::FunctionType::get(builder_.getVoidTy(), {pointer, integer, integer}, false);
    function_ = llvm::Function::Create(type, llvm::Function::ExternalLinkage, "kernel", module_);
    function_->addFnAttr(llvm::Attribute::NoUnwind);
    function_->addFnAttr("prefer-vector-width", std::to_string(vector_bits));
    function_->addFnAttr("min-legal-vector-width", std::to_string(vector_bits));
    builder_.SetInsertPoint(llvm::BasicBlock::Create(module_.getContext(), "entry", function_));
    for (std::size_t i = 0; i < kernel_.buffers.size(); ++i) {
      llvm::Value* place = builder_.CreateConstGEP1_64(pointer, function_->getArg(0), i);
      pointers_.set_buffer(static_cast<BufferId>(i), builder_.CreateLoad(pointer, place));
    }
    emit_loop(kernel_.chunk, function_->getArg(1), function_->getArg(2), 1, {}, kernel_.body);
    builder_.CreateRetVoid();
  }

 private:
  void emit(const std::vector<Statement>& body) {
    for (const Statement& statement : body) {
      std::visit([this](const auto& operation) { emit(operation); }, statement.operation);
    }
  }

  void emit(const Constant& one) {
    llvm::Type* type = type_of(one.result);
    llvm::Constant* value = nullptr;
    if (kernel_[one.result].kind == Kind::number) {
      value = llvm::ConstantFP::get(type, static_cast<double>(static_cast<float>(one.value)));
    } else {
      value = llvm::ConstantInt::get(type, static_cast<std::uint64_t>(static_cast<std::int64_t>(one.value)),
                                     true);
    }
    define(one.result, value);
  }

  void emit(const IndexValue& one) {
    llvm::Value* base = builder_.CreateTrunc(value_of(one.sum), builder_.getInt32Ty());
    const std::uint32_t lanes = kernel_[one.result].lanes;
    if (lanes > 1) {
      std::vector<llvm::Constant*> steps;
      for (std::uint32_t lane = 0; lane < lanes; ++lane) {
        steps.push_back(builder_.getInt32(static_cast<std::uint32_t>(one.lane_step * lane)));
      }
      base = builder_.CreateAdd(builder_.CreateVectorSplat(lanes, base), llvm::ConstantVector::get(steps));
    }
    define(one.result, base);
  }

  void emit(const Load& one) { define(one.result, memory_.load(one)); }
  void emit(const Store& one) { memory_.store(one); }
  void emit(const Apply& one) {
    define(one.result, functions_.apply(one.function, value(one.a), value(one.b)));
  }
  void emit(const MultiplyAdd& one) {
    define(one.result, functions_.multiply_add(value(one.a), value(one.b), value(one.c)));
  }
  void emit(const Choose& one) {
    define(one.result, builder_.CreateSelect(value(one.condition), value(one.a), value(one.b)));
  }

  void emit(const Fold& one) {
    llvm::Value* rest = value(one.of);
    for (std::uint32_t lanes = kernel_[one.of].lanes; lanes > 1; lanes /= 2) {
      llvm::Value* low = part(rest, 0, lanes / 2);
      llvm::Value* high = part(rest, lanes / 2, lanes / 2);
      rest = functions_.apply(one.function, low, high);
    }
    define(one.result, rest);
  }

  void emit(const Shuffle& one) {
    const std::uint32_t lanes_of_a = kernel_[one.a].lanes;
    if (lanes_of_a == 1 && one.a == one.b) {
      const auto lanes = static_cast<std::uint32_t>(one.lanes.size());
      define(one.result, lanes == 1 ? value(one.a) : builder_.CreateVectorSplat(lanes, value(one.a)));
    } else if (one.lanes.size() == 1) {
      const std::uint32_t lane = one.lanes.front();
      define(one.result, lane < lanes_of_a ? lane_of(one.a, lane) : lane_of(one.b, lane - lanes_of_a));
    } else if (lanes_of_a > 1 && kernel_[one.b].lanes == lanes_of_a) {
      const std::vector<int> mask(one.lanes.begin(), one.lanes.end());
      define(one.result, builder_.CreateShuffleVector(value(one.a), value(one.b), mask));
    } else {
      llvm::Value* result = llvm::PoisonValue::get(type_of(one.result));
      for (std::size_t i = 0; i < one.lanes.size(); ++i) {
        const std::uint32_t lane = one.lanes[i];
        llvm::Value* from = lane < lanes_of_a ? lane_of(one.a, lane) : lane_of(one.b, lane - lanes_of_a);
        result = builder_.CreateInsertElement(result, from, i);
      }
      define(one.result, result);
    }
  }

  void emit(const Uniform& one) {
    define(one.result, functions_.uniform(value(one.key), one.site, value(one.counter)));
  }

  void emit(const Loop& one) {
    llvm::Value* first = value_of(one.first, true);
    llvm::Value* last = value_of(one.last, false);
    emit_loop(one.variable, first, last, one.step, one.carried, one.body);
  }

  void emit_loop(LoopVariable variable, llvm::Value* first, llvm::Value* last, std::int64_t step,
                 const std::vector<Carried>& carried, const std::vector<Statement>& body) {
    const auto* first_number = llvm::dyn_cast<llvm::ConstantInt>(first);
    const auto* last_number = llvm::dyn_cast<llvm::ConstantInt>(last);
    const bool known = first_number != nullptr && last_number != nullptr;
    if (known && first_number->getSExtValue() >= last_number->getSExtValue()) {
      for (const Carried& one : carried) define(one.result, value(one.initial));
    } else if (known && first_number->getSExtValue() + step >= last_number->getSExtValue()) {
      emit_single_turn(variable, first, carried, body);
    } else {
      emit_turns(variable, first, last, step, carried, body, known);
    }
  }

  void emit_single_turn(LoopVariable variable, llvm::Value* first, const std::vector<Carried>& carried,
                        const std::vector<Statement>& body) {
    variables_[static_cast<std::size_t>(variable)] = first;
    for (const Carried& one : carried) define(one.value, value(one.initial));
    pointers_.enter_once(variable, body, first);
    emit(body);
    pointers_.leave();
    for (const Carried& one : carried) define(one.result, value(one.next));
  }

  void emit_turns(LoopVariable variable, llvm::Value* first, llvm::Value* last, std::int64_t step,
                  const std::vector<Carried>& carried, const std::vector<Statement>& body, bool some_turn) {
    auto* turn = llvm::BasicBlock::Create(module_.getContext(), "turn", function_);
    auto* after = llvm::BasicBlock::Create(module_.getContext(), "after", function_);
    // A block before the loop that runs only if there is a turn: starts of pointers are computed there.
    llvm::BasicBlock* skipped_from = builder_.GetInsertBlock();
    auto* before = llvm::BasicBlock::Create(module_.getContext(), "before", function_, turn);
    if (some_turn) {
      builder_.CreateBr(before);
    } else {
      builder_.CreateCondBr(builder_.CreateICmpSLT(first, last), before, after);
    }
    builder_.SetInsertPoint(before);
    builder_.CreateBr(turn);
    builder_.SetInsertPoint(turn);
    llvm::PHINode* counter = builder_.CreatePHI(builder_.getInt64Ty(), 2);
    counter->addIncoming(first, before);
    variables_[static_cast<std::size_t>(variable)] = counter;
    std::vector<llvm::PHINode*> phis;
    for (const Carried& one : carried) {
      phis.push_back(builder_.CreatePHI(type_of(one.value), 2));
      phis.back()->addIncoming(value(one.initial), before);
      define(one.value, phis.back());
    }
    pointers_.enter(variable, body, before, first);
    emit(body);
    pointers_.step(variable, step);
    pointers_.leave();
    llvm::BasicBlock* end = builder_.GetInsertBlock();
    llvm::Value* next = builder_.CreateAdd(counter, builder_.getInt64(static_cast<std::uint64_t>(step)));
    counter->addIncoming(next, end);
    for (std::size_t i = 0; i < carried.size(); ++i) phis[i]->addIncoming(value(carried[i].next), end);
    builder_.CreateCondBr(builder_.CreateICmpSLT(next, last), turn, after);
    after->moveAfter(end);
    builder_.SetInsertPoint(after);
    for (const Carried& one : carried) {
      llvm::Value* result = value(one.next);
      if (!some_turn) {
        llvm::PHINode* merged = builder_.CreatePHI(type_of(one.result), 2);
        merged->addIncoming(value(one.initial), skipped_from);
        merged->addIncoming(result, end);
        result = merged;
      }
      define(one.result, result);
    }
  }

  llvm::Value* value_of(const Affine& sum) {
    llvm::Value* total = builder_.getInt64(static_cast<std::uint64_t>(sum.constant));
    for (const Affine::Term& term : sum.terms) {
      llvm::Value* variable = variables_[static_cast<std::size_t>(term.variable)];
      llvm::Value* factor = builder_.getInt64(static_cast<std::uint64_t>(term.coefficient));
      total = builder_.CreateAdd(total, builder_.CreateMul(variable, factor));
    }
    return total;
  }

  llvm::Value* value_of(const Bound& bound, bool greatest) {
    llvm::Value* result = nullptr;
    for (const Bound::Term& term : bound.terms) {
      llvm::Value* one = floor_divided(value_of(term.sum), term.divisor);
      const auto* number = llvm::dyn_cast<llvm::ConstantInt>(one);
      const auto* number_before = result ? llvm::dyn_cast<llvm::ConstantInt>(result) : nullptr;
      if (result == nullptr) {
        result = one;
      } else if (number && number_before) {
        const bool more = number->getSExtValue() > number_before->getSExtValue();
        result = more == greatest ? one : result;
      } else {
        result = builder_.CreateBinaryIntrinsic(greatest ? llvm::Intrinsic::smax : llvm::Intrinsic::smin,
                                                result, one);
      }
    }
    return result;
  }

  llvm::Value* floor_divided(llvm::Value* sum, std::int64_t divisor) {
    if (divisor == 1) return sum;
    llvm::Value* by = builder_.getInt64(static_cast<std::uint64_t>(divisor));
    llvm::Value* remainder = builder_.CreateSRem(sum, by);
    llvm::Value* negative = builder_.CreateICmpSLT(remainder, builder_.getInt64(0));
    llvm::Value* down = builder_.CreateSExt(negative, builder_.getInt64Ty());
    return builder_.CreateAdd(builder_.CreateSDiv(sum, by), down);
  }

  llvm::Value* lane_of(RegisterId id, std::uint32_t lane) {
    return kernel_[id].lanes == 1 ? value(id) : builder_.CreateExtractElement(value(id), lane);
  }

  llvm::Value* part(llvm::Value* of, std::uint32_t first, std::uint32_t count) {
    if (count == 1) return builder_.CreateExtractElement(of, first);
    std::vector<int> mask;
    for (std::uint32_t lane = 0; lane < count; ++lane) mask.push_back(static_cast<int>(first + lane));
    return builder_.CreateShuffleVector(of, mask);
  }

  llvm::Type* type_of(RegisterId id) {
    const RegisterType& type = kernel_[id];
    llvm::Type* element = type.kind == Kind::number    ? builder_.getFloatTy()
                          : type.kind == Kind::integer ? static_cast<llvm::Type*>(builder_.getInt32Ty())
                                                       : builder_.getInt1Ty();
    return type.lanes == 1 ? element : llvm::FixedVectorType::get(element, type.lanes);
  }

  llvm::Value* value(RegisterId id) const {
    llvm::Value* result = values_[static_cast<std::size_t>(id)];
    assert(result != nullptr && "a register before its definition");
    return result;
  }
  void define(RegisterId id, llvm::Value* value) { values_[static_cast<std::size_t>(id)] = value; }

  const Loops& kernel_;
  llvm::Module& module_;
  llvm::IRBuilder<> builder_;
  VectorFunctions functions_;
  Pointers pointers_;
  Memory memory_;
  llvm::Function* function_ = nullptr;
  std::vector<llvm::Value*> values_;
  std::vector<llvm::Value*> variables_;
};

}  // namespace

}  // namespace loops

std::unique_ptr<llvm::Module> emit(const Loops& kernel, const Target& target, llvm::LLVMContext& context) {
  auto module = std::make_unique<llvm::Module>(kernel.name, context);
  loops::Emitter(kernel, target, *module).run(target.widest().bits);
  return module;
}

}  // namespace dlc
