#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "runtime/data/classes.h"
#include "runtime/data/missing.h"
#include "runtime/data/standardization.h"
#include "tests/files/temporary_folder.h"

using namespace dlc;

namespace {

using Texts = std::vector<std::string>;
using Classes = std::vector<std::int32_t>;

template <class Number>
Column column_of(ElementType element, Shape shape, const std::vector<Number>& numbers) {
  Column column;
  column.name = "c";
  column.element = element;
  column.shape = std::move(shape);
  column.data = bytes_of(std::span<const Number>(numbers));
  column.count = static_cast<std::int64_t>(column.data.size()) / bytes_of_example(column);
  return column;
}

Column integers(const std::vector<std::int32_t>& numbers) {
  return column_of(ElementType::i32, {}, numbers);
}
Column floats(const std::vector<float>& numbers) {
  return column_of(ElementType::f32, {}, numbers);
}

Column texts(Texts cells) {
  Column column;
  column.name = "c";
  column.count = static_cast<std::int64_t>(cells.size());
  column.why_text = TextCell{.text = cells[0], .file = 0, .line = 2, .column = 1};
  column.text = std::move(cells);
  return column;
}

ClassNumbering numbered(const Column& training, const ClassRule& rule) {
  auto numbering = number_classes(training, rule);
  REQUIRE(numbering);
  return *std::move(numbering);
}

Classes classes(const Column& column, const ClassNumbering& numbering) {
  auto result = classes_of(column, numbering, "valid");
  REQUIRE(result);
  return *std::move(result);
}

std::string failure_of(const Column& column, const ClassNumbering& numbering) {
  const auto result = classes_of(column, numbering, "valid");
  REQUIRE_FALSE(result);
  return one_line(result.failure());
}

std::string rule_failure(const Column& training, const ClassRule& rule) {
  const auto result = number_classes(training, rule);
  REQUIRE_FALSE(result);
  return one_line(result.failure());
}

}  // namespace

TEST_CASE("an empty cell is no class", "[data][classes]") {
  Column colors = texts({"red", "", "blue", ""});
  colors.missing = {{.example = 1, .file = 0, .line = 3, .column = 1},
                    {.example = 3, .file = 0, .line = 5, .column = 1}};
  CHECK(numbered(colors, {}).names == Texts{"blue", "red"});
  Column sizes = integers({7, 0, 5});
  sizes.missing = {{.example = 1, .file = 0, .line = 3, .column = 1}};
  CHECK(numbered(sizes, {}).names == Texts{"5", "7"});
}

TEST_CASE("classes are numbered by the rule", "[data][classes]") {
  const ClassNumbering as_they_are = numbered(integers({2, 0}), {.count = 3, .names = {}});
  CHECK(as_they_are.count == 3);
  CHECK(as_they_are.names.empty());
  CHECK(classes(integers({2, 0, 1}), as_they_are) == Classes{2, 0, 1});
  CHECK(failure_of(integers({0, 3}), as_they_are) ==
        "\"c\": 3 in example 1 of valid is no class: there are 0 to 2; "
        "`class` alone, without a number, numbers the values that there are");
  CHECK(failure_of(integers({-1}), as_they_are) ==
        "\"c\": -1 in example 0 of valid is no class: there are 0 to 2; "
        "`class` alone, without a number, numbers the values that there are");
  CHECK(failure_of(column_of<std::uint8_t>(ElementType::u8, {2}, {0, 1, 2, 3}), as_they_are) ==
        "\"c\": 3 in example 1 of valid is no class: there are 0 to 2; "
        "`class` alone, without a number, numbers the values that there are");
  CHECK(classes(column_of<std::uint8_t>(ElementType::u8, {2}, {0, 1, 2, 2}), as_they_are) ==
        Classes{0, 1, 2, 2});

  const ClassNumbering named = numbered(integers({1}), {.count = {}, .names = {"cat", "dog"}});
  CHECK(named.count == 2);
  CHECK(classes(integers({1, 0}), named) == Classes{1, 0});

  const ClassNumbering distinct = numbered(floats({3, 1, 2, 1}), {});
  CHECK(distinct.names == Texts{"1", "2", "3"});
  CHECK(classes(integers({1, 3, 2}), distinct) == Classes{0, 2, 1});
  CHECK(failure_of(integers({1, 4}), distinct) ==
        "\"c\": 4 in example 1 of valid does not occur in the training part");
  CHECK(failure_of(floats({1, 1.5}), distinct) ==
        "\"c\": 1.5 in example 1 of valid is no class: a class is an integer or a text");

  const ClassNumbering sorted = numbered(texts({"pear", "apple", "pear"}), {});
  CHECK(sorted.names == Texts{"apple", "pear"});
  CHECK(classes(texts({"pear", "apple"}), sorted) == Classes{1, 0});
  CHECK(failure_of(texts({"fig"}), sorted) ==
        "\"c\": \"fig\" in example 0 of valid is none of the class names");
  const ClassNumbering listed = numbered(texts({"apple"}), {.count = 2, .names = {"pear", "apple"}});
  CHECK(classes(texts({"pear", "apple"}), listed) == Classes{0, 1});
}

