#pragma once

#include "compiler/scalar/scalar.h"
#include "llvm/IR/IRBuilder.h"

namespace dlc {

/// Writes the instructions of a row of scalar_functions.def, for one lane or many. Numbers are floats,
/// integers i32, booleans i1; b is not read where the arity is 1.
class VectorFunctions {
 public:
  VectorFunctions(llvm::IRBuilder<>& builder, bool multiply_add)
      : builder_(builder), multiply_add_(multiply_add) {}

  llvm::Value* apply(Scalar function, llvm::Value* a, llvm::Value* b);

  /// a * b + c, rounded once if the target has the instruction, else twice.
  llvm::Value* multiply_add(llvm::Value* a, llvm::Value* b, llvm::Value* c);

  /// uniform_of_bits(random_bits(key, site, counter)).
  llvm::Value* uniform(llvm::Value* key, std::uint32_t site, llvm::Value* counter);

 private:
  using Value = llvm::Value*;
  using Coefficients = std::initializer_list<double>;

  Value arithmetic(Scalar function, Value a, Value b);
  Value compare(Scalar function, Value a, Value b);
  Value integer_division(Scalar function, Value a, Value b);

  Value sign(Value a);
  Value floor(Value a);

  /// a = multiple * ln 2 + rest.
  struct Reduced {
    Value multiple, rest;
  };
  Reduced reduce_by_ln2(Value a);
  Value small_expm1(Value rest);
  Value between(Value a, double least, double most);
  Value by_lanes_unless(Value condition, llvm::Intrinsic::ID id, Value a, Value result);
  Value power_of_special(Value a, Value b, Value result);
  Value exp(Value a);
  Value expm1(Value a);
  Value log(Value a);
  Value log1p(Value a);
  Value tanh(Value a);
  Value erf(Value a);
  Value sine(Value a, bool cosine);
  Value power(Value a, Value b);

  static llvm::Type* with_element(Value like, llvm::Type* element) {
    return like->getType()->getWithNewType(element);
  }
  Value number(double value, Value like) const;         // a constant float in all lanes of `like`
  Value integer(std::int64_t value, Value like) const;  // a constant i32
  Value polynomial(Value x, Coefficients highest_first);
  Value times_power_of_two(Value a, Value exponent);
  Value bits(Value a);         // of a float, as an integer
  Value float_of(Value bits);  // the float of these bits
  Value unary(llvm::Intrinsic::ID id, Value a) { return builder_.CreateUnaryIntrinsic(id, a); }

  llvm::IRBuilder<>& builder_;
  bool multiply_add_;
};

}  // namespace dlc
