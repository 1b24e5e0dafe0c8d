// A gradient arrives as a scatter: every index i adds to position g(i). Threads must not meet there, so the
// question is asked the other way round: which i reach position m? For an affine g the answer is a box with a
// stride, and the scatter becomes a gather.
//
//   y[i] = sum[k < 3] x[2*i + k] * w[k]                   g(i, k) = 2*i + k
//   dx[2*i + k] += dy[i] * w[k]                           scatter: two different (i, k) may meet
//   dx[2*p + q] = sum[t < 2] (dy[p - t] else 0) * (w[q + 2*t] else 0)
//
// The test "(m - k) even" is no test at run time: m is split into its two phases q, and in each phase half of
// the k remain. That is why strided convolutions need no special case here or anywhere. Where nothing is left
// to sum over (windows that do not overlap), the phases are written as p = m // 2, q = m % 2, and the
// definition is an element-wise one.
//
//   dx[n, label[n]] += dy[n]        becomes        dx[n, m] = select(m == label[n], dy[n], 0)
//
// if the other subscripts already tell all indices: then at most one of them reaches an element.
//
// Before you change this file: (1) the order of additions must depend on shapes alone; (2) phases must cover
// every m once; both are laws of the window module, which solves (window/solve.cpp). This file only decides
// when it pays.

#include "compiler/passes/gather.h"

#include <algorithm>
#include <utility>

#include "compiler/passes/algebra/borders.h"
#include "compiler/passes/runner/rewriter.h"

namespace dlc {

using namespace passes;

namespace {

const Lookup* only_lookup(const Position& position) {
  if (position.terms.size() != 1 || position.terms.front().coefficient != 1) return nullptr;
  return std::get_if<Lookup>(&position.terms.front().what);
}

/// Indices that run over one value only are that value.
Solution without_single_terms(Solution solution) {
  std::vector<Position> moved;
  std::vector<Index> kept;
  for (std::size_t i = 0; i < solution.indices.size(); ++i) {
    if (i >= solution.free && solution.indices[i].extent == 1) {
      moved.push_back(position_of(0));
    } else {
      moved.push_back(position_of(static_cast<IndexId>(kept.size())));
      kept.push_back(solution.indices[i]);
    }
  }
  for (Position& position : solution.replacement) position = substitute(position, moved, kept);
  solution.indices = std::move(kept);
  return solution;
}

/// The free index that stands alone in this position, or the two that make it up as stride * outer + inner -
/// before, with inner and before < stride.
struct Phases {
  std::size_t outer = 0;
  std::optional<std::size_t> inner;
  std::int64_t stride = 1;
  std::int64_t before = 0;
};
std::optional<Phases> phases_of(const Position& position, std::span<const Index> indices) {
  if (position.terms.empty() || position.terms.size() > 2) return std::nullopt;
  std::vector<std::pair<std::int64_t, std::size_t>> terms;
  for (const Term& term : position.terms) {
    const auto* index = std::get_if<IndexId>(&term.what);
    if (index == nullptr) return std::nullopt;
    terms.emplace_back(term.coefficient, number_of(*index));
  }
  std::sort(terms.begin(), terms.end());
  if (terms.front().first != 1) return std::nullopt;
  const std::int64_t stride = terms.back().first;
  const std::int64_t before = -position.constant;
  if (before < 0 || before >= stride) return std::nullopt;
  if (terms.size() == 1) return Phases{terms[0].second, std::nullopt, 1, 0};
  if (indices[terms[0].second].extent != stride) return std::nullopt;
  return Phases{terms[1].second, terms[0].second, stride, before};
}

/// The same solution with one free index for each position m: outer = (m + before) // stride, inner = (m +
/// before) % stride. None if a position has another form.
std::optional<Solution> without_phases(const Solution& solution, const Shape& shape) {
  Solution result;
  result.free = shape.size();
  std::vector<Position> moved(solution.indices.size());
  std::vector<Phases> forms;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const std::optional<Phases> form = phases_of(solution.write[d], solution.indices);
    if (!form) return std::nullopt;
    forms.push_back(*form);
    result.indices.push_back({solution.indices[form->outer].name, shape[d]});
    result.write.push_back(position_of(static_cast<IndexId>(d)));
  }
  for (std::size_t i = solution.free; i < solution.indices.size(); ++i) {
    moved[i] = position_of(static_cast<IndexId>(result.indices.size()));
    result.indices.push_back(solution.indices[i]);
  }
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const Position from_first_block = result.write[d] + position_of(forms[d].before);
    moved[forms[d].outer] = quotient(from_first_block, forms[d].stride, result.indices);
    if (forms[d].inner) moved[*forms[d].inner] = remainder(from_first_block, forms[d].stride, result.indices);
  }
  for (const Position& position : solution.replacement) {
    result.replacement.push_back(substitute(position, moved, result.indices));
  }
  return result;
}

std::vector<bool> tests_of(const Solution& solution, std::span<const Index> old) {
  std::vector<bool> result;
  for (std::size_t k = 0; k < old.size(); ++k) {
    const Range values = range(solution.replacement[k], solution.indices);
    result.push_back(values.least < 0 || values.most >= old[k].extent);
  }
  return result;
}

