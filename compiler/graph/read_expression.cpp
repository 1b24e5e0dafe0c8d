#include "compiler/graph/read_expression.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "compiler/graph/print_expression.h"

namespace dlc {

namespace {

constexpr int deepest = 500;
constexpr std::size_t most_expressions = 10'000;
constexpr std::size_t most_terms = 1'000;

}  // namespace

ExpressionReader::Nested::Nested(ExpressionReader& reader) : reader_(reader) {
  if (++reader.depth_ > deepest) {
    --reader.depth_;
    throw ReadError{"this is nested more than " + std::to_string(deepest) + " deep"};
  }
}

/// A long sum is as deep as it is long.
ExpressionId ExpressionReader::add(Expression expression) {
  if (body_.expressions.size() >= most_expressions)
    throw ReadError{"a body has at most " + std::to_string(most_expressions) + " expressions"};
  return body_.add(std::move(expression));
}

// ------------------------------------------------------------------------- positions

namespace {

/// As written: terms are neither joined nor dropped.
Position times(Position position, std::int64_t factor) {
  position.constant *= factor;
  for (Term& term : position.terms) term.coefficient *= factor;
  return position;
}

}  // namespace

Position ExpressionReader::position() {
  const Nested nested(*this);
  Position sum = cursor_.accept("-") ? times(position_product(), -1) : position_product();
  while (cursor_.is("+") || cursor_.is("-")) {
    const std::int64_t sign = cursor_.next().text == "+" ? 1 : -1;
    const Position next = times(position_product(), sign);
    sum.constant += next.constant;
    sum.terms.insert(sum.terms.end(), next.terms.begin(), next.terms.end());
    if (sum.terms.size() > most_terms)
      throw ReadError{"a position has at most " + std::to_string(most_terms) + " terms"};
  }
  return sum;
}

Position ExpressionReader::position_product() {
  Position product = position_operand();
  for (;;) {
    if (cursor_.accept("*")) {
      Position by = position_operand();
      if (!product.terms.empty()) std::swap(product, by);
      if (!product.terms.empty()) throw ReadError{"a position may be multiplied by a number only"};
      product = times(std::move(by), product.constant);
    } else if (cursor_.accept("//")) {
      product = {0, {{1, Quotient{{product}, cursor_.integer()}}}};
    } else if (cursor_.accept("%")) {
      product = {0, {{1, Remainder{{product}, cursor_.integer()}}}};
    } else {
      return product;
    }
  }
}

Position ExpressionReader::position_operand() {
  if (cursor_.is_number()) return position_of(cursor_.integer());
  if (cursor_.accept("(")) {
    Position inner = position();
    if (cursor_.accept("<")) {
      Lookup* lookup = inner.terms.size() == 1 ? std::get_if<Lookup>(&inner.terms.front().what) : nullptr;
      if (lookup == nullptr) throw ReadError{"only what is looked up has a bound"};
      lookup->bound = cursor_.integer();
    }
    cursor_.expect(")");
    return inner;
  }
  const std::string name = cursor_.name();
  if (const auto index = find_index(name)) return position_of(*index);
  const ValueId tensor = value_named(name);
  Window subscripts = window();
  infer_extents(tensor, subscripts);
  return {0, {{1, Lookup{tensor, std::move(subscripts), graph_[tensor].type.most + 1}}}};
}

Window ExpressionReader::window() {
  Window result;
  if (!cursor_.accept("[")) return result;
  do {
    result.push_back(position());
  } while (cursor_.accept(","));
  cursor_.expect("]");
  return result;
}

void ExpressionReader::infer_extents(ValueId tensor, const Window& window) {
  const Shape& shape = graph_[tensor].type.shape;
  for (std::size_t k = 0; k < std::min(shape.size(), window.size()); ++k) {
    for (std::size_t i = 0; i < indices_.size(); ++i) {
      if (indices_[i].extent == 0 && window[k] == position_of(static_cast<IndexId>(i)))
        indices_[i].extent = shape[k];
    }
  }
}

std::optional<IndexId> ExpressionReader::find_index(std::string_view name) const {
  for (std::size_t i = 0; i < indices_.size(); ++i) {
    if (indices_[i].name == name) return static_cast<IndexId>(i);
  }
  return std::nullopt;
}

ValueId ExpressionReader::value_named(const std::string& name) const {
  const auto found = names_.find(name);
  if (found == names_.end()) throw ReadError{"there is no value " + name + " before this line"};
  return found->second;
}

// ------------------------------------------------------------------------- bodies

Body ExpressionReader::body(std::optional<Kind> expected) {
  definitions();
  Part root = with_otherwise();
  fix(root, expected.value_or(Kind::number));
  body_.root = root.id;
  return std::move(body_);
}

/// let a = …, b = … in
void ExpressionReader::definitions() {
  if (!cursor_.accept("let")) return;
  do {
    const std::string name = cursor_.name();
    cursor_.expect("=");
    Part part = with_otherwise();
    fix(part, Kind::number);
    if (!defined_.emplace(name, part.id).second) throw ReadError{name + " is defined twice"};
  } while (cursor_.accept(","));
  cursor_.expect("in");
}

ExpressionReader::Part ExpressionReader::with_otherwise() {
  const Nested nested(*this);
  const Part part = chain(strength::disjunction);
  if (!cursor_.accept("else")) return part;
  // The read was the last to be listed; what it uses must stand before it.
  const bool is_last = static_cast<std::size_t>(part.id) + 1 == body_.expressions.size();
  const auto* found = std::get_if<Read>(&body_[part.id]);
  if (!is_last || found == nullptr || found->otherwise) throw ReadError{"else must follow a read"};
  Read read = *found;
  body_.expressions.pop_back();
  Part otherwise = with_otherwise();
  fix(otherwise, graph_[read.tensor].type.kind);
  read.otherwise = otherwise.id;
  return {add(std::move(read)), false};
}

namespace {

constexpr std::array infix_functions = {
    Scalar::logical_or, Scalar::logical_and, Scalar::equal,    Scalar::not_equal, Scalar::less_equal,
    Scalar::less,       Scalar::greater,     Scalar::add,      Scalar::subtract,  Scalar::greater_equal,
    Scalar::multiply,   Scalar::divide,      Scalar::quotient, Scalar::remainder};

std::optional<Scalar> infix_at(const Cursor& cursor, int level) {
  for (const Scalar function : infix_functions) {
    const Notation notation = notation_of(function);
    if (notation.strength == level && cursor.is(notation.sign)) return function;
  }
  return std::nullopt;
}

}  // namespace

/// Operators of at least this strength, from the left.
ExpressionReader::Part ExpressionReader::chain(int least) {
  if (least == strength::negation) {
    if (!cursor_.accept("not")) return chain(least + 1);
    const Nested nested(*this);
    const Part operand = chain(least);
    return apply(Scalar::logical_not, operand, operand);
  }
  if (least == strength::sign) return signed_operand();
  Part left = chain(least + 1);
  while (const auto function = infix_at(cursor_, least)) {
    cursor_.next();
    const Part right = chain(least + 1);
    left = apply(*function, left, right);
    if (least == strength::comparison) break;
  }
  return left;
}

ExpressionReader::Part ExpressionReader::signed_operand() {
  if (!cursor_.accept("-")) return operand();
  if (cursor_.is_number() || cursor_.is("inf") || cursor_.is("nan")) return number_literal(true);
  const Nested nested(*this);
  const Part of = signed_operand();
  return apply(Scalar::negate, of, of);
}

ExpressionReader::Part ExpressionReader::operand() {
  if (cursor_.is_number() || cursor_.is("inf") || cursor_.is("nan")) return number_literal(false);
  if (cursor_.accept("(")) {
    const Part part = with_otherwise();
    cursor_.expect(")");
    return part;
  }
  if (cursor_.accept("[")) {
    PositionValue value{position()};
    cursor_.expect("]");
    return {add(std::move(value)), false};
  }
  return word_operand();
}

ExpressionReader::Part ExpressionReader::word_operand() {
  if (cursor_.is("true") || cursor_.is("false")) {
    return {add(Constant{cursor_.next().text == "true" ? 1.0 : 0.0, Kind::boolean}), false};
  }
  if ((cursor_.is("integer") || cursor_.is("number")) && !cursor_.is("(", 1)) {
    const Kind kind = cursor_.next().text == "integer" ? Kind::integer : Kind::number;
    Part literal = number_literal(cursor_.accept("-"));
    fix(literal, kind);
    return literal;
  }
  if (cursor_.is("select")) return select();
  if (cursor_.is("draw")) return draw();
  if (cursor_.peek().kind == Token::Kind::word && cursor_.is("(", 1)) return call();
  return read();
}

ExpressionReader::Part ExpressionReader::number_literal(bool is_negative) {
  double value = 0;
  if (cursor_.accept("inf")) {
    value = std::numeric_limits<double>::infinity();
  } else if (cursor_.accept("nan")) {
    value = std::numeric_limits<double>::quiet_NaN();
  } else {
    if (!cursor_.is_number()) cursor_.fail("a number");
    const std::string& text = cursor_.next().text;
    std::from_chars(text.data(), text.data() + text.size(), value);
  }
  return {add(Constant{is_negative ? -value : value, Kind::number}), true};
}

ExpressionReader::Part ExpressionReader::read() {
  const std::string name = cursor_.name();
  if (const auto found = defined_.find(name); found != defined_.end()) return {found->second, false};
  if (const auto index = find_index(name)) return {add(PositionValue{position_of(*index)}), false};
  const ValueId tensor = value_named(name);
  Window subscripts = window();
  infer_extents(tensor, subscripts);
  return {add(Read{tensor, std::move(subscripts), std::nullopt}), false};
}

ExpressionReader::Part ExpressionReader::call() {
  const std::string name = cursor_.next().text;
  const auto function = find_scalar(name);
  if (!function) throw ReadError{"there is no scalar function " + name};
  cursor_.expect("(");
  const Part a = with_otherwise();
  Part b = a;
  if (facts(*function).arity == 2) {
    cursor_.expect(",");
    b = with_otherwise();
  }
  cursor_.expect(")");
  return apply(*function, a, b);
}

ExpressionReader::Part ExpressionReader::select() {
  cursor_.expect("select");
  cursor_.expect("(");
  Part condition = with_otherwise();
  fix(condition, Kind::boolean);
  cursor_.expect(",");
  Part a = with_otherwise();
  cursor_.expect(",");
  Part b = with_otherwise();
  cursor_.expect(")");
  agree(a, b);
  return {add(Select{condition.id, a.id, b.id}), a.is_flexible};
}

ExpressionReader::Part ExpressionReader::draw() {
  cursor_.expect("draw");
  cursor_.expect("(");
  Draw result;
  result.key = value_named(cursor_.name());
  cursor_.expect(",");
  result.site = static_cast<std::uint32_t>(cursor_.integer());
  cursor_.expect(",");
  result.counter = position();
  cursor_.expect(")");
  return {add(std::move(result)), false};
}

// ------------------------------------------------------------------------- kinds

ExpressionReader::Part ExpressionReader::apply(Scalar function, Part a, Part b) {
  switch (facts(function).signature) {
    case Signature::number:
    case Signature::to_integer:
      fix(a, Kind::number);
      fix(b, Kind::number);
      break;
    case Signature::integer:
    case Signature::to_number:
      fix(a, Kind::integer);
      fix(b, Kind::integer);
      break;
    case Signature::logical:
      fix(a, Kind::boolean);
      fix(b, Kind::boolean);
      break;
    case Signature::arithmetic: agree(a, b); break;
    case Signature::comparison:
      agree(a, b);
      fix(a, Kind::number);
      fix(b, Kind::number);
      break;
  }
  const Kind first = kind_of(body_, a.id, graph_);
  const Kind second = kind_of(body_, b.id, graph_);
  if (!result_kind(function, first, second)) {
    const std::string name(facts(function).name);
    throw ReadError{name + " does not take " + std::string(word_of(first)) + " and " +
                    std::string(word_of(second))};
  }
  const bool is_flexible =
      facts(function).signature == Signature::arithmetic && a.is_flexible && b.is_flexible;
  return {add(Call{function, a.id, b.id}), is_flexible};
}

void ExpressionReader::agree(Part& a, Part& b) {
  if (a.is_flexible && !b.is_flexible) fix(a, kind_of(body_, b.id, graph_));
  if (b.is_flexible && !a.is_flexible) fix(b, kind_of(body_, a.id, graph_));
}

/// Gives the flexible part its kind; what has its kind already stays as it is.
void ExpressionReader::fix(Part& part, Kind kind) {
  if (!part.is_flexible) return;
  if (kind == Kind::boolean) throw ReadError{"there is a number where a boolean is wanted"};
  part.is_flexible = false;
  Expression& expression = body_.expressions[static_cast<std::size_t>(part.id)];
  const auto fix_below = [&](ExpressionId id) {
    Part below{id, true};
    fix(below, kind);
  };
  if (auto* constant = std::get_if<Constant>(&expression)) {
    constant->kind = kind;
  } else if (const auto* call = std::get_if<Call>(&expression)) {
    fix_below(call->a);
    if (call->b != call->a) fix_below(call->b);
  } else if (const auto* select = std::get_if<Select>(&expression)) {
    fix_below(select->a);
    fix_below(select->b);
  }
}

}  // namespace dlc
