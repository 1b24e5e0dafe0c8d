#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace dlc {

/// What one element of a value is. In the reference all three are doubles; a boolean is 0 or 1.
enum class Kind : std::uint8_t { number, integer, boolean };

/// The scalar functions, a row of scalar_functions.def each.
enum class Scalar : std::uint8_t {
#define SCALAR(name, arity, signature, cost, range, by_a, by_b, value) name,
#include "compiler/scalar/scalar_functions.def"
};

/// Which kinds a function takes, and which it gives.
enum class Signature : std::uint8_t {
  number,      // numbers to a number
  arithmetic,  // numbers to a number, or integers to an integer
  integer,     // integers to an integer
  comparison,  // two of one kind to a boolean
  logical,     // booleans to a boolean
  to_number,   // an integer or a boolean to a number
  to_integer,  // a number or a boolean to an integer
};

/// Whether moderate finite arguments always give a number of f32, or may give an infinity or no number: such
/// a value must not meet a factor 0 that the text does not have.
enum class ValueRange : std::uint8_t { finite, infinite };

struct ScalarFacts {
  std::string_view name;
  int arity;
  Signature signature;
  int cost;  // in additions of a vector
  ValueRange range;
  /// By the first and by the second argument, in the words of parse_derivative.
  std::string_view derivative[2];
};

const ScalarFacts& facts(Scalar function);

/// All rows, by Scalar.
std::span<const ScalarFacts> scalar_rows();

std::optional<Scalar> find_scalar(std::string_view name);

/// The kind of the result for these operands (b is that of the last where there is one); none if the function
/// does not take them.
std::optional<Kind> result_kind(Scalar function, Kind a, Kind b);

/// The value in double precision: the meaning of the function. b is not read where the arity is 1.
double evaluate(Scalar function, double a, double b);

/// 32 random bits, the same on every machine: Philox 2x32-10 (Salmon et al. 2011, "Parallel random numbers:
/// as easy as 1, 2, 3") of the counter (counter, site) under the key.
std::uint32_t random_bits(std::uint32_t key, std::uint32_t site, std::uint32_t counter);

/// The draw made of those bits: (floor(bits / 2^9) + 1/2) / 2^23, strictly between 0 and 1 in f32 too, where
/// it is exact.
double uniform_of_bits(std::uint32_t bits);

}  // namespace dlc
