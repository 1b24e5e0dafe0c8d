#include <catch2/catch.hpp>

#include "tests/grammar/files.h"

namespace dlc::tests {

namespace {

using namespace tree;
using Random = std::mt19937;

std::size_t below(Random& random, std::size_t count) {
  return random() % count;
}

/// What is printed reads back to the same tree and prints as itself.
void check_form(const std::string& text) {
  const Parsed first = parsed(text);
  REQUIRE(first.tree);
  const std::string printed = format(*first.tree);
  const Parsed second = parsed(printed);
  INFO("--- text\n" << text << "--- printed\n" << printed << second.messages());
  REQUIRE(second.tree);
  CHECK(second.diagnostics.empty());
  CHECK(dump(*second.tree) == dump(*first.tree));
  CHECK(format(*second.tree) == printed);
  CHECK(second.tree->layout.comments.size() == first.tree->layout.comments.size());
}

Expression made(decltype(Expression::what) what) {
  return Expression{std::move(what), {}, false};
}

Expression random_expression(Random& random, int depth);

Box<Expression> random_part(Random& random, int depth) {
  return random_expression(random, depth - 1);
}

Name random_name(Random& random) {
  return {std::string(1, static_cast<char>('a' + below(random, 6))), {}};
}

Body random_body(Random& random, int depth) {
  Body body;
  if (below(random, 3) == 0) {
    BindingStatement binding;
    binding.names.push_back(random_name(random));
    binding.value = random_expression(random, depth - 1);
    body.statements.push_back({std::move(binding), {}});
  }
  body.statements.push_back({ExpressionStatement{random_expression(random, depth - 1)}, {}});
  return body;
}

Expression random_choice(Random& random, int depth) {
  Choice choice;
  choice.condition = random_part(random, depth);
  choice.then = random_body(random, depth);
  if (below(random, 3) > 0) choice.otherwise = random_body(random, depth);
  return made(std::move(choice));
}

Expression random_reduction(Random& random, int depth) {
  Reduction reduction;
  reduction.reducer.text = below(random, 2) == 0 ? "sum" : "max";
  if (below(random, 4) == 0) reduction.binders.push_back(Pack{});
  Index index;
  index.name = random_name(random);
  if (below(random, 2) == 0) index.extent = random_part(random, depth);
  reduction.binders.push_back(std::move(index));
  reduction.body = random_part(random, depth);
  return made(std::move(reduction));
}

Expression random_read(Random& random, int depth) {
  Read read;
  read.of = random_part(random, depth);
  read.subscripts.push_back(random_part(random, depth));
  // -1 alone in a subscript is an error of its own.
  if (const auto* unary = std::get_if<Unary>(&std::get<Box<Expression>>(read.subscripts[0])->what)) {
    if (std::holds_alternative<IntegerLiteral>(unary->operand->what))
      read.subscripts[0] = Pack{random_name(random), {}};
  }
  if (below(random, 2) == 0) read.otherwise = random_part(random, depth);
  return made(std::move(read));
}

Expression random_call(Random& random, int depth) {
  Call call;
  call.function.text = below(random, 3) == 0 ? "min" : "f";
  for (std::size_t i = below(random, 3); i > 0; --i) {
    Argument argument;
    if (below(random, 3) == 0) argument.name = random_name(random);
    argument.value = random_part(random, depth);
    call.arguments.push_back(std::move(argument));
  }
  return made(std::move(call));
}

Expression random_pipe(Random& random, int depth) {
  Pipe pipe;
  pipe.value = random_part(random, depth);
  for (std::size_t i = 1 + below(random, 2); i > 0; --i) {
    PipeStep step;
    step.function = random_name(random);
    if (below(random, 3) == 0) step.as = random_name(random);
    pipe.steps.push_back(std::move(step));
  }
  return made(std::move(pipe));
}

Expression random_leaf(Random& random) {
  switch (below(random, 6)) {
    case 0: return made(IntegerLiteral{12, "12"});
    case 1: return made(NumberLiteral{0.5, "0.5"});
    case 2: return made(StringLiteral{"a \"b\" \\ \n"});
    case 3: return made(BooleanLiteral{true});
    case 4: return made(Training{});
    default: return made(NameUse{random_name(random).text});
  }
}

Expression random_expression(Random& random, int depth) {
  if (depth <= 0) return random_leaf(random);
  switch (below(random, 13)) {
    case 0: return random_choice(random, depth);
    case 1: return random_reduction(random, depth);
    case 2: return random_read(random, depth);
    case 3: return random_call(random, depth);
    case 4: return random_pipe(random, depth);
    case 5: return made(Unary{UnaryOperator::negate, random_part(random, depth)});
    case 6: return made(Unary{UnaryOperator::not_, random_part(random, depth)});
    case 7: return made(Member{random_part(random, depth), random_name(random)});
    case 8: {
      ListLiteral list;
      for (std::size_t i = below(random, 3); i > 0; --i)
        list.elements.push_back(random_expression(random, depth - 1));
      return made(std::move(list));
    }
    case 9: {
      TupleLiteral tuple;
      for (int i = 0; i < 2; ++i) tuple.elements.push_back(random_expression(random, depth - 1));
      return made(std::move(tuple));
    }
    default: {
      const auto operation = static_cast<BinaryOperator>(below(random, 15));
      return made(Binary{
          operation, random_part(random, depth), random_part(random, depth), {}, below(random, 2) == 0});
    }
  }
}

}  // namespace

TEST_CASE("the library and the examples stand in the canonical form", "[format]") {
  for (const auto& file : net_files()) {
    INFO(file);
    const std::string text = read_text(file);
    check_form(text);
    CHECK(format(*parsed(text).tree) == text);
  }
}

TEST_CASE("random expressions print and read back to the same tree", "[format]") {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    const Expression expression = random_expression(random, 1 + static_cast<int>(seed % 4));
    const std::string text = format(expression);
    Sources sources;
    Diagnostics diagnostics;
    const FileId file = sources.add("model.net", text);
    const auto read = parse_expression(file, sources, diagnostics);
    INFO("seed " << seed << ": " << text << "\n" << to_text(diagnostics, sources));
    REQUIRE(read);
    REQUIRE(dump(*read) == dump(expression));
    CHECK(format(*read) == text);
  }
}

