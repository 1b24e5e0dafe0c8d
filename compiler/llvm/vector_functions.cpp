#include "compiler/llvm/vector_functions.h"

#include <array>

#include "llvm/IR/Intrinsics.h"

namespace dlc {

namespace {

bool is_number(llvm::Value* value) {
  return value->getType()->isFPOrFPVectorTy();
}
bool is_boolean(llvm::Value* value) {
  return value->getType()->getScalarType()->isIntegerTy(1);
}

}  // namespace

llvm::Value* VectorFunctions::apply(Scalar function, Value a, Value b) {
  llvm::Type* floats = with_element(a, builder_.getFloatTy());
  llvm::Type* integers = with_element(a, builder_.getInt32Ty());
  switch (function) {
    case Scalar::add:
    case Scalar::subtract:
    case Scalar::multiply:
    case Scalar::negate:
    case Scalar::maximum:
    case Scalar::minimum: return arithmetic(function, a, b);
    case Scalar::divide: return builder_.CreateFDiv(a, b);
    case Scalar::power: return power(a, b);
    case Scalar::exp: return exp(a);
    case Scalar::log: return log(a);
    case Scalar::log1p: return log1p(a);
    case Scalar::expm1: return expm1(a);
    case Scalar::sqrt: return unary(llvm::Intrinsic::sqrt, a);
    case Scalar::rsqrt: return builder_.CreateFDiv(number(1, a), unary(llvm::Intrinsic::sqrt, a));
    case Scalar::abs: return unary(llvm::Intrinsic::fabs, a);
    case Scalar::sign: return sign(a);
    case Scalar::floor: return floor(a);
    case Scalar::tanh: return tanh(a);
    case Scalar::sin: return sine(a, false);
    case Scalar::cos: return sine(a, true);
    case Scalar::erf: return erf(a);
    case Scalar::stop_gradient: return a;
    case Scalar::quotient:
    case Scalar::remainder: return integer_division(function, a, b);
    case Scalar::equal:
    case Scalar::not_equal:
    case Scalar::less:
    case Scalar::less_equal:
    case Scalar::greater:
    case Scalar::greater_equal: return compare(function, a, b);
    case Scalar::logical_and: return builder_.CreateAnd(a, b);
    case Scalar::logical_or: return builder_.CreateOr(a, b);
    case Scalar::logical_not: return builder_.CreateNot(a);
    case Scalar::number:
      return is_boolean(a) ? builder_.CreateUIToFP(a, floats) : builder_.CreateSIToFP(a, floats);
    case Scalar::integer:
      return is_boolean(a) ? builder_.CreateZExt(a, integers) : builder_.CreateFPToSI(floor(a), integers);
  }
  return nullptr;
}

llvm::Value* VectorFunctions::multiply_add(Value a, Value b, Value c) {
  if (!multiply_add_) return builder_.CreateFAdd(builder_.CreateFMul(a, b), c);
  return builder_.CreateIntrinsic(llvm::Intrinsic::fma, {a->getType()}, {a, b, c});
}

/// Of numbers, maximum and minimum give NaN if either is one. The machine's instruction gives its second
/// operand then, which is enough where the other is a constant.
llvm::Value* VectorFunctions::arithmetic(Scalar function, Value a, Value b) {
  const bool numbers = is_number(a);
  switch (function) {
    case Scalar::add: return numbers ? builder_.CreateFAdd(a, b) : builder_.CreateAdd(a, b);
    case Scalar::subtract: return numbers ? builder_.CreateFSub(a, b) : builder_.CreateSub(a, b);
    case Scalar::multiply: return numbers ? builder_.CreateFMul(a, b) : builder_.CreateMul(a, b);
    case Scalar::negate: return numbers ? builder_.CreateFNeg(a) : builder_.CreateNeg(a);
    default: break;
  }
  const bool most = function == Scalar::maximum;
  if (!numbers) {
    return builder_.CreateSelect(most ? builder_.CreateICmpSGT(a, b) : builder_.CreateICmpSLT(a, b), a, b);
  }
  if (llvm::isa<llvm::Constant>(a)) std::swap(a, b);
  const auto first_if = [&](Value x, Value y) {
    return builder_.CreateSelect(most ? builder_.CreateFCmpOGT(x, y) : builder_.CreateFCmpOLT(x, y), x, y);
  };
  if (llvm::isa<llvm::Constant>(b)) return first_if(b, a);
  return builder_.CreateSelect(builder_.CreateFCmpUNO(b, b), b, first_if(b, a));
}

llvm::Value* VectorFunctions::compare(Scalar function, Value a, Value b) {
  using Predicate = llvm::CmpInst::Predicate;
  struct Row {
    Scalar function;
    Predicate number, integer, boolean;
  };
  static constexpr std::array rows = {
      Row{Scalar::equal, Predicate::FCMP_OEQ, Predicate::ICMP_EQ, Predicate::ICMP_EQ},
      Row{Scalar::not_equal, Predicate::FCMP_UNE, Predicate::ICMP_NE, Predicate::ICMP_NE},
      Row{Scalar::less, Predicate::FCMP_OLT, Predicate::ICMP_SLT, Predicate::ICMP_ULT},
      Row{Scalar::less_equal, Predicate::FCMP_OLE, Predicate::ICMP_SLE, Predicate::ICMP_ULE},
      Row{Scalar::greater, Predicate::FCMP_OGT, Predicate::ICMP_SGT, Predicate::ICMP_UGT},
      Row{Scalar::greater_equal, Predicate::FCMP_OGE, Predicate::ICMP_SGE, Predicate::ICMP_UGE},
  };
  for (const Row& row : rows) {
    if (row.function != function) continue;
    return builder_.CreateCmp(is_number(a) ? row.number : is_boolean(a) ? row.boolean : row.integer, a, b);
  }
  return nullptr;
}

/// Towards minus infinity; by zero gives what by one gives, for the machine would stop.
llvm::Value* VectorFunctions::integer_division(Scalar function, Value a, Value b) {
  const Value zero = integer(0, a);
  b = builder_.CreateSelect(builder_.CreateICmpEQ(b, zero), integer(1, a), b);
  const Value quotient = builder_.CreateSDiv(a, b);
  const Value rest = builder_.CreateSub(a, builder_.CreateMul(quotient, b));
  const Value differ = builder_.CreateICmpSLT(builder_.CreateXor(rest, b), zero);
  const Value down = builder_.CreateAnd(builder_.CreateICmpNE(rest, zero), differ);
  if (function == Scalar::quotient) {
    return builder_.CreateAdd(quotient, builder_.CreateSExt(down, a->getType()));
  }
  return builder_.CreateSelect(down, builder_.CreateAdd(rest, b), rest);
}

llvm::Value* VectorFunctions::sign(Value a) {
  const Value minus = builder_.CreateSelect(builder_.CreateFCmpOLT(a, number(0, a)), number(-1, a), a);
  return builder_.CreateSelect(builder_.CreateFCmpOGT(a, number(0, a)), number(1, a), minus);
}

/// Without an instruction for it (SSE2): through integers, where the number is small enough to have a
/// fraction.
llvm::Value* VectorFunctions::floor(Value a) {
  if (multiply_add_) return unary(llvm::Intrinsic::floor, a);
  const Value small = builder_.CreateFCmpOLT(unary(llvm::Intrinsic::fabs, a), number(8388608, a));
  const Value inside = builder_.CreateSelect(small, a, number(0, a));
  const Value whole = builder_.CreateSIToFP(
      builder_.CreateFPToSI(inside, with_element(a, builder_.getInt32Ty())), a->getType());
  const Value less = builder_.CreateFSub(whole, number(1, a));
  const Value result = builder_.CreateSelect(builder_.CreateFCmpOGT(whole, inside), less, whole);
  const Value signed_result = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, result, inside);
  return builder_.CreateSelect(small, signed_result, a);
}

