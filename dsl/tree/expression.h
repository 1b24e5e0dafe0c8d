#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dsl/diagnostics/sources.h"
#include "dsl/tree/box.h"

namespace dlc::tree {

struct Expression;
struct Statement;

void dismantle(Expression& expression);

/// For std::visit: a case for each alternative.
template <class... Cases>
struct match : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
match(Cases...) -> match<Cases...>;

/// A name where it stands.
struct Name {
  std::string text;
  Range range;
};

/// cnn, cnn.head, valid.accuracy
struct Path {
  std::vector<Name> names;
  Range range;
};

/// A string, escapes resolved; the range includes its quotes.
struct String {
  std::string value;
  Range range;
};

/// { … }: the range includes the braces; of `fn f(…) = e` it is that of e.
struct Body {
  std::vector<Statement> statements;
  Range range;
};

// ---------------------------------------------------------------------- literals and names

/// 12, 1_000
struct IntegerLiteral {
  std::int64_t value = 0;
  std::string text;  // as written
};

/// 0.5, 1e-3, inf
struct NumberLiteral {
  double value = 0;
  std::string text;  // as written
};

struct BooleanLiteral {
  bool value = false;
};

struct NoneLiteral {};

struct StringLiteral {
  std::string value;  // escapes resolved
};

/// [1, 2, 3]
struct ListLiteral {
  std::vector<Expression> elements;
};

/// (a, b): two or more
struct TupleLiteral {
  std::vector<Expression> elements;
};

/// The word `training`.
struct Training {};

/// A name that stands for a value.
struct NameUse {
  std::string name;
};

/// ratings.user, valid.accuracy
struct Member {
  Box<Expression> of;
  Name name;
};

// ---------------------------------------------------------------------- calls and reads

/// .., s.. : dimensions that a name without number stands for. `..` has an empty name.
struct Pack {
  Name name;
  Range range;
};

/// e, name = e, "a" .. "b"
struct Argument {
  std::optional<Name> name;
  Box<Expression> value;
  std::optional<Box<Expression>> to;  // "a" .. "b", in columns( ) only
  Range range;
};

/// f(a, b = c); what is called is a name, perhaps of a reducer.
struct Call {
  Name function;
  std::vector<Argument> arguments;
};

using Subscript = std::variant<Pack, Box<Expression>>;

/// x[i, j - 1] else 0
struct Read {
  Box<Expression> of;
  std::vector<Subscript> subscripts;
  std::optional<Box<Expression>> otherwise;
  Range brackets;  // [ … ]
};

/// |> f(a) as stem
struct PipeStep {
  Name function;
  std::vector<Argument> arguments;
  bool has_brackets = false;  // f( ) rather than f
  std::optional<Name> as;
  Range range;  // from the function to the end of its call, without |> and `as`
};

/// x |> f |> g
struct Pipe {
  Box<Expression> value;
  std::vector<PipeStep> steps;
};

// ---------------------------------------------------------------------- operations

enum class UnaryOperator : std::uint8_t { negate, not_ };
enum class BinaryOperator : std::uint8_t {
  or_,
  and_,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  add,
  subtract,
  multiply,
  divide,
  divide_down,
  remainder,
  power
};

struct Unary {
  UnaryOperator operation = UnaryOperator::negate;
  Box<Expression> operand;
};

struct Binary {
  BinaryOperator operation = BinaryOperator::add;
  Box<Expression> left;
  Box<Expression> right;
  Range sign;          // the operator itself
  bool tight = false;  // written without blanks: 2*n
};

/// On a left side or in a reducer: i, i < n, s.., ..
struct Index {
  Name name;
  std::optional<Box<Expression>> extent;
};
using Binder = std::variant<Index, Pack>;

/// In a parameter's list: .., s.., n, 2*n
using Dimension = std::variant<Pack, Box<Expression>>;

/// [n], [g < 4]: of param, state, carry and a field's type
struct Extent {
  std::optional<Name> index;
  Box<Expression> size;
};

/// sum[k] e, max[r < 2, s < 2] e
struct Reduction {
  Name reducer;
  std::vector<Binder> binders;
  Box<Expression> body;
};

/// sum[p in cnn] e
struct PathReduction {
  Name reducer;
  Name variable;
  Path path;
  Box<Expression> body;
};

/// if c { a } else { b }; `else if` is a body that holds that choice alone, and is_chain.
struct Choice {
  Box<Expression> condition;
  Body then;
  std::optional<Body> otherwise;
  bool is_chain = false;
};

/// scan i in x, y { … }
struct Scan {
  Name index;
  std::vector<Name> over;
  Body body;
};

struct Expression {
  std::variant<IntegerLiteral, NumberLiteral, BooleanLiteral, NoneLiteral, StringLiteral, ListLiteral,
               TupleLiteral, Training, NameUse, Member, Call, Read, Pipe, Unary, Binary, Reduction,
               PathReduction, Choice, Scan>
      what;
  Range range;               // without the brackets around it
  bool in_brackets = false;  // ( ) stand around it; they mean nothing more
};

// ---------------------------------------------------------------------- statements

enum class KeptKind : std::uint8_t { param, state, carry };

/// param w[k, n] = e, state m = e, carry h[n] = e
struct KeptStatement {
  KeptKind kind = KeptKind::param;
  Name name;
  std::vector<Extent> extents;  // perhaps none
  Expression value;
};

/// s <- e
struct UpdateStatement {
  Name target;
  Expression value;
};

struct YieldStatement {
  Expression value;
};

/// require c, "message"; expect c, "message"
struct CheckStatement {
  bool is_expect = false;
  Expression condition;
  String message;
};

/// repeat 3 { … }, repeat i < 3 { … }
struct RepeatStatement {
  std::optional<Name> index;
  Expression count;
  Body body;
};

/// y[i, j < n] = e
struct DefinitionStatement {
  Name name;
  std::vector<Binder> binders;
  Expression value;
};

/// z = e; a, b = e
struct BindingStatement {
  std::vector<Name> names;
  Expression value;
};

/// The result of a body, or a choice whose lines stand in its place.
struct ExpressionStatement {
  Expression value;
};

struct Statement {
  std::variant<KeptStatement, UpdateStatement, YieldStatement, CheckStatement, RepeatStatement,
               DefinitionStatement, BindingStatement, ExpressionStatement>
      what;
  Range range;
};

}  // namespace dlc::tree
