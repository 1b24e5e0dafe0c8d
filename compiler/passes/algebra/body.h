#pragma once

#include <functional>
#include <span>
#include <vector>

#include "compiler/graph/build.h"
#include "compiler/graph/graph.h"

namespace dlc::passes {

/// The operands of an expression, in order.
std::vector<ExpressionId> operands_of(const Expression& expression);

/// Which expressions of the body the root needs (by number).
std::vector<bool> needed(const Body& body, ExpressionId root);

/// Copies what `root` needs: each expression, its operands already what stands for them, goes
/// through `rule`, which gives the id that stands for it.
using ExpressionRule = std::function<ExpressionId(const Expression&)>;
ExpressionId rebuilt(const Body& from, ExpressionId root, const ExpressionRule& rule);

/// The expression with each index replaced (in windows, positions, counters); operands stay.
Expression substituted(const Expression& expression, std::span<const Position> replacement,
                       std::span<const Index> new_indices);

/// Does the value of the expression, operands included, depend on the index?
bool depends_on(const Body& body, ExpressionId root, IndexId index);

/// Which indices the value depends on, by number.
std::vector<bool> dependencies(const Body& body, ExpressionId root, std::size_t index_count);

/// A constant with this value?
bool is_constant(const Expression& expression, double value);

/// What one evaluation costs, in additions: reads and constants nothing, divisions and transcendental
/// functions as measured on vectors.
double cost(const Body& body, ExpressionId root);

/// Combiner `none`, written at the identity: one evaluation of the body for each element.
bool is_elementwise(const Definition& definition);

/// Is each element written by indices of its own: index k is subscript k, over the whole dimension?
bool writes_each_element(const Definition& definition, const Shape& shape);

/// The root is a product of two reads, under `sum` with something to sum over.
bool is_contraction(const Definition& definition);

/// How often the body is evaluated.
std::int64_t evaluations(const Definition& definition);

/// Renames: indices that stay keep their order; `replacement` says what stands for each old index.
Body substituted(const Body& body, std::span<const Position> replacement, std::span<const Index> new_indices);

}  // namespace dlc::passes