TEST_CASE("classes that do not fit their rule are said", "[data][classes]") {
  CHECK(rule_failure(integers({0}), {.count = 3, .names = {"a"}}) == "\"c\": class[3], but names gives 1");
  CHECK(rule_failure(texts({"a", "b"}), {.count = 3, .names = {}}) ==
        "\"c\": class[3], but the training part has 2 different texts");
  CHECK(rule_failure(floats({0.5F}), {}) ==
        "\"c\": 0.5 in example 0 of train is no class: a class is an integer or a text");
  CHECK(failure_of(texts({"a"}), numbered(integers({0}), {})) ==
        "\"c\": is text in valid, but numbers in the training part");
  CHECK(failure_of(integers({0}), numbered(texts({"a"}), {})) ==
        "\"c\": is numbers in valid, but text in the training part");
}

TEST_CASE("names are read from a file", "[data][classes]") {
  const TemporaryFolder folder;
  const auto names = read_names(folder.put("n.txt", "airplane\r\nT-shirt/top\ncat\n\n\n"));
  REQUIRE(names);
  CHECK(*names == Texts{"airplane", "T-shirt/top", "cat"});
  const auto said = [&](const char* content) {
    const auto failed = read_names(folder.put("n.txt", content));
    REQUIRE_FALSE(failed);
    return without_folder(one_line(failed.failure()), folder);
  };
  CHECK(said("a\n\nb\n") == "n.txt:2: an empty line among the names");
  CHECK(said("a\nb\na") == "n.txt:3: \"a\" stands in line 1 already");
  CHECK(said("\n\n") == "n.txt: there are no names in this file");
  CHECK(said("") == "n.txt: there are no names in this file");
  CHECK_FALSE(read_names(folder / "none.txt"));
}

TEST_CASE("empty cells are refused, filled or dropped", "[data][missing]") {
  Column column = integers({1, 0, 4, 0});
  column.missing = {{.example = 1, .file = 1, .line = 7, .column = 3},
                    {.example = 3, .file = 1, .line = 9, .column = 3}};
  const Texts files{"a.csv", "b.csv"};
  CHECK(refuse_missing(integers({1}), files));
  const auto refused = refuse_missing(column, files);
  REQUIRE_FALSE(refused);
  CHECK(one_line(refused.failure()) ==
        "b.csv:7:3: an empty cell in the column \"c\" (and 1 more); write missing mean, missing drop or "
        "missing with a value "
        "behind the field");
  CHECK(mean_of_present(column) == 2.5);

  Column whole = column;
  fill_missing(whole, -7.0);
  CHECK(whole.element == ElementType::i32);
  CHECK(whole.missing.empty());
  CHECK(number_at(whole, 1) == -7);
  CHECK(number_at(whole, 2) == 4);
  Column broken = column;
  fill_missing(broken, 2.5);
  CHECK(broken.element == ElementType::f32);
  CHECK(number_at(broken, 0) == 1);
  CHECK(number_at(broken, 3) == 2.5);
  Column text = texts({"x", ""});
  text.missing = {{.example = 1, .file = 0, .line = 3, .column = 1}};
  Column other = integers({1, 2, 3, 4});
  const std::vector<const Column*> columns{&column, &other};
  CHECK(complete_examples(columns, 4) == std::vector<std::int64_t>{0, 2});
  fill_missing(text, std::string("unknown"));
  CHECK(text.text == Texts{"x", "unknown"});
  Column empty = integers({0});
  empty.missing = {{.example = 0, .file = 0, .line = 2, .column = 1}};
  CHECK_FALSE(mean_of_present(empty));
}

