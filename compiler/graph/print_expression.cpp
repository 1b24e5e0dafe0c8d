#include "compiler/graph/print_expression.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace dlc {

namespace {

constexpr std::array<std::string_view, 38> keywords = {
    "all",   "and", "any",      "argmax", "argmin", "boolean", "by",     "draw",      "else",    "f32",
    "false", "for", "gradient", "i32",    "in",     "inf",     "input",  "integer",   "let",     "max",
    "min",   "nan", "not",      "number", "of",     "or",      "output", "parameter", "product", "select",
    "state", "sum", "to",       "true",   "u8",     "update",  "view",   "value"};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Prints one body. Expressions that are used more than once get a name: let e1 = …, e2 = … in …
class BodyPrinter {
 public:
  BodyPrinter(const Body& body, std::span<const Index> indices, const Graph& graph)
      : body_(body), indices_(indices), graph_(graph), uses_(body.expressions.size(), 0) {}

  std::string all() {
    std::vector<bool> seen(body_.expressions.size(), false);
    count_uses(body_.root, seen);
    name_shared();
    std::string text;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i].empty()) continue;
      text += text.empty() ? "let " : ", ";
      const std::string name = std::exchange(names_[i], "");  // its own line shows what it is
      text += name + " = " + expression(static_cast<ExpressionId>(i), 0, std::nullopt);
      names_[i] = name;
    }
    return (text.empty() ? "" : text + " in ") + expression(body_.root, 0, std::nullopt);
  }

 private:
  void count_uses(ExpressionId id, std::vector<bool>& seen) {
    const auto i = static_cast<std::size_t>(id);
    ++uses_[i];
    if (seen[i]) return;
    seen[i] = true;
    std::visit(match{
                   [](const Constant&) {},
                   [](const PositionValue&) {},
                   [&](const Read& read) {
                     if (read.otherwise) count_uses(*read.otherwise, seen);
                   },
                   [&](const Call& call) {
                     count_uses(call.a, seen);
                     if (facts(call.function).arity == 2) count_uses(call.b, seen);
                   },
                   [&](const Select& select) {
                     count_uses(select.condition, seen);
                     count_uses(select.a, seen);
                     count_uses(select.b, seen);
                   },
                   [](const Draw&) {},
               },
               body_[id]);
  }

  void name_shared() {
    names_.assign(body_.expressions.size(), "");
    int number = 0;
    const auto is_taken = [&](const std::string& name) {
      const auto has_name = [&](const Index& index) { return index.name == name; };
      return graph_.find(name) || std::any_of(indices_.begin(), indices_.end(), has_name);
    };
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const Expression& expression = body_.expressions[i];
      if (uses_[i] < 2 || std::holds_alternative<Constant>(expression)) continue;
      if (std::holds_alternative<PositionValue>(expression)) continue;
      do {
        names_[i] = "e" + std::to_string(++number);
      } while (is_taken(names_[i]));
    }
  }

  /// The text, in brackets if it binds less than `least`. `expected` is the kind that the reader knows it
  /// must have.
  std::string expression(ExpressionId id, int least, std::optional<Kind> expected) {
    const std::string& name = names_[static_cast<std::size_t>(id)];
    if (!name.empty()) return name;
    return std::visit([&](const auto& form) { return form_text(form, least, expected); }, body_[id]);
  }

  std::string form_text(const Constant& constant, int, std::optional<Kind> expected) {
    if (constant.kind == Kind::boolean) return constant.value != 0 ? "true" : "false";
    std::string text = print_number(constant.value);
    if (constant.kind == expected.value_or(Kind::number)) return text;
    return (constant.kind == Kind::integer ? "integer " : "number ") + text;
  }

  std::string form_text(const PositionValue& value, int, std::optional<Kind>) {
    std::string text = print(value.position, indices_, graph_);
    const std::vector<Term>& terms = value.position.terms;
    const bool is_index = terms.size() == 1 && value.position.constant == 0 &&
                          terms.front().coefficient == 1 &&
                          std::holds_alternative<IndexId>(terms.front().what);
    return is_index ? text : "[" + text + "]";
  }

  std::string form_text(const Read& read, int least, std::optional<Kind>) {
    std::string text = quoted(graph_[read.tensor].name) + print(read.window, indices_, graph_);
    if (!read.otherwise) return text;
    const Kind kind = graph_[read.tensor].type.kind;
    return enclosed(text + " else " + expression(*read.otherwise, 0, kind), 0, least);
  }

  std::string form_text(const Select& select, int, std::optional<Kind> expected) {
    const auto [a, b] = expected_of_pair(select.a, select.b, expected);
    return "select(" + expression(select.condition, 0, Kind::boolean) + ", " + expression(select.a, 0, a) +
           ", " + expression(select.b, 0, b) + ")";
  }

  std::string form_text(const Draw& draw, int, std::optional<Kind>) {
    return "draw(" + quoted(graph_[draw.key].name) + ", " + std::to_string(draw.site) + ", " +
           print(draw.counter, indices_, graph_) + ")";
  }

  std::string form_text(const Call& call, int least, std::optional<Kind> expected) {
    const ScalarFacts& row = facts(call.function);
    const Notation notation = notation_of(call.function);
    const auto [a, b] = expected_operands(call, expected);
    if (notation.sign.empty()) {
      const std::string first = std::string(row.name) + "(" + expression(call.a, 0, a);
      return row.arity == 1 ? first + ")" : first + ", " + expression(call.b, 0, b) + ")";
    }
    if (row.arity == 2) {
      // Of equal strength the left one goes first; comparisons do not follow each other.
      const int left = notation.strength + (notation.strength == strength::comparison ? 1 : 0);
      return enclosed(expression(call.a, left, a) + " " + std::string(notation.sign) + " " +
                          expression(call.b, notation.strength + 1, b),
                      notation.strength, least);
    }
    if (call.function == Scalar::negate) {
      // -2 is a number; the negation of a number keeps its brackets.
      const std::string operand = expression(call.a, strength::sign, a);
      return "-" + (std::holds_alternative<Constant>(body_[call.a]) ? "(" + operand + ")" : operand);
    }
    return enclosed(std::string(notation.sign) + " " + expression(call.a, notation.strength, a),
                    notation.strength, least);
  }

  static std::string enclosed(std::string text, int own, int least) {
    return own < least ? "(" + std::move(text) + ")" : text;
  }

  /// A number, or arithmetic on such, takes its kind from what stands beside it (as the reader has it too).
  bool is_flexible(ExpressionId id) const {
    if (!names_[static_cast<std::size_t>(id)].empty()) return false;
    const Expression& expression = body_[id];
    if (const auto* constant = std::get_if<Constant>(&expression)) return constant->kind != Kind::boolean;
    if (const auto* select = std::get_if<Select>(&expression))
      return is_flexible(select->a) && is_flexible(select->b);
    const auto* call = std::get_if<Call>(&expression);
    return call != nullptr && facts(call->function).signature == Signature::arithmetic &&
           is_flexible(call->a) && (facts(call->function).arity == 1 || is_flexible(call->b));
  }

  std::pair<std::optional<Kind>, std::optional<Kind>> expected_of_pair(ExpressionId a, ExpressionId b,
                                                                       std::optional<Kind> expected) {
    const bool first = is_flexible(a);
    const bool second = is_flexible(b);
    if (first && !second) expected = kind_of(body_, b, graph_);
    if (second && !first) expected = kind_of(body_, a, graph_);
    return {expected, expected};
  }

  std::pair<std::optional<Kind>, std::optional<Kind>> expected_operands(const Call& call,
                                                                        std::optional<Kind> expected) {
    const bool is_pair = facts(call.function).arity == 2;
    switch (facts(call.function).signature) {
      case Signature::number: return {Kind::number, Kind::number};
      case Signature::integer: return {Kind::integer, Kind::integer};
      case Signature::logical: return {Kind::boolean, Kind::boolean};
      case Signature::to_number: return {Kind::integer, Kind::integer};
      case Signature::to_integer: return {Kind::number, Kind::number};
      case Signature::comparison: expected = std::nullopt; break;
      case Signature::arithmetic: break;
    }
    return is_pair ? expected_of_pair(call.a, call.b, expected) : std::pair(expected, expected);
  }

  const Body& body_;
  std::span<const Index> indices_;
  const Graph& graph_;
  std::vector<int> uses_;
  std::vector<std::string> names_;
};

