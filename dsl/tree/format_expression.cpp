#include "dsl/tree/print.h"
#include "dsl/tree/printer.h"

namespace dlc::tree {

std::string_view sign_of(BinaryOperator operation) {
  switch (operation) {
    case BinaryOperator::or_: return "or";
    case BinaryOperator::and_: return "and";
    case BinaryOperator::equal: return "==";
    case BinaryOperator::not_equal: return "!=";
    case BinaryOperator::less: return "<";
    case BinaryOperator::less_equal: return "<=";
    case BinaryOperator::greater: return ">";
    case BinaryOperator::greater_equal: return ">=";
    case BinaryOperator::add: return "+";
    case BinaryOperator::subtract: return "-";
    case BinaryOperator::multiply: return "*";
    case BinaryOperator::divide: return "/";
    case BinaryOperator::divide_down: return "//";
    case BinaryOperator::remainder: return "%";
    case BinaryOperator::power: return "^";
  }
  return "";
}

namespace {

Level level_of(BinaryOperator operation) {
  if (operation == BinaryOperator::or_) return Level::or_;
  if (operation == BinaryOperator::and_) return Level::and_;
  if (operation <= BinaryOperator::greater_equal) return Level::comparison;
  if (operation <= BinaryOperator::subtract) return Level::sum;
  if (operation <= BinaryOperator::remainder) return Level::term;
  return Level::power;
}

Level level_of(const Expression& expression) {
  return std::visit(
      match{
          [](const Pipe&) { return Level::pipe; },
          [](const Binary& binary) { return level_of(binary.operation); },
          [](const Unary& unary) {
            return unary.operation == UnaryOperator::negate ? Level::factor : Level::not_;
          },
          [](const Reduction&) { return Level::factor; }, [](const PathReduction&) { return Level::factor; },
          [](const Choice&) { return Level::factor; }, [](const Scan&) { return Level::factor; },
          [](const Read& read) { return read.otherwise ? Level::postfix : Level::suffix; },
          [](const auto&) { return Level::suffix; },  // literals, names, calls
      },
      expression.what);
}

/// Does it end in the body of a reduction, which would take a following `* b` for its own?
bool is_open_ended(const Expression& expression) {
  if (expression.in_brackets) return false;
  if (const auto* unary = std::get_if<Unary>(&expression.what)) return is_open_ended(*unary->operand);
  if (const auto* binary = std::get_if<Binary>(&expression.what)) return is_open_ended(*binary->right);
  return std::holds_alternative<Reduction>(expression.what) ||
         std::holds_alternative<PathReduction>(expression.what);
}

Range range_of(const Expression& expression) {
  return expression.range;
}
Range range_of(const Box<Expression>& expression) {
  return expression->range;
}
Range range_of(const Argument& argument) {
  return argument.range;
}
Range range_of(const Extent& extent) {
  return extent.index ? extent.index->range | extent.size->range : extent.size->range;
}
Range range_of(const Index& index) {
  return index.name.range;
}
Range range_of(const Pack& pack) {
  return pack.range;
}
template <class... Parts>
Range range_of(const std::variant<Parts...>& either) {
  return std::visit([](const auto& part) { return range_of(part); }, either);
}

/// ( items ) with the file's line breaks: items below the first stand under it, or all stand deeper where the
/// first has its own line.
template <class Items, class PrintItem>
void print_list(Printer& out, std::string_view brackets, const Items& items, std::uint32_t from,
                PrintItem print_item) {
  const std::size_t continuation = out.continuation;
  const std::size_t indent = out.line_indent();
  out.put(brackets.substr(0, 1));
  bool is_hanging = false;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Range range = range_of(items[i]);
    if (i == 0) {
      is_hanging = out.is_broken(from, range.begin);
      out.continuation = is_hanging ? indent + 2 : out.column();
      out.gap(from, range.begin, "");
    } else {
      out.put(",");
      out.gap(range_of(items[i - 1]).end, range.begin);
    }
    print_item(items[i]);
  }
  out.continuation = continuation;
  if (is_hanging) {
    const std::uint32_t last = range_of(items.back()).end;
    const std::uint32_t close = out.find(brackets.substr(1, 1), last);
    if (out.is_broken(last, close)) {
      out.continuation = indent;
      out.gap(last, close);
      out.continuation = continuation;
    }
  }
  out.put(brackets.substr(1, 1));
}

void print_item(Printer& out, const Pack& pack) {
  out.put(pack.name.text);
  out.put("..");
}
void print_item(Printer& out, const Box<Expression>& expression) {
  print(out, *expression);
}
void print_item(Printer& out, const Index& index) {
  out.put(index.name.text);
  if (!index.extent) return;
  out.put(" < ");
  print(out, **index.extent, Level::sum);
}

void print_binders(Printer& out, const std::vector<Binder>& binders, std::uint32_t from) {
  print_list(out, "[]", binders, from, [&](const Binder& binder) {
    std::visit([&](const auto& part) { print_item(out, part); }, binder);
  });
}

void print_binary(Printer& out, const Expression& expression) {
  // A chain to the left is printed without recursion.
  std::vector<const Expression*> chain = {&expression};
  const auto goes_down = [](const Expression& left, const Binary& parent) {
    const auto* inner = std::get_if<Binary>(&left.what);
    if (inner == nullptr || left.in_brackets) return false;
    const Level level = level_of(parent.operation);
    if (level_of(inner->operation) != level || level == Level::power || level == Level::comparison)
      return false;
    return level != Level::term || !is_open_ended(left);
  };
  for (;;) {
    const auto& binary = std::get<Binary>(chain.back()->what);
    if (!goes_down(*binary.left, binary)) break;
    chain.push_back(&*binary.left);
  }
  for (std::size_t i = chain.size(); i-- > 0;) {
    const auto& binary = std::get<Binary>(chain[i]->what);
    const Level level = level_of(binary.operation);
    const auto deeper = static_cast<Level>(static_cast<int>(level) + 1);
    if (i + 1 == chain.size()) {
      const bool must_close = level == Level::term && is_open_ended(*binary.left);
      const Level left = level == Level::power ? Level::postfix : level == Level::comparison ? deeper : level;
      print(out, *binary.left, must_close ? Level::suffix : left);
    }
    const bool is_tight = level == Level::power || (level == Level::term && binary.tight);
    if (!is_tight) out.gap(binary.left->range.end, binary.sign.begin);
    out.put(sign_of(binary.operation));
    if (!is_tight) out.gap(binary.sign.end, binary.right->range.begin);
    print(out, *binary.right, level == Level::power ? Level::factor : deeper);
  }
}

void print_choice(Printer& out, const Choice& choice) {
  out.put("if ");
  print(out, *choice.condition);
  out.put(" ");
  print(out, choice.then);
  if (!choice.otherwise) return;
  out.put(" else ");
  if (choice.is_chain) {
    print(out, std::get<ExpressionStatement>(choice.otherwise->statements.front().what).value);
  } else {
    print(out, *choice.otherwise);
  }
}

void print_read(Printer& out, const Read& read) {
  print(out, *read.of, Level::suffix);
  print_list(out, "[]", read.subscripts, read.brackets.begin, [&](const Subscript& subscript) {
    std::visit([&](const auto& part) { print_item(out, part); }, subscript);
  });
  if (!read.otherwise) return;
  const Expression& otherwise = **read.otherwise;
  out.gap(read.brackets.end, otherwise.range.begin);
  out.put("else ");
  const auto* unary = std::get_if<Unary>(&otherwise.what);
  if (unary != nullptr && unary->operation == UnaryOperator::negate && !otherwise.in_brackets) {
    out.put("-");
    print(out, *unary->operand, Level::postfix);
  } else {
    print(out, otherwise, Level::postfix);
  }
}

void print_pipe(Printer& out, const Pipe& pipe) {
  const bool is_closed =
      std::holds_alternative<Choice>(pipe.value->what) || std::holds_alternative<Scan>(pipe.value->what);
  print(out, *pipe.value, is_closed ? Level::factor : Level::postfix);
  std::uint32_t end = pipe.value->range.end;
  for (const PipeStep& step : pipe.steps) {
    out.gap(end, step.range.begin);
    out.put("|> ");
    out.put(step.function.text);
    if (step.has_brackets) print_arguments(out, step.arguments, step.function.range.end);
    if (step.as) out.put(" as " + step.as->text);
    end = step.as ? step.as->range.end : step.range.end;
  }
}

void print_what(Printer& out, const Expression& expression) {
  const std::uint32_t begin = expression.range.begin;
  const auto elements = [&](std::string_view brackets, const std::vector<Expression>& list) {
    print_list(out, brackets, list, begin, [&](const Expression& element) { print(out, element); });
  };
  std::visit(match{
                 [&](const IntegerLiteral& it) { out.put(it.text); },
                 [&](const NumberLiteral& it) { out.put(it.text); },
                 [&](const BooleanLiteral& it) { out.put(it.value ? "true" : "false"); },
                 [&](const NoneLiteral&) { out.put("none"); },
                 [&](const StringLiteral& it) { out.put(quoted(it.value)); },
                 [&](const ListLiteral& it) { elements("[]", it.elements); },
                 [&](const TupleLiteral& it) { elements("()", it.elements); },
                 [&](const Training&) { out.put("training"); },
                 [&](const NameUse& it) { out.put(it.name); },
                 [&](const Member& it) {
                   print(out, *it.of, Level::suffix);
                   out.put("." + it.name.text);
                 },
                 [&](const Call& it) {
                   out.put(it.function.text);
                   print_arguments(out, it.arguments, it.function.range.end);
                 },
                 [&](const Read& it) { print_read(out, it); },
                 [&](const Pipe& it) { print_pipe(out, it); },
                 [&](const Unary& it) {
                   const bool is_negation = it.operation == UnaryOperator::negate;
                   out.put(is_negation ? "-" : "not ");
                   print(out, *it.operand, is_negation ? Level::factor : Level::comparison);
                 },
                 [&](const Binary&) { print_binary(out, expression); },
                 [&](const Reduction& it) {
                   out.put(it.reducer.text);
                   print_binders(out, it.binders, it.reducer.range.end);
                   out.put(" ");
                   print(out, *it.body, Level::term);
                 },
                 [&](const PathReduction& it) {
                   out.put(it.reducer.text + "[" + it.variable.text + " in ");
                   print_path(out, it.path);
                   out.put("] ");
                   print(out, *it.body, Level::term);
                 },
                 [&](const Choice& it) { print_choice(out, it); },
                 [&](const Scan& it) {
                   out.put("scan " + it.index.text + " in ");
                   for (std::size_t i = 0; i < it.over.size(); ++i)
                     out.put((i == 0 ? "" : ", ") + it.over[i].text);
                   out.put(" ");
                   print(out, it.body);
                 },
             },
             expression.what);
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') result += '\\';
    if (letter == '\n' || letter == '\t') {
      result += letter == '\n' ? "\\n" : "\\t";
    } else {
      result += letter;
    }
  }
  return result + "\"";
}

