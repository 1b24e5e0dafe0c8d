// The text form: what is printed reads back to the same graph; what is written by hand reads as it is meant.

#include <catch2/catch.hpp>

#include "compiler/graph/graph.h"

using namespace dlc;

namespace {

Graph read_or_fail(std::string_view text) {
  auto result = read_graph(text);
  if (const auto* error = std::get_if<GraphError>(&result)) {
    FAIL("line " << error->line << ": " << error->text << "\n" << text);
  }
  return std::get<Graph>(std::move(result));
}

/// Reads, verifies and prints again.
std::string printed_again(std::string_view text) {
  const Graph graph = read_or_fail(text);
  const auto broken = broken_rule(graph);
  INFO(broken.value_or(""));
  REQUIRE(!broken);
  return print(graph);
}

std::string error_of(std::string_view text) {
  const auto result = read_graph(text);
  const auto* error = std::get_if<GraphError>(&result);
  return error == nullptr ? "none" : std::to_string(error->line) + ": " + error->text;
}

}  // namespace

TEST_CASE("every form prints as it was written", "[graph]") {
  const std::string text = R"(image = input number u8 [8, 6, 6, 1]
label = input integer 0..9 [8]
byte = input integer u8 3..250
signed = input integer -3..3
key = input integer 0..1000000
mask = input boolean [8]
w = parameter [3, 3, 1, 4]
b = parameter [4]
m = state [4]
y[n < 8, i < 4, f < 4] = sum[r < 3, s < 3, k < 1] image[n, i + r, s, k] * w[r, s, k, f]  # a.net:9:8, n:3:4
p[n < 8, i < 6] = (image[n, i - 1, 2*i, 0] else -0.5) + 1e-08
v = view y [8, 16]
s[n < 8, c < 10] = v[n, 3*c + 5] / sum_of.n[n, c // 2, c % 2]
)";
  REQUIRE(error_of(text) == "13: there is no value sum_of.n before this line");

  const std::string rest = R"(best[n < 8]: 0..15 = argmax[c < 16] v[n, c]
one: 1..1 = integer 1
half[n < 8, i < 6] = select(mask[n] and not i >= 3 or label[n] == 2, p[n, i] - (p[n, i] - 1), -(2) / -p[n, i])
power[n < 8] = let e1 = exp(p[n, 0]), e2 = power(e1, 2) in maximum(e1 * e2 + e2, number(label[n] * 2))
drop[n < 8, i < 6] = select(draw(key, 3, 6*n + i) < 0.5, 0, p[n, i])
picked[n < 8] = v[n, label[n] + 3] + number([2*n + 1])
table[label[n], f] in [10, 4] = sum[n < 8, f < 4] y[n, 0, f]
phases[2*p_2 + s] in [7] = for[p_2 < 4, s < 2] p[s, p_2]
all_of = all[n < 8] mask[n]
loss = sum[n < 8] picked[n]  # fashion.net:30:3
g = gradient of loss by w
w_new[r < 3, s < 3, k < 1, f < 4] = w[r, s, k, f] - 0.1 * g[r, s, k, f]
update w = w_new
`next m` = update m to b
output loss
output `the best` = best
)";
  const std::string first_lines = text.substr(0, text.find("s[n < 8, c"));
  REQUIRE(printed_again(first_lines + rest) == first_lines + rest);
}

TEST_CASE("extents that are evident need not be written, nor brackets and kinds", "[graph]") {
  const std::string text = R"(
# Two products.
x = input [4, 8]   # the input
a[i, j] = x[i, j] * 2
c[i, j] = ((a[i, j]) + (x[i,j]*3))
d[i, k] = sum[j] a[i, j] * c[k, j]
e[i] = argmax[j] d[i, j]
f[i < 3] = select(i == 1, 1, 0)
output c
)";
  REQUIRE(printed_again(text) == R"(x = input [4, 8]
a[i < 4, j < 8] = x[i, j] * 2
c[i < 4, j < 8] = a[i, j] + x[i, j] * 3
d[i < 4, k < 4] = sum[j < 8] a[i, j] * c[k, j]
e[i < 4]: 0..3 = argmax[j < 4] d[i, j]
f[i < 3] = select(i == 1, 1, 0)
output c
)");
}

