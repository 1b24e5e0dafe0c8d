// Elementary functions as polynomials, within 4 units in the last place over the whole range. Reductions
// after W. J. Cody and W. Waite, "Software Manual for the Elementary Functions" (1980): the argument is
// brought near 0 by a multiple of ln 2 (or of pi / 2) that is subtracted in parts whose products are exact.
// Polynomials of exp, log and tanh have the degrees and coefficients of S. L. Moshier's Cephes library (1989,
// single precision); those of erf are our own fits (least squares, weights raised where the error was
// greatest).

#include "compiler/llvm/vector_functions.h"
#include "llvm/IR/Intrinsics.h"

namespace dlc {

namespace {

constexpr double ln2_high = 0.693359375;
constexpr double ln2_low = -2.12194440e-4;
constexpr double log2_e = 1.4426950408889634;
constexpr double infinity = __builtin_huge_val();

/// Adding it rounds a number below 2^22 to a whole one, which then stands in the lowest bits.
constexpr double rounder = 12582912;

}  // namespace

/// The multiple of ln 2 nearest to a, and what is left.
VectorFunctions::Reduced VectorFunctions::reduce_by_ln2(Value a) {
  const Value shifted = multiply_add(a, number(log2_e, a), number(rounder, a));
  const Value multiple = builder_.CreateFSub(shifted, number(rounder, a));
  Value rest = multiply_add(multiple, number(-ln2_high, a), a);
  rest = multiply_add(multiple, number(-ln2_low, a), rest);
  return {builder_.CreateSub(bits(shifted), bits(number(rounder, a))), rest};
}

/// e^rest - 1 for |rest| <= ln 2 / 2.
llvm::Value* VectorFunctions::small_expm1(Value rest) {
  const Value tail = polynomial(rest, {1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2,
                                       1.6666665459e-1, 5.0000001201e-1});
  return multiply_add(builder_.CreateFMul(rest, rest), tail, rest);
}

/// Keeps a between two numbers; NaN stays.
llvm::Value* VectorFunctions::between(Value a, double least, double most) {
  a = builder_.CreateSelect(builder_.CreateFCmpOLT(number(most, a), a), number(most, a), a);
  return builder_.CreateSelect(builder_.CreateFCmpOGT(number(least, a), a), number(least, a), a);
}

llvm::Value* VectorFunctions::exp(Value a) {
  const Reduced reduced = reduce_by_ln2(between(a, -105, 90));
  const Value one_and = builder_.CreateFAdd(small_expm1(reduced.rest), number(1, a));
  return times_power_of_two(one_and, reduced.multiple);
}

/// 2^n p + (2^n - 1), halved and doubled so that 2^n stays a number; where a is tiny it is its own result.
llvm::Value* VectorFunctions::expm1(Value a) {
  const Reduced reduced = reduce_by_ln2(between(a, -80, 90));
  const Value half_power =
      float_of(builder_.CreateShl(builder_.CreateAdd(reduced.multiple, integer(126, a)), 23));
  const Value half =
      multiply_add(small_expm1(reduced.rest), half_power, builder_.CreateFSub(half_power, number(0.5, a)));
  const Value result = builder_.CreateFAdd(half, half);
  const Value tiny = builder_.CreateFCmpOLT(unary(llvm::Intrinsic::fabs, a), number(0x1p-26, a));
  const Value over = builder_.CreateFCmpOGT(a, number(88.7228394, a));
  return builder_.CreateSelect(tiny, a, builder_.CreateSelect(over, number(infinity, a), result));
}

/// a = 2^e * m with m between sqrt(1/2) and sqrt(2).
llvm::Value* VectorFunctions::log(Value a) {
  const Value subnormal = builder_.CreateFCmpOLT(a, number(0x1p-126, a));
  const Value normal = builder_.CreateSelect(subnormal, builder_.CreateFMul(a, number(0x1p23, a)), a);
  const Value pattern = bits(normal);
  const Value exponent = builder_.CreateAShr(builder_.CreateSub(pattern, integer(0x3f3504f3, a)), 23);
  const Value mantissa = float_of(builder_.CreateSub(pattern, builder_.CreateShl(exponent, 23)));
  const Value shift = builder_.CreateSelect(subnormal, number(-23, a), number(0, a));
  const Value e = builder_.CreateFAdd(builder_.CreateSIToFP(exponent, a->getType()), shift);
  const Value f = builder_.CreateFSub(mantissa, number(1, a));
  const Value square = builder_.CreateFMul(f, f);
  Value y =
      polynomial(f, {7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
                     -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1});
  y = builder_.CreateFMul(builder_.CreateFMul(y, f), square);
  y = multiply_add(e, number(ln2_low, a), y);
  y = multiply_add(square, number(-0.5, a), y);
  Value result = multiply_add(e, number(ln2_high, a), builder_.CreateFAdd(f, y));
  const Value is_largest = builder_.CreateFCmpOEQ(a, number(infinity, a));
  result = builder_.CreateSelect(is_largest, a, result);
  const Value is_zero = builder_.CreateFCmpOEQ(a, number(0, a));
  result = builder_.CreateSelect(is_zero, number(-infinity, a), result);
  const Value without = builder_.CreateFCmpULT(a, number(0, a));  // negative, or no number
  return builder_.CreateSelect(without, number(__builtin_nan(""), a), result);
}

/// log(u) of the rounded sum u = 1 + a, corrected by what the rounding lost (W. Kahan).
llvm::Value* VectorFunctions::log1p(Value a) {
  const Value sum = builder_.CreateFAdd(a, number(1, a));
  const Value lost = builder_.CreateFSub(a, builder_.CreateFSub(sum, number(1, a)));
  const Value logarithm = log(sum);
  const Value corrected = builder_.CreateFAdd(logarithm, builder_.CreateFDiv(lost, sum));
  const Value tiny = builder_.CreateFCmpOLT(unary(llvm::Intrinsic::fabs, a), number(0x1p-24, a));
  const Value at_end = builder_.CreateOr(builder_.CreateFCmpOEQ(sum, number(0, a)),
                                         builder_.CreateFCmpOEQ(sum, number(infinity, a)));
  return builder_.CreateSelect(tiny, a, builder_.CreateSelect(at_end, logarithm, corrected));
}

llvm::Value* VectorFunctions::tanh(Value a) {
  const Value size = unary(llvm::Intrinsic::fabs, a);
  const Value square = builder_.CreateFMul(a, a);
  const Value tail = polynomial(
      square, {-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1});
  const Value near = multiply_add(builder_.CreateFMul(a, square), tail, a);
  const Value power = exp(builder_.CreateFAdd(size, size));
  const Value ratio = builder_.CreateFDiv(number(2, a), builder_.CreateFAdd(power, number(1, a)));
  const Value far =
      builder_.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, builder_.CreateFSub(number(1, a), ratio), a);
  return builder_.CreateSelect(builder_.CreateFCmpOLT(size, number(0.625, a)), near, far);
}