/// Solves the subscripts that are no lookups; a free index is put in for each that is one.
std::optional<Solution> solve_around_lookups(const Definition& scatter, const Shape& shape) {
  Window solvable;
  Shape part;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (only_lookup(scatter.write[d]) != nullptr) continue;
    solvable.push_back(scatter.write[d]);
    part.push_back(shape[d]);
  }
  std::optional<Solution> solution = solve(solvable, scatter.indices, part);
  if (solution) solution = without_single_terms(std::move(*solution));
  if (!solution || part.size() == shape.size()) return solution;
  if (solution->indices.size() != solution->free) return std::nullopt;  // several would reach one element
  std::optional<Solution> apart = without_phases(*solution, part);
  if (!apart) return std::nullopt;

  Solution result;
  std::vector<Position> moved;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const Position place = position_of(static_cast<IndexId>(d));
    const bool is_lookup = only_lookup(scatter.write[d]) != nullptr;
    result.indices.push_back({is_lookup ? "m" : apart->indices[moved.size()].name, shape[d]});
    result.write.push_back(place);
    if (!is_lookup) moved.push_back(place);
  }
  result.free = shape.size();
  for (const Position& position : apart->replacement) {
    result.replacement.push_back(substitute(position, moved, result.indices));
  }
  return result;
}

/// Adds the tests "this element is the one that is looked up" around the body.
std::optional<ExpressionId> chosen_by_lookups(const Definition& scatter, const Move& move, ExpressionId body,
                                              const Graph& graph, BodyBuilder& maker) {
  ExpressionId result = body;
  for (std::size_t d = 0; d < scatter.write.size(); ++d) {
    if (only_lookup(scatter.write[d]) == nullptr) continue;
    const PositionValue looked_up{substitute(scatter.write[d], move.replacement, move.to)};
    if (!lookups_stay_inside(looked_up, move.to, graph)) return std::nullopt;
    const ExpressionId place = maker.add(PositionValue{position_of(static_cast<IndexId>(d))});
    const ExpressionId is_chosen = maker.call(Scalar::equal, place, maker.add(looked_up));
    const Kind kind = kind_of(maker.unfinished(), result, graph);
    result = maker.add(Select{is_chosen, result, maker.constant(0, kind)});
  }
  return result;
}

std::optional<Definition> gathered(const Definition& scatter, const Shape& shape, const Graph& graph) {
  std::optional<Solution> solution = solve_around_lookups(scatter, shape);
  if (!solution) return std::nullopt;
  if (solution->indices.size() == solution->free) {
    if (auto plain = without_phases(*solution, shape)) solution = std::move(plain);
  }
  const Move move{scatter.indices, solution->replacement, tests_of(*solution, scatter.indices),
                  solution->indices};
  const bool is_tested = std::find(move.test.begin(), move.test.end(), true) != move.test.end();
  if (scatter.combiner == Combiner::none && is_tested) return std::nullopt;
  BodyBuilder maker;
  std::optional<ExpressionId> root = moved_or_zero(scatter.body, scatter.body.root, move, graph, maker);
  if (root) root = chosen_by_lookups(scatter, move, *root, graph, maker);
  if (!root) return std::nullopt;
  const bool sums = solution->indices.size() > solution->free;
  return Definition{solution->indices, solution->write, sums ? Combiner::sum : Combiner::none,
                    maker.finish(*root)};
}

bool is_scatter(const Definition& definition, const Shape& shape) {
  return (definition.combiner == Combiner::sum || definition.combiner == Combiner::none) &&
         !writes_each_element(definition, shape);
}

/// Is this the form that this pass leaves: phases of a stride, and something to sum over?
bool is_solved(const Definition& definition, const Shape& shape) {
  if (definition.combiner == Combiner::none) return false;
  std::vector<std::size_t> used;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const std::optional<Phases> form = phases_of(definition.write[d], definition.indices);
    if (!form) return false;
    const std::int64_t beyond =
        definition.indices[form->outer].extent * form->stride - form->before - shape[d];
    if (beyond < 0 || beyond >= form->stride) return false;
    used.push_back(form->outer);
    if (form->inner) used.push_back(*form->inner);
  }
  std::sort(used.begin(), used.end());
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (used[i] != i) return false;
  }
  return used.size() < definition.indices.size() && definition.write.size() == shape.size();
}

}  // namespace

Graph gather(const Graph& before, Remarks& remarks) {
  Rewriter after(before);
  for (const ValueId id : after.in_order()) {
    Value value = after.renamed(id);
    auto* definition = std::get_if<Definition>(&value.node);
    if (definition != nullptr && is_scatter(*definition, value.type.shape) &&
        !is_solved(*definition, value.type.shape)) {
      if (auto found = gathered(*definition, value.type.shape, after.after())) {
        remarks.add(remark::gathered, {value.name});
        *definition = std::move(*found);
      } else {
        const bool looks_up = std::any_of(definition->write.begin(), definition->write.end(),
                                          [](const Position& position) { return !is_affine(position); });
        remarks.add(remark::not_gathered,
                    {value.name, looks_up ? "several indices reach a place that is looked up"
                                          : "its window is not solved"});
      }
    }
    after.keep(id, std::move(value));
  }
  return std::move(after).finish();
}

}  // namespace dlc
