// Which definitions become one kernel, and what grouping says of those that do not.
#include "compiler/plan/group.h"

#include <catch2/catch.hpp>

#include "compiler/graph/build.h"
#include "compiler/plan/order.h"

namespace {

using namespace dlc;

struct Grouped {
  std::string kernels;  // "[a b] [c]"
  std::string remarks;  // a line each
};

Grouped grouped(std::string_view text) {
  const Settled settled = settle_updates(std::get<Graph>(read_graph(text)));
  Remarks remarks;
  Grouped result;
  for (const Kernel& kernel : group(settled.graph, settled.order, remarks)) {
    result.kernels += result.kernels.empty() ? "[" : " [";
    for (const ValueId id : kernel.computes)
      result.kernels += (id == kernel.computes.front() ? "" : " ") + settled.graph[id].name;
    result.kernels += "]";
  }
  for (const Remark& remark : remarks.all()) result.remarks += text_of(remark) + "\n";
  return result;
}

}  // namespace

TEST_CASE("element-wise definitions follow what they read", "[plan]") {
  const Grouped found = grouped(R"(
x = input [4, 6]
s[i < 4] = sum[j < 6] x[i, j]
m[i < 4] = s[i] / 6
e[i < 4] = exp(m[i])
output e)");
  CHECK(found.kernels == "[s m e]");
  CHECK(found.remarks == "m is computed with s\ne is computed with s\n");
}

TEST_CASE("reductions that read the same in the same turns are one pass", "[plan]") {
  const Grouped found = grouped(R"(
x = input [4, 6]
s[i < 4] = sum[j < 6] x[i, j]
q[i < 4] = sum[j < 6] x[i, j] * x[i, j]
c[j < 6] = sum[i < 4] x[i, j]
output s
output q
output c)");
  CHECK(found.kernels == "[s q] [c]");
  CHECK(found.remarks == "q is computed with s\n");
}

TEST_CASE("what keeps definitions apart is said", "[plan]") {
  const Grouped shapes = grouped(R"(
x = input [4, 6]
a[i < 4, j < 6] = exp(x[i, j])
b[j < 6] = a[0, j] + 1
output a
output b)");
  CHECK(shapes.kernels == "[a] [b]");
  CHECK(shapes.remarks == "b is not computed with a: the shapes are not the same\n");

  const Grouped elements = grouped(R"(
x = input [6]
a[i < 6] = exp(x[i])
b[i < 6] = a[5 - i] + 1
output a
output b)");
  CHECK(elements.kernels == "[a] [b]");
  CHECK(elements.remarks == "b is not computed with a: one reads what the other writes at other elements\n");

  const Grouped third = grouped(R"(
x = input [4, 6]
s[i < 4] = sum[j < 6] x[i, j]
t = sum[i < 4] s[i]
u[i < 4] = s[i] - t
output u)");
  CHECK(third.kernels == "[s] [t] [u]");
  CHECK(third.remarks == "u is not computed with t: the shapes are not the same\n");

  const Grouped finished = grouped(R"(
x = input [4, 6]
m[i < 4] = max[j < 6] x[i, j]
s[i < 4] = sum[j < 6] exp(x[i, j] - m[i])
output s)");
  CHECK(finished.kernels == "[m] [s]");
  CHECK(finished.remarks == "s is not computed with m: it reads the finished result\n");
}
