// Each schedule on shapes that fill whole vectors, leave remainders, and are cut into chunks and parts.
#include <catch2/catch.hpp>

#include "compiler/passes/runner/run_passes.h"
#include "compiler/target/target.h"
#include "tests/plan/running.h"

namespace {

using namespace dlc;
using namespace dlc::test;

struct Case {
  const char* name;
  const char* text;
};

const Case cases[] = {
    {"a sweep with a broadcast", R"(
x = input [37, 130]
b = input [130]
y[i < 37, j < 130] = exp(x[i, j]) * 0.1 + b[j]
z[i < 37, j < 130] = select(y[i, j] > 1, y[i, j], x[i, j] * x[i, j])
output y
output z)"},
    {"a sweep that runs as one index, in chunks with a remainder", R"(
x = input [61, 7, 101]
y[i < 61, j < 7, k < 101] = maximum(x[i, j, k], 0) + 1
output y)"},
    {"a transposed and a reversed read", R"(
x = input [45, 67]
y[i < 67, j < 45] = x[j, i] - x[44 - j, 66 - i]
output y)"},
    {"borders, quotients and remainders along the lanes", R"(
x = input [19, 50]
y[i < 20, j < 103] = (x[i - 1, j // 2] else 7) + (x[i, (j - 3) % 60] else -1) + number(j % 5)
output y)"},
    {"lookups and bytes", R"(
x = input number u8 [40, 9]
label = input integer 0..39 [300]
y[n < 300, j < 9] = x[label[n], j] / 255 + number(label[n])
output y)"},
    {"draws", R"(
key = input integer 0..1000000
y[i < 100, j < 70] = draw(key, 5, 70*i + j)
output y)"},
    {"a long sum to one number", R"(
x = input [200, 515]
y = sum[i < 200, j < 515] x[i, j] * x[i, j]
z = y / 103000
output z)"},
    {"sums of columns, in parts", R"(
x = input [3000, 33]
y[j < 33] = sum[i < 3000] x[i, j]
z[j < 33] = y[j] / 3000
output y
output z)"},
    {"sums of rows", R"(
x = input [300, 257]
m[i < 300] = max[j < 257] x[i, j]
e[i < 300, j < 257] = exp(x[i, j] - m[i])
t[i < 300] = sum[j < 257] e[i, j]
p[i < 300, j < 257] = e[i, j] / t[i]
output p)"},
    {"products, minima and booleans", R"(
x = input [90, 40]
a[i < 90] = product[j < 40] 1 + x[i, j] * 0.01
b[j < 40] = min[i < 90] x[i, j]
c[i < 90] = any[j < 40] x[i, j] > 2.5
d[j < 40] = all[i < 90] x[i, j] < 2
e = any[i < 90, j < 40] x[i, j] > 3
output a
output b
output c
output d
output e)"},
    {"several reductions in one pass, along the lanes and in parts", R"(
x = input [3000, 33]
w = input [3000, 33]
a[j < 33] = sum[i < 3000] x[i, j]
b[j < 33] = sum[i < 3000] x[i, j] * w[i, j] + 1
c[j < 33] = max[i < 3000] w[i, j]
d[j < 33] = any[i < 3000] w[i, j] > 3
m[j < 33] = a[j] / 3000 + b[j]
output m
output c
output d)"},
    {"an extreme and its place in one pass over windows that meet", R"(
x = input [4, 21, 19, 5]
top[n < 4, i < 10, j < 9, c < 5] = max[r < 3, s < 3] x[n, 2*i + r, 2*j + s, c]
place[n < 4, i < 10, j < 9, c < 5]: 0..8 = argmax[r < 3, s < 3] x[n, 2*i + r, 2*j + s, c]
mean[n < 4, i < 10, j < 9, c < 5] = sum[r < 3, s < 3] x[n, 2*i + r, 2*j + s, c] else 0
output top
output place
output mean)"},
    {"windows that reach over both ends: an inner part and rims", R"(
x = input [9, 21, 19, 37]
top[n < 9, i < 11, j < 10, c < 37] = max[r < 3, s < 3] x[n, 2*i + r - 1, 2*j + s - 1, c] else -100
low[n < 9, i < 25, j < 19, c < 37] = (x[n, i - 2, 18 - j, c] else 3) * (x[n, i - 1, j + 1, c] else 2)
output top
output low)"},
    {"the place of an extreme, along and across the lanes", R"(
x = input [90, 40]
a[i < 90]: 0..39 = argmax[j < 40] x[i, j]
b[j < 40]: 0..89 = argmin[i < 90] x[i, j]
c: 0..3599 = argmax[i < 90, j < 40] x[i, j]
d[i < 90]: 0..39 = argmax[j < 40] floor(x[i, j])
output a
output b
output c
output d)"},
    {"windows and the first of equals", R"(
x = input [4, 22, 22, 20]
r[n < 4, i < 22, j < 22, k < 20] = maximum(x[n, i, j, k], 0)
p[n < 4, i < 10, j < 10, k < 20] = max[a < 3, b < 3] r[n, 2*i + a, 2*j + b, k]
q[n < 4, i < 10, j < 10, k < 20]: 0..8 = argmax[a < 3, b < 3] r[n, 2*i + a, 2*j + b, k]
output p
output q)"},
    {"scatters that meet", R"(
label = input integer 0..11 [500]
g = input [500, 40]
t[label[n], j] in [12, 40] = sum[n < 500, j < 40] g[n, j]
u[label[n]] in [12] = max[n < 500] g[n, 3]
v[i + j] in [30] = sum[i < 20, j < 8] g[i, j]
output t
output u
output v)"},
    {"a contraction with a border, bias and a choice", R"(
x = parameter [3, 13, 12, 5]
w = parameter [3, 3, 5, 19]
b = parameter [19]
y[n < 3, i < 13, j < 12, f < 19] = sum[r < 3, s < 3, k < 5] (x[n, i+r-1, j+s-1, k] else 0) * w[r, s, k, f]
z[n < 3, i < 13, j < 12, f < 19] = y[n, i, j, f] + b[f]
a[n < 3, i < 13, j < 12, f < 19] = maximum(z[n, i, j, f], 0)
q = sum[n < 3, i < 13, j < 12, f < 19] a[n, i, j, f] * a[n, i, j, f]
g_w = gradient of q by w
g_x = gradient of q by x
g_b = gradient of q by b
output q
output g_w
output g_x
output g_b)"},
    {"a strided contraction and its gradients", R"(
x = parameter [2, 15, 14, 6]
w = parameter [3, 3, 6, 8]
y[n < 2, i < 8, j < 7, f < 8] = sum[r < 3, s < 3, k < 6] (x[n, 2*i+r-1, 2*j+s-1, k] else 0) * w[r, s, k, f]
q = sum[n < 2, i < 8, j < 7, f < 8] tanh(y[n, i, j, f])
g_w = gradient of q by w
g_x = gradient of q by x
output q
output g_w
output g_x)"},
    {"an update in the epilogue of its gradient", R"(
x = input [64, 30]
w = parameter [30, 20]
m = state [30, 20]
y[n < 64, j < 20] = sum[i < 30] x[n, i] * w[i, j]
q = sum[n < 64, j < 20] y[n, j] * y[n, j]
g = gradient of q by w
m_new[i < 30, j < 20] = 0.9 * m[i, j] + g[i, j]
w_new[i < 30, j < 20] = w[i, j] - 0.001 * m_new[i, j]
u1 = update m to m_new
u2 = update w to w_new
output q)"},
    {"two states that change places, and one kept for an output", R"(
a = state [100]
b = state [100]
v = view a [10, 10]
c[i < 10, j < 10] = v[j, i]
u1 = update a to b
u2 = update b to a
output a
output c)"},
};

Graph graph_of(const Case& one) {
  std::variant<Graph, GraphError> graph = read_graph(one.text);
  if (const GraphError* error = std::get_if<GraphError>(&graph)) {
    FAIL(one.name << ", line " << error->line << ": " << error->text);
  }
  return std::get<Graph>(graph);
}

void check(const Case& one, const CompileOptions& options) {
  INFO(one.name);
  const Graph graph = graph_of(one);
  if (const auto broken = broken_rule(graph)) FAIL(*broken);
  for (const std::string& instructions : host_instructions()) {
    INFO(instructions);
    std::variant<Step, std::string> step = compile(graph, host_target(instructions).value(), {}, options);
    if (const std::string* failure = std::get_if<std::string>(&step)) FAIL(*failure);
    const std::map<std::string, Tensor> given = random_values(graph, 7);
    const Outcome found = run(std::get<Step>(step), graph, given, 1);
    if (const auto wrong = difference(found, by_reference(graph, given), 2e-5)) FAIL(*wrong);
    for (const unsigned threads : {2U, 3U, 5U})
      CHECK(run(std::get<Step>(step), graph, given, threads) == found);
  }
}

}  // namespace

TEST_CASE("every schedule gives what the reference gives", "[plan]") {
  for (const Case& one : cases) check(one, {});
}

TEST_CASE("so does every schedule without passes", "[plan]") {
  CompileOptions options;
  for (const Pass& pass : pipeline()) options.skipped.emplace_back(pass.name);
  for (const Case& one : cases) check(one, options);
}

TEST_CASE("reductions that read the same elements are one kernel", "[plan]") {
  for (const Case& one : cases) {
    if (std::string_view(one.name).find("in one pass") == std::string_view::npos) continue;
    INFO(one.name);
    const std::variant<Step, std::string> step = compile(graph_of(one), host_target().value());
    CHECK(std::get<Step>(step).kernels().size() == 1);
  }
}