std::string print_term(const Term& term, std::span<const Index> indices, const Graph& graph) {
  const auto divided = [&](const Position& of, std::string_view sign, std::int64_t divisor) {
    const std::string inner = print(of, indices, graph);
    const bool is_word = of.terms.size() == 1 && of.constant == 0 && of.terms.front().coefficient == 1 &&
                         std::holds_alternative<IndexId>(of.terms.front().what);
    return (is_word ? inner : "(" + inner + ")") + std::string(sign) + std::to_string(divisor);
  };
  return std::visit(
      match{
          [&](IndexId index) { return quoted(indices[number_of(index)].name); },
          [&](const Quotient& quotient) { return divided(quotient.of.front(), " // ", quotient.divisor); },
          [&](const Remainder& part) { return divided(part.of.front(), " % ", part.divisor); },
          [&](const Lookup& lookup) {
            const Value& tensor = graph[lookup.tensor];
            const std::string text = quoted(tensor.name) + print(lookup.subscripts, indices, graph);
            return lookup.bound == tensor.type.most + 1
                       ? text
                       : "(" + text + " < " + std::to_string(lookup.bound) + ")";
          },
      },
      term.what);
}

}  // namespace

bool is_keyword(std::string_view word) {
  return std::find(keywords.begin(), keywords.end(), word) != keywords.end();
}