/// Near 0 a + a p(a^2); farther 1 - e^p(|a|), for log(1 - erf) is smooth.
llvm::Value* VectorFunctions::erf(Value a) {
  const Value size = unary(llvm::Intrinsic::fabs, a);
  const Value near = multiply_add(
      a,
      polynomial(builder_.CreateFMul(a, a),
                 {-0.000597689518, 0.00499098055, -0.0267655672, 0.112818028, -0.376124943, 0.12837915}),
      a);
  const Value bounded = between(size, 0, 4.0);
  const Value exponent = polynomial(bounded, {0.000194946239, -0.00303368763, 0.0221897589, -0.103856339,
                                              -0.63726579, -1.12762738, -0.000207013274});
  const Value far = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::copysign,
                                                   builder_.CreateFSub(number(1, a), exp(exponent)), a);
  return builder_.CreateSelect(builder_.CreateFCmpOLT(size, number(0.93, a)), near, far);
}

/// Reduction by pi / 2 in double precision: two parts of pi / 2 whose products with a multiple below 2^27
/// lose nothing that matters in single precision. Beyond |a| = 2^19 the C library's function, lane by lane.
llvm::Value* VectorFunctions::sine(Value a, bool cosine) {
  const llvm::Intrinsic::ID id = cosine ? llvm::Intrinsic::cos : llvm::Intrinsic::sin;
  llvm::Type* wide = with_element(a, builder_.getDoubleTy());
  const auto constant = [&](double value) { return llvm::ConstantFP::get(wide, value); };
  const Value in_range = builder_.CreateFCmpOLT(unary(llvm::Intrinsic::fabs, a), number(0x1p19, a));
  const Value x = builder_.CreateFPExt(builder_.CreateSelect(in_range, a, number(0, a)), wide);
  const double round_double = 6755399441055744.0;  // 1.5 * 2^52
  const Value shifted =
      builder_.CreateFAdd(builder_.CreateFMul(x, constant(0.63661977236758134)), constant(round_double));
  const Value multiple = builder_.CreateFSub(shifted, constant(round_double));
  // pi / 2 in two parts: 33 bits, so that products with 2^20 and more are exact, and the rest.
  Value rest = builder_.CreateFSub(x, builder_.CreateFMul(multiple, constant(0x1.921fb544p+0)));
  rest = builder_.CreateFSub(rest, builder_.CreateFMul(multiple, constant(0x1.0b4611a626331p-34)));
  const Value square = builder_.CreateFMul(rest, rest);
  const auto series = [&](Coefficients coefficients) {
    Value sum = nullptr;
    for (const double one : coefficients) {
      sum = sum ? builder_.CreateFAdd(builder_.CreateFMul(sum, square), constant(one)) : constant(one);
    }
    return sum;
  };
  // Taylor series, which suffice below pi / 4.
  const Value sine = builder_.CreateFMul(rest, series({1.0 / 362880, -1.0 / 5040, 1.0 / 120, -1.0 / 6, 1}));
  const Value cosine_value = series({-1.0 / 3628800, 1.0 / 40320, -1.0 / 720, 1.0 / 24, -0.5, 1});
  const Value quarter =
      builder_.CreateTrunc(builder_.CreateBitCast(shifted, with_element(a, builder_.getInt64Ty())),
                           with_element(a, builder_.getInt32Ty()));
  const Value turned = builder_.CreateAdd(quarter, integer(cosine ? 1 : 0, a));
  const auto has = [&](std::int64_t bit) {
    return builder_.CreateICmpNE(builder_.CreateAnd(turned, integer(bit, a)), integer(0, a));
  };
  Value result = builder_.CreateFPTrunc(builder_.CreateSelect(has(1), cosine_value, sine), a->getType());
  result = builder_.CreateSelect(has(2), builder_.CreateFNeg(result), result);
  if (!cosine) result = builder_.CreateSelect(builder_.CreateFCmpOEQ(a, number(0, a)), a, result);
  return by_lanes_unless(in_range, id, a, result);
}