void print_path(Printer& out, const Path& path) {
  for (std::size_t i = 0; i < path.names.size(); ++i) out.put((i == 0 ? "" : ".") + path.names[i].text);
}

void print_arguments(Printer& out, const std::vector<Argument>& arguments, std::uint32_t from) {
  print_list(out, "()", arguments, from, [&](const Argument& argument) {
    if (argument.name) out.put(argument.name->text + " = ");
    print(out, *argument.value);
    if (!argument.to) return;
    out.put(" .. ");
    print(out, **argument.to);
  });
}

void print_extents(Printer& out, const std::vector<Extent>& extents) {
  const std::uint32_t from = extents.empty() ? 0 : range_of(extents.front()).begin;
  print_list(out, "[]", extents, from, [&](const Extent& extent) {
    if (extent.index) out.put(extent.index->text + " < ");
    print(out, *extent.size, Level::sum);
  });
}

void print(Printer& out, const Expression& expression, Level at_least) {
  const bool has_brackets = expression.in_brackets || level_of(expression) < at_least;
  if (has_brackets) out.put("(");
  print_what(out, expression);
  if (has_brackets) out.put(")");
}

// ---------------------------------------------------------------------- statements

void print(Printer& out, const Body& body) {
  print_braces(out, body.statements, body.range, [&](const Statement& statement) { print(out, statement); });
}