TEST_CASE("examples are taken with their missing cells", "[data][columns]") {
  Column column = integers({10, 11, 12, 13});
  column.missing = {{.example = 1, .file = 0, .line = 3, .column = 1},
                    {.example = 3, .file = 0, .line = 5, .column = 1}};
  const std::vector<std::int64_t> wanted{3, 0, 1, 1};
  const Column taken = take(column, wanted);
  CHECK(taken.count == 4);
  CHECK(number_at(taken, 0) == 13);
  CHECK(number_at(taken, 1) == 10);
  CHECK(taken.missing == std::vector<MissingCell>{{0, 0, 5, 1}, {2, 0, 3, 1}, {3, 0, 3, 1}});
  CHECK(take(texts({"a", "b", "c", "d"}), wanted).text == Texts{"d", "a", "b", "b"});

  const Column rows = column_of<std::uint8_t>(ElementType::u8, {3}, {0, 1, 2, 3, 4, 5, 6, 7, 8});
  std::vector<std::byte> into(6);
  const std::vector<std::int64_t> two{2, 0};
  gather_rows(rows, two, into);
  CHECK(into == bytes_of(std::span<const std::uint8_t>(std::vector<std::uint8_t>{6, 7, 8, 0, 1, 2})));
  CHECK(number_at(as_f32(rows), 5) == 5);
}

TEST_CASE("standardization agrees with two sweeps over all numbers", "[data][standardize][law]") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::mt19937_64 random(seed);
    INFO("seed " << seed);
    const Shape shape{static_cast<std::int64_t>(1 + random() % 3),
                      static_cast<std::int64_t>(1 + random() % 3)};
    const std::size_t pooled = random() % 3;
    const std::size_t count = 1 + random() % 20;
    const double offset = seed % 2 == 0 ? 0 : 30000;
    std::vector<float> numbers(count * static_cast<std::size_t>(elements_of(shape)));
    for (float& number : numbers)
      number = static_cast<float>(offset + static_cast<double>(random() % 1000) / 100);
    const Standardization found = standardization_of(column_of(ElementType::f32, shape, numbers), pooled);
    CHECK(found.shape == Shape(shape.begin() + static_cast<std::ptrdiff_t>(pooled), shape.end()));
    const std::size_t size = found.mean.size();
    for (std::size_t i = 0; i < size; ++i) {
      double sum = 0;
      double squares = 0;
      const auto samples = static_cast<double>(numbers.size() / size);
      for (std::size_t k = i; k < numbers.size(); k += size) sum += static_cast<double>(numbers[k]);
      for (std::size_t k = i; k < numbers.size(); k += size)
        squares += std::pow(static_cast<double>(numbers[k]) - sum / samples, 2);
      CHECK(found.mean[i] == Approx(sum / samples).epsilon(1e-12));
      const double deviation = std::sqrt(squares / samples);
      if (deviation > 0) CHECK(found.scale[i] == Approx(1 / deviation).epsilon(1e-9));
    }
  }
}

TEST_CASE("what is constant becomes 0, for all element types", "[data][standardize]") {
  const Standardization constant = standardization_of(floats({0.1F, 0.1F, 0.1F}), 0);
  CHECK(constant.mean == std::vector<double>{static_cast<double>(0.1F)});
  CHECK(constant.scale == std::vector<double>{0});
  const Standardization bytes =
      standardization_of(column_of<std::uint8_t>(ElementType::u8, {2}, {0, 5, 200, 5}), 0);
  CHECK(bytes.mean == std::vector<double>{100, 5});
  CHECK(bytes.scale == std::vector<double>{0.01, 0});
  CHECK(standardization_of(integers({-1, 1}), 0).scale == std::vector<double>{1});
}