std::string print_number(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::string quoted(std::string_view name) {
  const bool is_word =
      !name.empty() && is_letter(name.front()) && !is_keyword(name) &&
      std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '.'; });
  return is_word ? std::string(name) : "`" + std::string(name) + "`";
}

std::string print(const Position& position, std::span<const Index> indices, const Graph& graph) {
  std::string text;
  for (const Term& term : position.terms) {
    const bool is_negative = term.coefficient < 0;
    if (text.empty()) {
      text = is_negative ? "-" : "";
    } else {
      text += is_negative ? " - " : " + ";
    }
    const std::int64_t size = is_negative ? -term.coefficient : term.coefficient;
    const bool is_divided =
        std::holds_alternative<Quotient>(term.what) || std::holds_alternative<Remainder>(term.what);
    const std::string inner = print_term(term, indices, graph);
    if (size == 1) {
      // -(i // 2), so that nobody reads the quotient of -i.
      text += is_divided && is_negative ? "(" + inner + ")" : inner;
    } else {
      text += std::to_string(size) + "*" + (is_divided ? "(" + inner + ")" : inner);
    }
  }
  if (text.empty()) return std::to_string(position.constant);
  if (position.constant > 0) text += " + " + std::to_string(position.constant);
  if (position.constant < 0) text += " - " + std::to_string(-position.constant);
  return text;
}

std::string print(const Window& window, std::span<const Index> indices, const Graph& graph) {
  if (window.empty()) return "";
  std::string text = "[";
  for (std::size_t k = 0; k < window.size(); ++k) {
    text += (k == 0 ? "" : ", ") + print(window[k], indices, graph);
  }
  return text + "]";
}

std::string print(const Body& body, std::span<const Index> indices, const Graph& graph) {
  return BodyPrinter(body, indices, graph).all();
}

std::string_view word_of(Combiner combiner) {
  switch (combiner) {
    case Combiner::none: return "for";
    case Combiner::sum: return "sum";
    case Combiner::product: return "product";
    case Combiner::maximum: return "max";
    case Combiner::minimum: return "min";
    case Combiner::any: return "any";
    case Combiner::all: return "all";
    case Combiner::argmax: return "argmax";
    case Combiner::argmin: return "argmin";
  }
  __builtin_unreachable();
}

std::string_view word_of(Element element) {
  switch (element) {
    case Element::f32: return "f32";
    case Element::i32: return "i32";
    case Element::u8: return "u8";
  }
  __builtin_unreachable();
}

std::string_view word_of(Kind kind) {
  switch (kind) {
    case Kind::number: return "number";
    case Kind::integer: return "integer";
    case Kind::boolean: return "boolean";
  }
  __builtin_unreachable();
}

Notation notation_of(Scalar function) {
  switch (function) {
    case Scalar::logical_or: return {"or", strength::disjunction};
    case Scalar::logical_and: return {"and", strength::conjunction};
    case Scalar::logical_not: return {"not", strength::negation};
    case Scalar::equal: return {"==", strength::comparison};
    case Scalar::not_equal: return {"!=", strength::comparison};
    case Scalar::less: return {"<", strength::comparison};
    case Scalar::less_equal: return {"<=", strength::comparison};
    case Scalar::greater: return {">", strength::comparison};
    case Scalar::greater_equal: return {">=", strength::comparison};
    case Scalar::add: return {"+", strength::sum};
    case Scalar::subtract: return {"-", strength::sum};
    case Scalar::multiply: return {"*", strength::product};
    case Scalar::divide: return {"/", strength::product};
    case Scalar::quotient: return {"//", strength::product};
    case Scalar::remainder: return {"%", strength::product};
    case Scalar::negate: return {"-", strength::sign};
    default: return {};
  }
}

}  // namespace dlc