namespace {

std::string_view word_of(KeptKind kind) {
  return kind == KeptKind::param ? "param " : kind == KeptKind::state ? "state " : "carry ";
}

}  // namespace

void print_equation(Printer& out, std::uint32_t left_end, const Expression& value, std::string_view sign) {
  const std::uint32_t at = out.has_file() ? out.find(sign, left_end) : left_end;
  // Brackets that end the left side belong to it.
  std::uint32_t end = at;
  while (out.has_file() && end > left_end && out.is_blank_before(end)) --end;
  out.stop(end, at);
  out.put(sign);
  out.gap(at + static_cast<std::uint32_t>(sign.size()), value.range.begin);
  print(out, value);
}

void print(Printer& out, const Statement& statement) {
  std::visit(match{
                 [&](const KeptStatement& it) {
                   out.put(word_of(it.kind));
                   out.put(it.name.text);
                   if (!it.extents.empty()) print_extents(out, it.extents);
                   print_equation(out,
                                  it.extents.empty() ? it.name.range.end : range_of(it.extents.back()).end,
                                  it.value);
                 },
                 [&](const UpdateStatement& it) {
                   out.put(it.target.text);
                   print_equation(out, it.target.range.end, it.value, "<-");
                 },
                 [&](const YieldStatement& it) {
                   out.put("yield ");
                   print(out, it.value);
                 },
                 [&](const CheckStatement& it) {
                   out.put(it.is_expect ? "expect " : "require ");
                   print(out, it.condition);
                   out.put(",");
                   out.gap(it.condition.range.end, it.message.range.begin);
                   out.put(quoted(it.message.value));
                 },
                 [&](const RepeatStatement& it) {
                   out.put("repeat ");
                   if (it.index) out.put(it.index->text + " < ");
                   print(out, it.count, Level::sum);
                   out.put(" ");
                   print(out, it.body);
                 },
                 [&](const DefinitionStatement& it) {
                   out.put(it.name.text);
                   print_binders(out, it.binders, it.name.range.end);
                   const auto* index = std::get_if<Index>(&it.binders.back());
                   print_equation(out,
                                  index != nullptr && index->extent ? (*index->extent)->range.end
                                                                    : range_of(it.binders.back()).end,
                                  it.value);
                 },
                 [&](const BindingStatement& it) {
                   for (std::size_t i = 0; i < it.names.size(); ++i)
                     out.put((i == 0 ? "" : ", ") + it.names[i].text);
                   print_equation(out, it.names.back().range.end, it.value);
                 },
                 [&](const ExpressionStatement& it) { print(out, it.value); },
             },
             statement.what);
}

}  // namespace dlc::tree
