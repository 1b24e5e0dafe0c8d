#include "compiler/kernels/contraction/problem.h"

#include <algorithm>

namespace dlc {

namespace {

using Problem = ContractionProblem;

bool runs_on(std::int64_t outer, std::int64_t inner, std::int64_t inner_extent) {
  return outer == inner * inner_extent && (outer == 0) == (inner == 0);
}

bool can_merge(const Problem& problem, std::size_t outer, std::size_t inner) {
  const Problem::Index& i = problem.indices[outer];
  const Problem::Index& j = problem.indices[inner];
  if (problem.in_border(outer) || problem.in_border(inner)) return false;
  for (std::size_t operand = 0; operand < 3; ++operand) {
    if (!runs_on(i.stride[operand], j.stride[operand], j.extent)) return false;
  }
  for (std::size_t k = 0; k < i.extra.size(); ++k) {
    if (!runs_on(i.extra[k], j.extra[k], j.extent)) return false;
  }
  return true;
}

/// Does another index (of the other role) slide in a along this one?
bool is_slid_along(const Problem& problem, std::size_t index) {
  const Problem::Index& one = problem.indices[index];
  return std::any_of(problem.indices.begin(), problem.indices.end(), [&](const Problem::Index& other) {
    return &other != &one && other.is_output() != one.is_output() && other.stride[Problem::a] != 0 &&
           one.stride[Problem::a] != 0 && one.stride[Problem::b] == 0 && other.stride[Problem::b] != 0 &&
           other.stride[Problem::a] == one.stride[Problem::a];
  });
}

void remove(Problem& problem, std::size_t index) {
  problem.indices.erase(problem.indices.begin() + static_cast<std::ptrdiff_t>(index));
  for (Problem::Border& border : problem.borders) {
    border.coefficients.erase(border.coefficients.begin() + static_cast<std::ptrdiff_t>(index));
  }
}

bool merge_once(Problem& problem, bool keep_windows) {
  for (std::size_t outer = 0; outer < problem.indices.size(); ++outer) {
    for (std::size_t inner = 0; inner < problem.indices.size(); ++inner) {
      if (outer == inner || !can_merge(problem, outer, inner)) continue;
      if (keep_windows && (is_slid_along(problem, outer) || is_slid_along(problem, inner))) continue;
      problem.indices[inner].extent *= problem.indices[outer].extent;
      problem.indices[inner].name = problem.indices[outer].name + "_" + problem.indices[inner].name;
      remove(problem, outer);
      return true;
    }
  }
  return false;
}

Problem flattened(const Contraction& contraction) {
  Problem problem;
  for (const Contraction::Index& index : contraction.indices) {
    problem.indices.push_back({index.name, index.extent, {index.out, index.a, index.b}, index.extra});
    problem.indices.back().extra.resize(contraction.extra_offsets.size());
  }
  for (const Contraction::Border& border : contraction.borders) {
    std::vector<std::int64_t> coefficients(contraction.indices.size());
    for (const Contraction::Border::Term& term : border.terms) coefficients[term.index] += term.coefficient;
    problem.borders.push_back({border.constant, std::move(coefficients), border.extent, border.guards_b});
  }
  return problem;
}

/// Drops borders that the ranges prove.
void drop_proved(Problem& problem) {
  std::erase_if(problem.borders, [&](const Problem::Border& border) {
    std::int64_t least = border.constant;
    std::int64_t most = border.constant;
    for (std::size_t i = 0; i < problem.indices.size(); ++i) {
      const std::int64_t reach = border.coefficients[i] * (problem.indices[i].extent - 1);
      (reach < 0 ? least : most) += reach;
    }
    return least >= 0 && most < border.extent;
  });
}

}  // namespace

bool ContractionProblem::in_border(std::size_t index) const {
  return std::any_of(borders.begin(), borders.end(),
                     [&](const Border& border) { return border.names(index); });
}

double ContractionProblem::multiply_adds() const {
  double product = 1;
  for (const Index& index : indices) product *= static_cast<double>(index.extent);
  return product;
}

double ContractionProblem::outputs() const {
  double product = 1;
  for (const Index& index : indices) product *= index.is_output() ? static_cast<double>(index.extent) : 1;
  return product;
}

ContractionProblem simplified(const Contraction& contraction, bool keep_windows) {
  Problem problem = flattened(contraction);
  drop_proved(problem);
  for (std::size_t i = problem.indices.size(); i-- > 0;) {
    if (problem.indices[i].extent == 1) remove(problem, i);
  }
  while (merge_once(problem, keep_windows)) {
  }
  return problem;
}

ContractionProblem swapped(ContractionProblem problem) {
  for (Problem::Index& index : problem.indices) std::swap(index.stride[Problem::a], index.stride[Problem::b]);
  for (Problem::Border& border : problem.borders) border.guards_b = !border.guards_b;
  return problem;
}

}  // namespace dlc
