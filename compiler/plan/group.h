#pragma once

#include <string_view>
#include <vector>

#include "compiler/graph/graph.h"
#include "compiler/passes/runner/remarks.h"
#include "compiler/plan/order.h"

namespace dlc {

/// An index into the list of kernels, in the order in which they run.
enum class KernelId : std::uint32_t {};
inline std::size_t number_of(KernelId kernel) {
  return static_cast<std::size_t>(kernel);
}

/// How the first definition of a kernel is computed.
enum class Schedule : std::uint8_t { sweep, reduction, contraction, scatter };
std::string_view name_of(Schedule schedule);

/// What is computed together. The first definitions are the roots: one, or several reductions over the same
/// index box that do not need each other. The others are element-wise over the roots' results and read the
/// ones before them only at the same element.
struct Kernel {
  Schedule schedule = Schedule::sweep;
  std::vector<ValueId> computes;
  std::size_t roots = 1;
};

/// Kernels that together compute every definition once, each after those that the order puts before it.
/// Which definitions need memory: all but those that only their own kernel reads. By value; true for inputs,
/// parameters and states too.
std::vector<bool> stored_values(const Graph& graph, const std::vector<Kernel>& kernels);

/// The remarks tell what was joined, and of what was not the first reason.
std::vector<Kernel> group(const Graph& graph, const Order& order, Remarks& remarks);

}  // namespace dlc