/// `result` if the condition holds in all lanes; else, in those where it does not, the C library's function.
llvm::Value* VectorFunctions::by_lanes_unless(Value condition, llvm::Intrinsic::ID id, Value a,
                                              Value result) {
  llvm::Function* function = builder_.GetInsertBlock()->getParent();
  const auto block = [&](const char* name) {
    return llvm::BasicBlock::Create(builder_.getContext(), name, function);
  };
  const bool vector = a->getType()->isVectorTy();
  llvm::BasicBlock* usual = builder_.GetInsertBlock();
  llvm::BasicBlock* rare = block("rare");
  llvm::BasicBlock* after = block("usual");
  const Value all = vector ? builder_.CreateAndReduce(condition) : condition;
  builder_.CreateCondBr(all, after, rare);
  builder_.SetInsertPoint(rare);
  Value slow = unary(id, a);  // the code maker calls the library for each lane
  slow = builder_.CreateSelect(condition, result, slow);
  builder_.CreateBr(after);
  builder_.SetInsertPoint(after);
  llvm::PHINode* merged = builder_.CreatePHI(a->getType(), 2);
  merged->addIncoming(result, usual);
  merged->addIncoming(slow, rare);
  return merged;
}

/// The C library's meaning of the special cases, the rest as e^(b log a) in double precision.
llvm::Value* VectorFunctions::power(Value a, Value b) {
  llvm::Type* wide = with_element(a, builder_.getDoubleTy());
  llvm::Type* wide_integer = with_element(a, builder_.getInt64Ty());
  const auto constant = [&](double value) { return llvm::ConstantFP::get(wide, value); };
  const auto whole = [&](std::uint64_t value) { return llvm::ConstantInt::get(wide_integer, value); };
  const Value size = unary(llvm::Intrinsic::fabs, a);
  const Value pattern = builder_.CreateBitCast(builder_.CreateFPExt(size, wide), wide_integer);
  const Value offset = builder_.CreateSub(pattern, whole(0x3fe6a09e667f3bcdULL));
  const Value exponent = builder_.CreateAShr(offset, 52);
  const Value mantissa =
      builder_.CreateBitCast(builder_.CreateSub(pattern, builder_.CreateShl(exponent, 52)), wide);
  const Value ratio = builder_.CreateFDiv(builder_.CreateFSub(mantissa, constant(1)),
                                          builder_.CreateFAdd(mantissa, constant(1)));
  const Value square = builder_.CreateFMul(ratio, ratio);
  const auto series = [&](Value x, Coefficients coefficients) {
    Value sum = nullptr;
    for (const double one : coefficients) {
      sum = sum ? builder_.CreateFAdd(builder_.CreateFMul(sum, x), constant(one)) : constant(one);
    }
    return sum;
  };
  // log m = 2 artanh((m - 1) / (m + 1)), in units of ln 2.
  const Value artanh = series(square, {1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1});
  const Value log2_mantissa = builder_.CreateFMul(builder_.CreateFMul(ratio, artanh), constant(2 * log2_e));
  const Value exponent_number =
      builder_.CreateSIToFP(builder_.CreateTrunc(exponent, with_element(a, builder_.getInt32Ty())), wide);
  const Value log2 = builder_.CreateFAdd(exponent_number, log2_mantissa);
  Value product = builder_.CreateFMul(log2, builder_.CreateFPExt(b, wide));
  product = builder_.CreateSelect(builder_.CreateFCmpOGT(product, constant(200)), constant(200), product);
  product = builder_.CreateSelect(builder_.CreateFCmpOLT(product, constant(-200)), constant(-200), product);
  const double round_double = 6755399441055744.0;  // 1.5 * 2^52
  const Value shifted = builder_.CreateFAdd(product, constant(round_double));
  const Value rest =
      builder_.CreateFMul(builder_.CreateFSub(product, builder_.CreateFSub(shifted, constant(round_double))),
                          constant(0.69314718055994531));
  const Value small = series(
      rest, {1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1, 1});
  const Value scale = builder_.CreateBitCast(
      builder_.CreateShl(builder_.CreateAdd(builder_.CreateBitCast(shifted, wide_integer), whole(1023)), 52),
      wide);
  const Value result = builder_.CreateFPTrunc(builder_.CreateFMul(small, scale), a->getType());
  return power_of_special(a, b, result);
}

