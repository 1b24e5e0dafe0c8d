#include "dsl/tree/print.h"
#include "dsl/tree/printer.h"

namespace dlc::tree {

std::string_view word_of(FunctionKind kind) {
  switch (kind) {
    case FunctionKind::fn: return "fn";
    case FunctionKind::layer: return "layer";
    case FunctionKind::net: return "net";
    case FunctionKind::optimizer: return "optimizer";
  }
  return "";
}

namespace {

/// A line's first word and the gap behind it, where neighbours may agree on a column.
void print_word(Printer& out, std::string_view word, std::uint32_t begin) {
  out.put(word);
  const auto end = static_cast<std::uint32_t>(begin + word.size());
  out.stop(end, out.has_file() ? out.past_blanks(end) : end);
}

void print_names(Printer& out, const std::vector<Name>& names) {
  for (const Name& name : names) out.put(", " + name.text);
}

// ---------------------------------------------------------------------- data

std::string_view word_of(FieldLine::Kind kind) {
  return kind == FieldLine::Kind::number ? "number" : "class";
}

void print_missing(Printer& out, const Missing& missing) {
  out.put(" missing ");
  std::visit(match{
                 [&](const MissingMean&) { out.put("mean"); },
                 [&](const MissingDrop&) { out.put("drop"); },
                 [&](const Expression& value) { print(out, value); },
             },
             missing);
}

void print_split(Printer& out, const SplitLine& line) {
  for (std::size_t i = 0; i < line.portions.size(); ++i) {
    if (i > 0) {
      out.put(",");
      out.gap(line.portions[i - 1].size.range.end, line.portions[i].part.range.begin);
    }
    out.put(line.portions[i].part.text + " ");
    print(out, line.portions[i].size, Level::sum);
  }
  if (line.stratify) out.put(" stratify " + line.stratify->text);
  if (line.seed) {
    out.put(" seed ");
    print(out, *line.seed, Level::sum);
  }
  if (line.in_order) out.put(" in order");
}

void print_field(Printer& out, const FieldLine& line) {
  out.put(line.name.text + ":");
  const std::uint32_t colon = out.has_file() ? out.find(":", line.name.range.end) + 1 : 0;
  out.stop(colon, out.has_file() ? line.type.begin : colon);
  if (line.extents) print_extents(out, *line.extents);
  if (line.kind != FieldLine::Kind::none) {
    if (line.extents) out.put(" ");
    out.put(word_of(line.kind));
  }
  if (line.classes) {
    out.put("[");
    print(out, *line.classes, Level::sum);
    out.put("]");
  }
  print_equation(out, line.type.end, line.value);
  if (line.names) {
    out.put(" names ");
    print(out, *line.names);
  }
  if (line.missing) print_missing(out, *line.missing);
}

void print(Printer& out, const DataLine& line) {
  const std::uint32_t begin = line.range.begin;
  std::visit(match{
                 [&](const PartLine& it) {
                   print_word(out, it.part.text, begin);
                   tree::print(out, it.reader);
                 },
                 [&](const FromLine& it) {
                   print_word(out, "from", begin);
                   tree::print(out, it.reader);
                 },
                 [&](const SplitLine& it) {
                   print_word(out, "split", begin);
                   print_split(out, it);
                 },
                 [&](const FieldLine& it) { print_field(out, it); },
                 [&](const StandardizeLine& it) {
                   print_word(out, "standardize", begin);
                   out.put(it.field.text);
                   if (!it.pooled) return;
                   out.put("[..");
                   print_names(out, it.kept);
                   out.put("]");
                 },
                 [&](const AugmentLine& it) {
                   print_word(out, "augment", begin);
                   out.put(it.field.text);
                   print_equation(out, it.field.range.end, it.value);
                 },
             },
             line.line);
}

// ---------------------------------------------------------------------- training

void print_minimize(Printer& out, const Minimize& line, std::uint32_t begin) {
  print_word(out, "minimize", begin);
  print(out, line.loss);
  std::uint32_t end = line.loss.range.end;
  for (std::size_t i = 0; i < line.over.size(); ++i) {
    if (i == 0) out.gap(end, line.over[i].range.begin);
    out.put(i == 0 ? "over " : ", ");
    print_path(out, line.over[i]);
    end = line.over[i].range.end;
  }
  out.gap(end, line.optimizer.range.begin);
  out.put("with " + line.optimizer.text);
  if (line.has_brackets) print_arguments(out, line.arguments, line.optimizer.range.end);
}

void print_named(Printer& out, std::string_view word, std::uint32_t begin, const Name& field,
                 const Expression& value) {
  print_word(out, word, begin);
  out.put(field.text);
  print_equation(out, field.range.end, value);
}

void print_count(Printer& out, std::string_view word, std::uint32_t begin, const Expression& count) {
  print_word(out, word, begin);
  print(out, count, Level::sum);
}

void print_step(Printer& out, const Step& step, std::uint32_t begin) {
  print_word(out, "step", begin);
  out.put(step.name.text);
  if (step.repeat) {
    out.put(" repeat ");
    print(out, *step.repeat, Level::sum);
  }
  out.put(" ");
  print_braces(out, step.lines, step.braces, [&](const Step::StepLine& line) {
    std::visit(match{
                   [&](const Minimize& it) { print_minimize(out, it, line.range.begin); },
                   [&](const Statement& it) { print(out, it); },
               },
               line.line);
  });
}

void print_every(Printer& out, const Every& every, std::uint32_t begin) {
  print_word(out, "every", begin);
  if (every.count) {
    print(out, *every.count, Level::sum);
    out.put(every.counts_steps ? " steps " : " epochs ");
  } else {
    out.put("epoch ");
  }
  print_braces(out, every.lines, every.braces, [&](const Every::EveryLine& line) {
    std::visit(match{
                   [&](const SampleText& it) {
                     print_word(out, "sample", line.range.begin);
                     out.put(quoted(it.prompt.value) + " ");
                     print(out, it.length, Level::sum);
                   },
                   [&](const Picture& it) {
                     print_word(out, "picture", line.range.begin);
                     print(out, it.image);
                     out.put(" to " + quoted(it.file.value));
                   },
                   [&](const Statement& it) { print(out, it); },
               },
               line.line);
  });
}

void print(Printer& out, const TrainLine& line) {
  const std::uint32_t begin = line.range.begin;
  std::visit(match{
                 [&](const DataUse& it) {
                   print_word(out, "data", begin);
                   out.put(it.data.text);
                 },
                 [&](const Batch& it) {
                   print_word(out, "batch", begin);
                   if (it.size)
                     print(out, *it.size, Level::sum);
                   else
                     out.put("all");
                 },
                 [&](const Epochs& it) { print_count(out, "epochs", begin, it.count); },
                 [&](const Steps& it) { print_count(out, "steps", begin, it.count); },
                 [&](const Minimize& it) { print_minimize(out, it, begin); },
                 [&](const Metric& it) {
                   print_word(out, "metric", begin);
                   if (it.name) {
                     out.put(it.name->text);
                     print_equation(out, it.name->range.end, it.value);
                   } else {
                     print(out, it.value);
                   }
                 },
                 [&](const Predict& it) { print_named(out, "predict", begin, it.field, it.value); },
                 [&](const Sample& it) { print_named(out, "sample", begin, it.field, it.value); },
                 [&](const Start& it) {
                   print_word(out, "start", begin);
                   out.put("from " + quoted(it.file.value));
                 },
                 [&](const Validate& it) {
                   print_count(out, "validate", begin, it.steps);
                   out.put(" steps");
                 },
                 [&](const Keep& it) {
                   print_word(out, "keep", begin);
                   out.put(it.highest ? "highest " : "lowest ");
                   print_path(out, it.metric);
                 },
                 [&](const Stop& it) {
                   print_word(out, "stop", begin);
                   out.put("after ");
                   print(out, it.epochs, Level::sum);
                   out.put(it.higher ? " epochs without higher " : " epochs without lower ");
                   print_path(out, it.metric);
                 },
                 [&](const Step& it) { print_step(out, it, begin); },
                 [&](const Every& it) { print_every(out, it, begin); },
                 [&](const Statement& it) { print(out, it); },
             },
             line.line);
}

// ---------------------------------------------------------------------- declarations

void print(Printer& out, const Parameter& parameter) {
  out.put(parameter.name.text);
  if (parameter.dimensions) {
    out.put("[");
    for (std::size_t i = 0; i < parameter.dimensions->size(); ++i) {
      if (i > 0) out.put(", ");
      std::visit(match{
                     [&](const Pack& pack) { out.put(pack.name.text + ".."); },
                     [&](const Box<Expression>& size) { print(out, *size, Level::sum); },
                 },
                 (*parameter.dimensions)[i]);
    }
    out.put("]");
  }
  for (std::size_t i = 0; i < parameter.kinds.size(); ++i)
    out.put((i == 0 ? ": " : " | ") + parameter.kinds[i].text);
  if (!parameter.default_value) return;
  out.put(" = ");
  print(out, *parameter.default_value);
}

void print(Printer& out, const Function& function) {
  out.put(std::string(word_of(function.kind)) + " " + function.name.text + "(");
  const std::size_t continuation = out.continuation;
  out.continuation = out.column();
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    if (i > 0) {
      out.put(",");
      out.gap(function.parameters[i - 1].range.end, function.parameters[i].range.begin);
    }
    print(out, function.parameters[i]);
  }
  out.continuation = continuation;
  out.put(")");
  if (function.is_expression) {
    out.put(" =");
    const Expression& value = std::get<ExpressionStatement>(function.body.statements.front().what).value;
    const std::uint32_t last =
        function.parameters.empty() ? function.name.range.end : function.parameters.back().range.end;
    out.gap(last, value.range.begin);
    print(out, value);
  } else {
    out.put(" ");
    print(out, function.body);
  }
}

void print(Printer& out, const Rule& rule, std::uint32_t begin, const Range& braces) {
  out.put("rule");
  if (rule.name) out.put(" " + rule.name->text);
  const std::uint32_t end = rule.name ? rule.name->range.end : begin + 4;
  out.stop(end, out.has_file() ? braces.begin : end);
  out.put("{");
  const std::size_t continuation = out.continuation;
  out.gap(braces.begin, rule.pattern.range.begin);
  print(out, rule.pattern);
  out.put(" =>");
  out.gap(rule.pattern.range.end, rule.replacement.range.begin);
  print(out, rule.replacement);
  if (rule.condition) {
    out.put(" when ");
    print(out, *rule.condition);
  }
  out.continuation = continuation - 2;
  const std::uint32_t last = rule.condition ? rule.condition->range.end : rule.replacement.range.end;
  out.gap(last, braces.end > 0 ? braces.end - 1 : 0);
  out.continuation = continuation;
  out.put("}");
}

void print(Printer& out, const Declaration& declaration) {
  std::visit(
      match{
          [&](const Const& it) {
            out.put("const " + it.name.text);
            print_equation(out, it.name.range.end, it.value);
          },
          [&](const Use& it) { out.put("use " + quoted(it.file.value)); },
          [&](const Function& it) { print(out, it); },
          [&](const Rule& it) { print(out, it, declaration.range.begin, declaration.braces); },
          [&](const Data& it) {
            out.put("data " + it.name.text + " ");
            print_braces(out, it.lines, declaration.braces, [&](const DataLine& line) { print(out, line); });
          },
          [&](const Train& it) {
            out.put("train ");
            print_braces(out, it.lines, declaration.braces, [&](const TrainLine& line) { print(out, line); });
          },
      },
      declaration.what);
}

}  // namespace

void print_file(Printer& out, const File& file) {
  const auto end = static_cast<std::uint32_t>(file.layout.text.size());
  print_lines(out, file.declarations, 0, 0, end, [&](const Declaration& declaration) {
    print(out, declaration);
    if (!out.has_file()) out.put("\n");
  });
}

}  // namespace dlc::tree

namespace dlc {

std::string format(const Tree& tree) {
  tree::Printer first(tree.layout);
  tree::print_file(first, tree);
  std::vector<tree::ColumnStop> stops = first.stops();
  tree::align(stops);
  tree::Printer second(tree.layout);
  second.use(std::move(stops));
  tree::print_file(second, tree);
  std::string text = second.take();
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text.empty() ? text : text + "\n";
}

std::string format(const tree::Expression& expression) {
  const tree::Layout none;
  tree::Printer out(none);
  tree::print(out, expression);
  return out.take();
}

}  // namespace dlc