TEST_CASE("blanks, line breaks, comments and columns get their form", "[format]") {
  const Parsed result = parsed(
      "# top\n\n\n\nconst   a=1   # one\nconst bb  = 2\nconst c   = 3\n"
      "fn f( x [ n ],k:int|string=2*3 )  {\n\n      y=x*k+1 # why\n\n\n      # because\n      ((y))\n   # "
      "end\n}\n"
      "net n(x){ x|>f |>g( 1,b=2 , )\n # in between\n |>h as last }\n");
  REQUIRE(result.diagnostics.empty());
  CHECK(format(*result.tree) ==
        "# top\n\nconst a = 1   # one\nconst bb = 2\nconst c  = 3\n"
        "fn f(x[n], k: int | string = 2*3) {\n  y = x*k + 1  # why\n\n  # because\n  (y)\n  # end\n}\n"
        "net n(x) {\n  x |> f |> g(1, b = 2)\n    # in between\n    |> h as last\n}\n");
}

TEST_CASE("comments at every place reach their form in one go", "[format]") {
  const Parsed first = parsed(
      "fn f( # a\n  x[n], # b\n  # c\n  s: int=2 # d\n) = # e\n # f\n x[s] # g\n"
      "fn g(x){ # h\n # i\n if x > 1 { # j\n   x # k\n } # l\n else { # m\n   # n\n   2 # o\n } # p\n # "
      "q\n}\n"
      "const b = [ # r\n 1, # s\n 2 # t\n # u\n] # v\n"
      "net m(x[n]) { x # w\n  # x\n  |> dense(3) # y\n  # z\n  |> relu\n}\n");
  REQUIRE(first.diagnostics.empty());
  const std::string once = format(*first.tree);
  CHECK(std::count(once.begin(), once.end(), '#') == 26);
  CHECK(format(*parsed(once).tree) == once);
}

}  // namespace dlc::tests