TEST_CASE("indices are renamed where their names would be misread", "[graph]") {
  Graph graph;
  const ValueId x = graph.add({"i", {Kind::number, Element::f32, {3}}, Input{}, {}});
  Definition definition;
  definition.indices = {{"i", 3}, {"sum", 2}, {"", 2}};
  definition.write = {position_of(IndexId{0}), position_of(IndexId{1}), position_of(IndexId{2})};
  definition.body.add(Read{x, {position_of(IndexId{0})}, std::nullopt});
  graph.add({"y z", {Kind::number, Element::f32, {3, 2, 2}}, definition, {}});
  const std::string text = print(graph);
  REQUIRE(text == "i = input [3]\n`y z`[i_2 < 3, i_3 < 2, i_4 < 2] = i[i_2]\n");
  REQUIRE(same(read_or_fail(text), graph));
}

TEST_CASE("an error names its line and what was expected", "[graph]") {
  const std::string x = "x = input [4]\n";
  REQUIRE(error_of(x + "y[i] = x[i") == "2: expected ], but the line ends");
  REQUIRE(error_of(x + "\ny[i] = x[i] +") == "3: expected a name, but the line ends");
  REQUIRE(error_of(x + "y[i] = z[i]") == "2: there is no value z before this line");
  REQUIRE(error_of(x + "x = input [4]") == "2: there are two values x");
  REQUIRE(error_of(x + "y[i] = 2") == "2: the extent of i is not evident: write i < …");
  REQUIRE(error_of(x + "y[i] = x[i] and true") == "2: logical_and does not take number and boolean");
  REQUIRE(error_of(x + "y[i] = sin x[i]") == "2: there is no value sin before this line");
  REQUIRE(error_of(x + "y[i] = sinus(x[i])") == "2: there is no scalar function sinus");
  REQUIRE(error_of(x + "y[i] = 2 else 3") == "2: else must follow a read");
  REQUIRE(error_of(x + "y[i, i] = x[i]") == "2: there are two indices i");
  REQUIRE(error_of(x + "y[2*i] in [8] = x[i]") == "2: what writes anywhere lists its indices: for[i < 4] …");
  REQUIRE(error_of(x + "y[i < 4] = integer 3") == "2: an integer says its bounds: name[…]: 0..9 = …");
  REQUIRE(error_of(x + "y[i] = x[i] $") == "2: unexpected character: $");
  REQUIRE(error_of(x + "y[i] = x[i] x[i]") == "2: expected the end of the line, but there is x");
  REQUIRE(error_of(x + "y[i] = x[i*i]") == "2: a position may be multiplied by a number only");
  REQUIRE(error_of(x + "y[i] = x[i] + true * 2") == "2: there is a number where a boolean is wanted");
  REQUIRE(error_of(x + "`y = x[i]") == "2: a name in backquotes does not end");
  REQUIRE(error_of(x + "output y") == "2: there is no value y before this line");
}

TEST_CASE("texts that nest or run on beyond measure are refused in a line", "[graph]") {
  const auto repeated = [](const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  const auto refused = [](const std::string& definition, const std::string& words) {
    const auto read = read_graph("x = input [4]\n" + definition + "\noutput y\n");
    REQUIRE(std::holds_alternative<GraphError>(read));
    CHECK(std::get<GraphError>(read).text.find(words) != std::string::npos);
  };
  const int many = 200'000;
  refused("y[i < 4] = " + repeated("(", many) + "x[i]" + repeated(")", many), "more than 500 deep");
  refused("y[i < 4] = x[" + repeated("(", many) + "i" + repeated(")", many) + "]", "more than 500 deep");
  refused("y[i < 4] = " + repeated("- ", many) + "x[i]", "more than 500 deep");
  refused("y[i < 4] = select(" + repeated("not ", many) + "x[i] > 0, 1, 0)", "more than 500 deep");
  refused("y[i < 4] = " + repeated("x[i] else ", many) + "0", "more than 500 deep");
  refused("y[i < 4] = x[i]" + repeated(" + x[i]", many), "at most 10000 expressions");
  refused("y[i < 4] = x[i" + repeated(" + i", many) + "]", "at most 1000 terms");
}
