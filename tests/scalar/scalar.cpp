#include "compiler/scalar/scalar.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace dlc {
namespace {

const std::vector<Scalar> all_functions = {
#define SCALAR(name, arity, signature, cost, range, by_a, by_b, value) Scalar::name,
#include "compiler/scalar/scalar_functions.def"
};

const std::vector<Kind> all_kinds = {Kind::number, Kind::integer, Kind::boolean};

TEST_CASE("names are found, once each", "[scalar]") {
  std::set<std::string> names;
  for (const Scalar function : all_functions) {
    CHECK(find_scalar(facts(function).name) == function);
    CHECK(names.insert(std::string(facts(function).name)).second);
  }
  CHECK_FALSE(find_scalar("").has_value());
  CHECK_FALSE(find_scalar("expo").has_value());
}

TEST_CASE("the functions of one number are those that docs/language.md lists", "[scalar]") {
  std::ifstream file(DLC_SOURCE_DIR "/docs/language.md");
  std::string text;
  while (std::getline(file, text) && !text.starts_with("Scalar functions: `")) {
  }
  REQUIRE(text.starts_with("Scalar functions: `"));
  const std::size_t begin = text.find('`') + 1;
  std::istringstream words(text.substr(begin, text.find('`', begin) - begin));
  std::set<std::string> listed;
  for (std::string word; words >> word;) listed.insert(word);
  for (const char* of_several : {"min", "max", "number"}) CHECK(listed.erase(of_several) == 1);
  std::set<std::string> there;
  for (const ScalarFacts& row : scalar_rows()) {
    const bool is_written_otherwise = row.name == "stop_gradient";
    if (row.arity == 1 && row.signature == Signature::number && !is_written_otherwise)
      there.insert(std::string(row.name));
  }
  CHECK(listed == there);
}

TEST_CASE("a function that leaves the numbers of f32 says so", "[scalar][law]") {
  const double arguments[] = {-100, -1, -0.5, 0, 0.5, 1, 100};
  for (const Scalar function : all_functions) {
    if (result_kind(function, Kind::number, Kind::number) != Kind::number) continue;
    bool leaves = false;
    for (const double a : arguments) {
      for (const double b : arguments)
        leaves |= !(std::fabs(evaluate(function, a, b)) <= std::numeric_limits<float>::max());
    }
    CAPTURE(facts(function).name);
    CHECK(leaves == (facts(function).range == ValueRange::infinite));
  }
}

TEST_CASE("every function takes some kind, and those of two operands only equal kinds", "[scalar]") {
  for (const Scalar function : all_functions) {
    INFO(facts(function).name);
    int taken = 0;
    for (const Kind kind : all_kinds) taken += result_kind(function, kind, kind).has_value() ? 1 : 0;
    CHECK(taken >= 1);
    CHECK(result_kind(function, Kind::number, Kind::boolean).has_value() ==
          (facts(function).arity == 1 && result_kind(function, Kind::number, Kind::number).has_value()));
  }
  CHECK(result_kind(Scalar::add, Kind::integer, Kind::integer) == Kind::integer);
  CHECK_FALSE(result_kind(Scalar::add, Kind::boolean, Kind::boolean).has_value());
  CHECK_FALSE(result_kind(Scalar::divide, Kind::integer, Kind::integer).has_value());
  CHECK_FALSE(result_kind(Scalar::quotient, Kind::number, Kind::number).has_value());
  CHECK(result_kind(Scalar::equal, Kind::boolean, Kind::boolean) == Kind::boolean);
  CHECK(result_kind(Scalar::number, Kind::boolean, Kind::boolean) == Kind::number);
  CHECK(result_kind(Scalar::integer, Kind::number, Kind::number) == Kind::integer);
}

TEST_CASE("results of a comparison or of logic are 0 or 1", "[scalar]") {
  for (const Scalar function : all_functions) {
    if (result_kind(function, Kind::boolean, Kind::boolean) != Kind::boolean) continue;
    for (const double a : {0.0, 1.0}) {
      for (const double b : {0.0, 1.0}) {
        const double y = evaluate(function, a, b);
        CHECK((y == 0 || y == 1));
      }
    }
  }
}

TEST_CASE("quotient rounds down and remainder has the divisor's sign", "[scalar][law]") {
  for (int a = -12; a <= 12; ++a) {
    for (int b = 1; b <= 5; ++b) {
      const double q = evaluate(Scalar::quotient, a, b);
      const double r = evaluate(Scalar::remainder, a, b);
      CHECK(q * b + r == a);
      CHECK(r >= 0);
      CHECK(r < b);
    }
  }
}

TEST_CASE("what is not a number stays so through maximum and minimum", "[scalar]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Scalar function : {Scalar::maximum, Scalar::minimum}) {
    CHECK(std::isnan(evaluate(function, nan, 1)));
    CHECK(std::isnan(evaluate(function, 1, nan)));
  }
}

TEST_CASE("random bits are those of Philox 2x32-10", "[scalar]") {
  // Known answers of Random123 1.09, kat_vectors: counter (first, second word), key, first word of the
  // result.
  CHECK(random_bits(0, 0, 0) == 0xff1dae59U);
  CHECK(random_bits(0xffffffffU, 0xffffffffU, 0xffffffffU) == 0x2c3f628bU);
  CHECK(random_bits(0x13198a2eU, 0x85a308d3U, 0x243f6a88U) == 0xdd7ce038U);
}

TEST_CASE("draws lie strictly between 0 and 1 and spread evenly", "[scalar]") {
  CHECK(uniform_of_bits(0) > 0);
  CHECK(uniform_of_bits(0xffffffffU) < 1);
  CHECK(static_cast<float>(uniform_of_bits(0xffffffffU)) < 1.0F);
  std::vector<int> histogram(16, 0);
  const int draws = 160000;
  for (std::uint32_t i = 0; i < draws; ++i) {
    ++histogram[static_cast<std::size_t>(uniform_of_bits(random_bits(7, 3, i)) * 16)];
  }
  double chi_squared = 0;
  for (const int times : histogram) chi_squared += std::pow(times - draws / 16.0, 2) / (draws / 16.0);
  CHECK(chi_squared < 37.7);  // 15 degrees of freedom, one in a thousand; the draws are fixed
}

}  // namespace
}  // namespace dlc
