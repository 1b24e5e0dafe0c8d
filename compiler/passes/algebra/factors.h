#pragma once

#include <vector>

#include "compiler/passes/algebra/body.h"

namespace dlc::passes {

/// One factor of a product: times an expression, over it, or only where it holds, or does not hold (else the
/// product is 0).
struct Factor {
  enum class How : unsigned char { times, over, where, unless } how{};
  ExpressionId what{};
};

/// scale * all factors. The expressions belong to the body that was taken apart.
struct Product {
  double scale = 1;
  std::vector<Factor> factors;
};

/// The expression as a product: through products, divisions, negations, `select(c, …, 0)` and `select(c, 0,
/// …)`; and `number(i == …)` of an index, which is such a select: where it is 0, nothing else counts.
Product product_of(const Body& body, ExpressionId root);

/// The product as an expression of the maker, to which `moved` brings each factor.
ExpressionId multiplied(const Product& product, BodyBuilder& into,
                        const std::function<ExpressionId(ExpressionId)>& moved);

/// May the factor be infinite or no number although all that is read is finite? Where a condition makes the
/// product 0, such a factor must not be multiplied from outside of the condition.
bool may_be_infinite(const Body& body, const Factor& factor);

/// Is it a condition of the product?
inline bool is_condition(const Factor& factor) {
  return factor.how == Factor::How::where || factor.how == Factor::How::unless;
}

/// Does the value depend on one of the indices marked?
bool depends_on_any(const Body& body, ExpressionId root, const std::vector<bool>& marked);

}  // namespace dlc::passes
