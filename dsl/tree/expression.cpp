#include "dsl/tree/expression.h"

namespace dlc::tree {

namespace {

/// The part that makes long chains: 1 + 1 + …, a.b.c, x[0][0].
Box<Expression>* spine(Expression& expression) {
  Box<Expression>* next = nullptr;
  if (auto* binary = std::get_if<Binary>(&expression.what)) next = &binary->left;
  if (auto* read = std::get_if<Read>(&expression.what)) next = &read->of;
  if (auto* member = std::get_if<Member>(&expression.what)) next = &member->of;
  return next == nullptr || next->is_empty() ? nullptr : next;
}

}  // namespace

void dismantle(Expression& expression) {
  Box<Expression>* next = spine(expression);
  if (next == nullptr) return;
  Expression rest = std::move(**next);
  while (Box<Expression>* inner = spine(rest)) {
    Expression deeper = std::move(**inner);
    rest = std::move(deeper);
  }
}

}  // namespace dlc::tree