/// Zeros, infinities, negative bases, NaN: as C's pow.
llvm::Value* VectorFunctions::power_of_special(Value a, Value b, Value result) {
  const Value zero = number(0, a);
  const Value size = unary(llvm::Intrinsic::fabs, a);
  const Value b_size = unary(llvm::Intrinsic::fabs, b);
  const Value is_whole = builder_.CreateOr(builder_.CreateFCmpOEQ(floor(b), b),
                                           builder_.CreateFCmpOGE(b_size, number(0x1p24, a)));
  const Value half = builder_.CreateFMul(b, number(0.5, a));
  const Value is_odd =
      builder_.CreateAnd(builder_.CreateAnd(is_whole, builder_.CreateFCmpOLT(b_size, number(0x1p24, a))),
                         builder_.CreateFCmpONE(floor(half), half));
  const Value negative = builder_.CreateICmpSLT(bits(a), integer(0, a));
  const Value rising = builder_.CreateFCmpOGT(b, zero);
  const auto choose = [&](Value condition, Value x, Value y) {
    return builder_.CreateSelect(condition, x, y);
  };
  const Value largest = number(infinity, a);
  result = choose(builder_.CreateFCmpOEQ(size, zero), choose(rising, zero, largest), result);
  result = choose(builder_.CreateFCmpOEQ(size, largest), choose(rising, largest, zero), result);
  const Value grows = builder_.CreateICmpEQ(builder_.CreateFCmpOGT(size, number(1, a)), rising);
  result = choose(builder_.CreateFCmpOEQ(b_size, largest), choose(grows, largest, zero), result);
  const Value minus_one_forever =
      builder_.CreateAnd(builder_.CreateFCmpOEQ(b_size, largest), builder_.CreateFCmpOEQ(size, number(1, a)));
  result = choose(minus_one_forever, number(1, a), result);
  result = choose(builder_.CreateAnd(negative, is_odd), builder_.CreateFNeg(result), result);
  const Value finite_negative =
      builder_.CreateAnd(builder_.CreateFCmpOLT(a, zero), builder_.CreateFCmpONE(size, largest));
  result = choose(builder_.CreateAnd(finite_negative, builder_.CreateNot(is_whole)),
                  number(__builtin_nan(""), a), result);
  result = choose(builder_.CreateFCmpUNO(a, b), number(__builtin_nan(""), a), result);
  const Value is_one =
      builder_.CreateOr(builder_.CreateFCmpOEQ(b, zero), builder_.CreateFCmpOEQ(a, number(1, a)));
  return choose(is_one, number(1, a), result);
}

}  // namespace dlc
