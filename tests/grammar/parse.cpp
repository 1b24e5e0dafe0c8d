#include <catch2/catch.hpp>

#include "dsl/diagnostics/habits.h"
#include "tests/grammar/files.h"

namespace dlc::tests {

namespace {

/// The dump of `const c = text`, in one line.
std::string meaning(const std::string& text) {
  const Parsed result = parsed("const c = " + text + "\n");
  if (!result.diagnostics.empty() || !result.tree) return result.messages();
  std::string dumped = dump(constant_of(result));
  dumped.pop_back();
  std::string line;
  for (const char letter : dumped) {
    if (letter == '\n')
      line += ' ';
    else if (letter != ' ' || line.empty() || line.back() != ' ')
      line += letter;
  }
  return line;
}

}  // namespace

TEST_CASE("the library and the examples parse without a message", "[grammar]") {
  const auto files = net_files();
  REQUIRE(files.size() >= 17);
  for (const auto& file : files) {
    INFO(file);
    const Parsed result = parsed(read_text(file));
    CHECK(result.messages() == "");
    REQUIRE(result.tree);
    CHECK(!result.tree->declarations.empty());
    CHECK(!result.tree->doc.empty());
  }
}

TEST_CASE("operators bind as the language says", "[grammar]") {
  CHECK(meaning("-x^2") == meaning("-(x^2)"));
  CHECK(meaning("a ^ b ^ c") == meaning("a ^ (b ^ c)"));
  CHECK(meaning("a - b - c") == meaning("(a - b) - c"));
  CHECK(meaning("a - b - c") != meaning("a - (b - c)"));
  CHECK(meaning("a + b * c") == meaning("a + (b * c)"));
  CHECK(meaning("sum[k] a[k] * b[k] + c") == meaning("(sum[k] a[k] * b[k]) + c"));
  CHECK(meaning("sum[k] a[k] * b[k] + c") != meaning("(sum[k] a[k]) * b[k] + c"));
  CHECK(meaning("not a == b and c or d") == meaning("((not (a == b)) and c) or d"));
  CHECK(meaning("a // b % c") == meaning("(a // b) % c"));
  CHECK(meaning("x[i] else 0 * k") == meaning("(x[i] else 0) * k"));
  CHECK(meaning("x[i] else x[i - 1] else 0") == "(read x (list i) (read x (list (- i 1)) 0))");
  CHECK(meaning("x[i] else -inf") == "(read x (list i) (negate inf))");
  CHECK(meaning("x |> f(a) as stem |> g") ==
        "(pipe x (list (step f (list (argument - a -)) stem) (step g (list) -)))");
  CHECK(meaning("sum[p in cnn.head] p") == "(sum p in cnn.head p)");
  CHECK(meaning("max(a, b)") == "(call max (list (argument - a -) (argument - b -)))");
  CHECK(meaning("[1_000, 1e-3, 0.5,]") == "(elements (list 1000 1e-3 0.5))");
}

TEST_CASE("line ends end statements where the language says", "[grammar]") {
  const auto same = [](const std::string& a, const std::string& b) {
    const Parsed first = parsed(a);
    const Parsed second = parsed(b);
    INFO(a << first.messages());
    REQUIRE(first.diagnostics.empty());
    REQUIRE(second.diagnostics.empty());
    CHECK(dump(*first.tree) == dump(*second.tree));
  };
  same("const a =\n  1 +\n\n  2\n  * 3\n", "const a = 1 + 2 * 3");
  same("const a = f(1,\n 2\n)\n", "const a = f(1, 2)");
  same("const a = x # remark |> g\n  |> f\r\n", "const a = x |> f");
  same("fn f(x) { y = x; y }", "fn f(x)\n{\n  y = x\n\n  y\n}\n");
  same("fn f(x) = g(if x { y = 1\n y } else { 2 })", "fn f(x) = g(if x { y = 1; y } else { 2 })");
  same("fn f(x) {\n  y = x\n  - x\n}", "fn f(x) { y = x; (-x) }");
  same("fn f(x) { x <-1; x }", "fn f(x) { x <- 1; x }");
}

TEST_CASE("doc comments belong to what follows them", "[grammar]") {
  const Parsed result =
      parsed("## About the file.\n## More.\n\n## Of a.\nconst a = 1\n# no doc\nconst b = 2\n");
  REQUIRE(result.tree);
  CHECK(result.tree->doc == "About the file.\nMore.");
  CHECK(result.tree->declarations[0].doc == "Of a.");
  CHECK(result.tree->declarations[1].doc == "");
  CHECK(parsed("## Of a.\nconst a = 1\n").tree->doc == "");
}

TEST_CASE("ranges are those of the text", "[grammar]") {
  const std::string text = "const c = (a + b) * f(x)[0]\n";
  const Parsed result = parsed(text);
  const tree::Expression& whole = constant_of(result);
  const auto& product = std::get<tree::Binary>(whole.what);
  CHECK(result.sources.text(whole.range) == "(a + b) * f(x)[0]");
  CHECK(result.sources.text(product.left->range) == "a + b");
  CHECK(result.sources.text(product.sign) == "*");
  CHECK(result.sources.text(product.right->range) == "f(x)[0]");
}

TEST_CASE("deep nesting is an error, long chains are not", "[grammar]") {
  const auto repeated = [](const std::string& piece, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += piece;
    return text;
  };
  for (const auto& [open, close] :
       std::vector<std::pair<std::string, std::string>>{{"(", ")"},
                                                        {"-", ""},
                                                        {"f(", ")"},
                                                        {"[", "]"},
                                                        {"2^", ""},
                                                        {"x[i] else ", ""},
                                                        {"sum[i] ", ""},
                                                        {"if a { ", " } else { 1 }"}}) {
    const Parsed deep = parsed("const c = " + repeated(open, 5000) + "1" + repeated(close, 5000) + "\n");
    INFO(open);
    CHECK(deep.messages().find("[too-deep]") != std::string::npos);
    CHECK(parsed("const c = " + repeated(open, 60) + "1" + repeated(close, 60) + "\n").messages() == "");
  }
  const std::string chain = "const c = 1" + repeated(" + 1", 50000) + "\n";
  const Parsed result = parsed(chain);
  CHECK(result.messages() == "");
  CHECK(format(*result.tree) == chain);
  CHECK(dump(*result.tree).size() > 50000);
}

TEST_CASE("near names are found", "[diagnostics]") {
  CHECK(nearest_name("epoch", {"batch", "epochs", "steps"}) == "epochs");
  CHECK(nearest_name("padding", {"size", "pad", "stride"}) == "pad");
  CHECK(nearest_name("minimise", {"metric", "minimize"}) == "minimize");
  CHECK(nearest_name("Relu", {"relu", "elu"}) == "relu");
  CHECK(!nearest_name("zebra", {"batch", "epochs"}));
}

TEST_CASE("equal messages are shown once, fallbacks only where nothing else stands, all in the file's order",
          "[diagnostics]") {
  Sources sources;
  const FileId file = sources.add("a.net", "é = b\nc\n");
  Diagnostics diagnostics;
  diagnostics.add(message::foreign_sign, {file, 7, 8}, "c", "d");
  diagnostics.add(message::foreign_value, {file, 5, 6}, "b", "d")
      .note(message::did_you_mean, {file, 7, 8}, "x");
  diagnostics.add(message::foreign_value, {file, 5, 6}, "b", "d");
  diagnostics.add({"late", Severity::fallback, "not shown", {file, 5, 6}, {}});
  CHECK(to_text(diagnostics, sources) ==
        "a.net:1:5: error: `b` is written `d` here [foreign-value]\n"
        "    1 | é = b\n"
        "      |     ^\n"
        "note: did you mean `x`?, a.net:2:1\n"
        "a.net:2:1: error: there is no `c` here: write `d` [foreign-sign]\n"
        "    2 | c\n"
        "      | ^\n");
  CHECK(to_json(diagnostics, sources)
            .find("\"line\": 1, \"column\": 5, \"end_line\": 1, \"end_column\": 6, \"severity\": "
                  "\"error\", \"identifier\": \"foreign-value\"") != std::string::npos);
  CHECK(to_json(Diagnostics(), sources) == "[]\n");
}

}  // namespace dlc::tests