/// Philox 2x32-10; the multiplication of two 32-bit halves in 64 bits.
llvm::Value* VectorFunctions::uniform(Value key, std::uint32_t site, Value counter) {
  llvm::Type* wide = with_element(key, builder_.getInt64Ty());
  Value low = counter;
  Value high = integer(site, key);
  for (int round = 0; round < 10; ++round) {
    const Value product =
        builder_.CreateMul(builder_.CreateZExt(low, wide), llvm::ConstantInt::get(wide, 0xD256D193U));
    const Value upper = builder_.CreateTrunc(builder_.CreateLShr(product, 32), key->getType());
    low = builder_.CreateXor(builder_.CreateXor(upper, key), high);
    high = builder_.CreateTrunc(product, key->getType());
    key = builder_.CreateAdd(key, integer(0x9E3779B9U, key));
  }
  const Value whole =
      builder_.CreateSIToFP(builder_.CreateLShr(low, 8), with_element(key, builder_.getFloatTy()));
  // Both products and the sum are exact but for the largest draws, where the half is rounded to even; 1 is
  // never reached.
  const Value drawn =
      builder_.CreateFMul(builder_.CreateFAdd(whole, number(0.5, whole)), number(0x1p-24, whole));
  const Value below_one = number(0x1.fffffep-1, whole);
  return builder_.CreateSelect(builder_.CreateFCmpOGT(drawn, below_one), below_one, drawn);
}

llvm::Value* VectorFunctions::number(double value, Value like) const {
  return llvm::ConstantFP::get(with_element(like, builder_.getFloatTy()),
                               static_cast<double>(static_cast<float>(value)));
}

llvm::Value* VectorFunctions::integer(std::int64_t value, Value like) const {
  return llvm::ConstantInt::get(with_element(like, builder_.getInt32Ty()),
                                static_cast<std::uint64_t>(value) & 0xFFFFFFFFU);
}

llvm::Value* VectorFunctions::polynomial(Value x, Coefficients highest_first) {
  Value sum = nullptr;
  for (const double coefficient : highest_first) {
    const Value next = number(coefficient, x);
    sum = sum == nullptr ? next : multiply_add(sum, x, next);
  }
  return sum;
}

llvm::Value* VectorFunctions::bits(Value a) {
  return builder_.CreateBitCast(a, with_element(a, builder_.getInt32Ty()));
}

llvm::Value* VectorFunctions::float_of(Value bits) {
  return builder_.CreateBitCast(bits, with_element(bits, builder_.getFloatTy()));
}

/// a * 2^exponent for -252 <= exponent <= 254, in two steps so that results that are subnormal or the largest
/// are reached.
llvm::Value* VectorFunctions::times_power_of_two(Value a, Value exponent) {
  const Value half = builder_.CreateAShr(exponent, 1);
  const Value rest = builder_.CreateSub(exponent, half);
  const auto power = [&](Value e) {
    return float_of(builder_.CreateShl(builder_.CreateAdd(e, integer(127, e)), 23));
  };
  return builder_.CreateFMul(builder_.CreateFMul(a, power(half)), power(rest));
}

}  // namespace dlc
