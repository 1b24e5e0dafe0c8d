// Sums are brought to  factor * sum of (read * read),  the form that a contraction has:
//
//   sum[k] a[n, k] * b[k, j] * s[n]            s[n] * sum[k] a[n, k] * b[k, j]
//   sum[k] (a[n, k] * b[k] - c[n, k] * d[k])   a difference of two sums
//   sum[i] select(i == label[n], x[n, i], 0)   x[n, label[n]]

#include "compiler/passes/algebra/sums.h"

#include <algorithm>
#include <utility>

#include "compiler/passes/algebra/algebra.h"
#include "compiler/passes/algebra/borders.h"
#include "compiler/passes/algebra/factors.h"

namespace dlc::passes {

namespace {

/// The definition without the indices marked, each of which is `replacement`.
void remove_indices(Definition& definition, const std::vector<bool>& gone,
                    const std::vector<Position>& values) {
  std::vector<Index> kept;
  std::vector<std::size_t> place(gone.size());
  for (std::size_t i = 0; i < gone.size(); ++i) {
    place[i] = kept.size();
    if (!gone[i]) kept.push_back(definition.indices[i]);
  }
  std::vector<Position> moved;
  for (std::size_t i = 0; i < gone.size(); ++i) moved.push_back(position_of(static_cast<IndexId>(place[i])));
  std::vector<Position> replacement;
  for (std::size_t i = 0; i < gone.size(); ++i) {
    replacement.push_back(gone[i] ? substitute(values[i], moved, kept) : moved[i]);
  }
  definition.body = substituted(definition.body, replacement, kept);
  definition.write = substitute(definition.write, replacement, kept);
  definition.indices = std::move(kept);
}

bool is_position(Combiner combiner) {
  return combiner == Combiner::argmax || combiner == Combiner::argmin;
}

/// Is combining a value with itself that value?
bool is_idempotent(Combiner combiner) {
  return combiner == Combiner::maximum || combiner == Combiner::minimum || combiner == Combiner::any ||
         combiner == Combiner::all;
}

/// body * times, where the body is a number or an integer.
void multiply_body(Definition& definition, std::int64_t times, const Graph& graph) {
  const Kind kind = kind_of(definition.body, definition.body.root, graph);
  const ExpressionId root = definition.body.root;
  const ExpressionId factor = definition.body.add(Constant{static_cast<double>(times), kind});
  definition.body.add(Call{Scalar::multiply, root, factor});
}

/// i for which `condition` holds, if it is an equation that names i once: i == e, where e does not depend on
/// i.
std::optional<Position> solved_for(const Body& body, ExpressionId condition, IndexId index,
                                   const Graph& graph) {
  const auto* call = std::get_if<Call>(&body[condition]);
  if (call == nullptr || call->function != Scalar::equal) return std::nullopt;
  const auto as_position = [&](ExpressionId id) -> std::optional<Position> {
    if (const auto* value = std::get_if<PositionValue>(&body[id])) return value->position;
    if (const auto* constant = std::get_if<Constant>(&body[id]);
        constant != nullptr && constant->kind == Kind::integer) {
      return position_of(static_cast<std::int64_t>(constant->value));
    }
    const auto* read = std::get_if<Read>(&body[id]);
    if (read == nullptr || read->otherwise) return std::nullopt;
    const Type& type = graph[read->tensor].type;
    if (type.kind != Kind::integer || type.least < 0 || type.most < type.least) return std::nullopt;
    return Position{0, {{1, Lookup{read->tensor, read->window, type.most + 1}}}};
  };
  const std::optional<Position> a = as_position(call->a);
  const std::optional<Position> b = as_position(call->b);
  if (!a || !b) return std::nullopt;
  const Position difference = *a - *b;  // is 0
  const std::int64_t factor = coefficient(difference, index);
  if (factor != 1 && factor != -1) return std::nullopt;
  const Position rest = difference - scaled(position_of(index), factor);
  if (depends_on(rest, index)) return std::nullopt;
  return scaled(rest, -factor);
}

Body body_of(const Product& product, const Body& from) {
  BodyBuilder maker;
  const auto moved = [&](ExpressionId id) {
    return rebuilt(from, id, [&](const Expression& expression) { return maker.add(expression); });
  };
  return maker.finish(multiplied(product, maker, moved));
}

/// A definition of its own for a sum; the caller goes on with a read of it at the identity.
Read sum_apart(const Value& value, Body body, Rewriter& after) {
  Value sum = value;
  sum.name += "_sum";
  std::get<Definition>(sum.node).body = std::move(body);
  const std::size_t rank = value.type.shape.size();
  return {after.add(std::move(sum)), identity_window(rank), std::nullopt};
}

/// The value is now element-wise over its shape, with this body.
void make_elementwise(Value& value, const BodyBuilder& maker, ExpressionId root) {
  const Definition& old = std::get<Definition>(value.node);
  Definition now;
  const bool keeps_names = is_identity(old.write);
  for (std::size_t d = 0; d < value.type.shape.size(); ++d) {
    now.indices.push_back({keeps_names ? old.indices[d].name : "m" + std::to_string(d), value.type.shape[d]});
  }
  now.write = identity_window(now.indices.size());
  now.body = maker.finish(root);
  value.node = std::move(now);
}

/// The indices of which a factor must not depend to leave the sum: the reduced ones, or all where the free
/// ones are not the subscripts.
std::vector<bool> summed_indices(const Definition& definition, const Shape& shape) {
  if (writes_each_element(definition, shape)) return reduced_indices(definition);
  return std::vector<bool>(definition.indices.size(), true);
}

bool is_sum_of_numbers(const Value& value) {
  const auto* definition = std::get_if<Definition>(&value.node);
  return definition != nullptr && definition->combiner == Combiner::sum && value.type.kind == Kind::number;
}

}  // namespace

std::vector<bool> reduced_indices(const Definition& definition) {
  std::vector<bool> result;
  for (std::size_t i = 0; i < definition.indices.size(); ++i) {
    result.push_back(!depends_on(definition.write, static_cast<IndexId>(i)));
  }
  return result;
}

void drop_indices(Definition& definition, const Shape& shape, const Graph& graph) {
  if (definition.combiner == Combiner::none) return;
  std::vector<bool> gone = reduced_indices(definition);
  std::int64_t times = 1;
  for (std::size_t i = 0; i < gone.size(); ++i) {
    if (!gone[i] || definition.indices[i].extent == 1) continue;
    gone[i] = !depends_on(definition.body, definition.body.root, static_cast<IndexId>(i)) &&
              (is_idempotent(definition.combiner) || definition.combiner == Combiner::sum);
    if (gone[i]) times *= definition.indices[i].extent;
  }
  const bool all_are_gone = gone == reduced_indices(definition);
  if (is_position(definition.combiner) && all_are_gone) return;  // it wants a box to give a position in
  if (definition.combiner == Combiner::sum && times != 1) multiply_body(definition, times, graph);
  if (std::find(gone.begin(), gone.end(), true) != gone.end()) {
    remove_indices(definition, gone, std::vector<Position>(gone.size()));
  }
  if (all_are_gone && writes_each_element(definition, shape)) definition.combiner = Combiner::none;
}

bool is_looked_up(const Definition& sum, const Graph& graph) {
  const std::vector<bool> reduced = reduced_indices(sum);
  const Product product = product_of(sum.body, sum.body.root);
  for (const Factor& factor : product.factors) {
    for (std::size_t i = 0; i < reduced.size(); ++i) {
      const bool is_condition = factor.how == Factor::How::where && reduced[i];
      if (is_condition && solved_for(sum.body, factor.what, static_cast<IndexId>(i), graph)) return true;
    }
  }
  return false;
}

bool look_up(Value& value, Rewriter& after, Remarks& remarks) {
  if (!is_sum_of_numbers(value)) return false;
  auto& definition = std::get<Definition>(value.node);
  const std::vector<bool> reduced = reduced_indices(definition);
  Product product = product_of(definition.body, definition.body.root);
  for (std::size_t f = 0; f < product.factors.size(); ++f) {
    if (product.factors[f].how != Factor::How::where) continue;
    for (std::size_t i = 0; i < reduced.size(); ++i) {
      if (!reduced[i]) continue;
      const auto index = static_cast<IndexId>(i);
      const auto found = solved_for(definition.body, product.factors[f].what, index, after.after());
      if (!found) continue;
      Product rest = product;
      rest.factors.erase(rest.factors.begin() + static_cast<std::ptrdiff_t>(f));
      const Body body = body_of(rest, definition.body);
      std::vector<Position> replacement = identity_window(reduced.size());
      replacement[i] = *found;
      const Range values = range(*found, definition.indices);
      std::vector<bool> test(reduced.size(), false);
      test[i] = values.least < 0 || values.most >= definition.indices[i].extent;
      BodyBuilder maker;
      const Move move{definition.indices, replacement, test, definition.indices};
      const auto root = moved_or_zero(body, body.root, move, after.after(), maker);
      if (!root) continue;
      definition.body = maker.finish(*root);
      std::vector<bool> gone(reduced.size(), false);
      gone[i] = true;
      remove_indices(definition, gone, std::vector<Position>(reduced.size()));
      remarks.add(remark::looked_up, {value.name});
      return true;
    }
  }
  return false;
}

bool factor_out(Value& value, Rewriter& after, Remarks& remarks) {
  if (!is_sum_of_numbers(value)) return false;
  const Definition& definition = std::get<Definition>(value.node);
  const std::vector<bool> reduced = summed_indices(definition, value.type.shape);
  const Product whole = product_of(definition.body, definition.body.root);
  Product inside;
  Product outside{whole.scale, {}};
  const auto is_summed = [&](const Factor& factor) {
    return depends_on_any(definition.body, factor.what, reduced);
  };
  const bool has_condition =
      std::any_of(whole.factors.begin(), whole.factors.end(),
                  [&](const Factor& factor) { return is_condition(factor) && is_summed(factor); });
  for (const Factor& factor : whole.factors) {
    const bool stays = is_summed(factor) || (has_condition && may_be_infinite(definition.body, factor));
    (stays ? inside : outside).factors.push_back(factor);
  }
  const bool has_times = std::any_of(inside.factors.begin(), inside.factors.end(),
                                     [](const Factor& factor) { return factor.how == Factor::How::times; });
  if (inside.factors.empty() || (outside.factors.empty() && outside.scale == 1)) return false;
  if (!has_times && outside.factors.empty())
    return false;  // a count or a sum of inverses: the scale is its numerator
  remarks.add(remark::factored, {value.name});
  BodyBuilder maker;
  const Body from = definition.body;
  const ExpressionId sum = maker.add(sum_apart(value, body_of(inside, from), after));
  const auto moved = [&](ExpressionId id) {
    return rebuilt(from, id, [&](const Expression& expression) { return maker.add(expression); });
  };
  ExpressionId root = sum;
  if (outside.scale == -1) {
    root = maker.call(Scalar::negate, root);
  } else if (outside.scale != 1) {
    root = maker.call(Scalar::multiply, root, maker.constant(outside.scale));
  }
  // Conditions come last: where they make the product 0, no factor counts.
  std::stable_partition(outside.factors.begin(), outside.factors.end(),
                        [](const Factor& factor) { return !is_condition(factor); });
  for (const Factor& factor : outside.factors) {
    const ExpressionId what = moved(factor.what);
    switch (factor.how) {
      case Factor::How::times: root = maker.call(Scalar::multiply, root, what); break;
      case Factor::How::over: root = maker.call(Scalar::divide, root, what); break;
      case Factor::How::where: root = maker.add(Select{what, root, maker.constant(0)}); break;
      case Factor::How::unless: root = maker.add(Select{what, maker.constant(0), root}); break;
    }
  }
  make_elementwise(value, maker, root);
  return true;
}

bool part(Value& value, Rewriter& after, Remarks& remarks) {
  if (!is_sum_of_numbers(value)) return false;
  const Definition& definition = std::get<Definition>(value.node);
  const auto* root = std::get_if<Call>(&definition.body[definition.body.root]);
  if (!writes_each_element(definition, value.type.shape)) return false;
  if (root == nullptr || (root->function != Scalar::add && root->function != Scalar::subtract)) return false;
  const auto side = [&](ExpressionId id) {
    Definition one = definition;
    one.body = body_of(Product{1, {{Factor::How::times, id}}}, definition.body);
    return one;
  };
  const Definition a = side(root->a);
  const Definition b = side(root->b);
  if (!is_contraction(a) || !is_contraction(b)) return false;
  remarks.add(remark::parted, {value.name});
  const Scalar function = root->function;
  BodyBuilder maker;
  const ExpressionId sum_a = maker.add(sum_apart(value, a.body, after));
  const ExpressionId sum_b = maker.add(sum_apart(value, b.body, after));
  make_elementwise(value, maker, maker.call(function, sum_a, sum_b));
  return true;
}

}  // namespace dlc::passes
