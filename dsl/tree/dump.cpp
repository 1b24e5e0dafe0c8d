#include <algorithm>

#include "dsl/tree/print.h"
#include "dsl/tree/printer.h"

namespace dlc {

namespace {

using namespace tree;

/// Nested lists, one below the other: what a node is, then its parts.
class Dumper {
 public:
  std::string take() { return std::move(out_); }

  /// (head part part …); what is put between open and close stands in it.
  void open(std::string_view head) {
    if (!out_.empty()) {
      out_ += '\n';
      out_.append(2 * std::min<std::size_t>(depth_, 100), ' ');  // long chains would be all blanks
    }
    out_ += "(" + std::string(head);
    ++depth_;
  }
  void close() {
    out_ += ")";
    --depth_;
  }
  void word(std::string_view text) { out_ += " " + std::string(text); }

  template <class... Parts>
  void node(std::string_view head, const Parts&... parts) {
    open(head);
    (part(parts), ...);
    close();
  }

  void part(std::string_view text) { word(text); }
  void part(const std::string& text) { word(text); }
  void part(const char* text) { word(text); }
  void part(const Name& name) { word(name.text); }
  void part(const String& text) { word(quoted(text.value)); }
  void part(const Path& path) {
    std::string text;
    for (const Name& name : path.names) text += (text.empty() ? "" : ".") + name.text;
    word(text);
  }
  void part(bool flag) { word(flag ? "true" : "false"); }
  template <class T>
  void part(const Box<T>& box) {
    part(*box);
  }
  template <class T>
  void part(const std::optional<T>& maybe) {
    if (maybe)
      part(*maybe);
    else
      word("-");
  }
  template <class T>
  void part(const std::vector<T>& list) {
    open("list");
    for (const T& element : list) part(element);
    close();
  }
  template <class... T>
  void part(const std::variant<T...>& either) {
    std::visit([&](const auto& it) { part(it); }, either);
  }

  void part(const Body& it) { part(it.statements); }
  void part(const Pack& it) { word(it.name.text + ".."); }
  void part(const Index& it) { node("index", it.name, it.extent); }
  void part(const Extent& it) { node("extent", it.index, it.size); }
  void part(const Argument& it) { node("argument", it.name, it.value, it.to); }
  void part(const PipeStep& it) { node("step", it.function, it.arguments, it.as); }

  void part(const Expression& it) { part(it.what); }
  void part(const IntegerLiteral& it) { word(std::to_string(it.value)); }
  void part(const NumberLiteral& it) { word(it.text); }
  void part(const BooleanLiteral& it) { part(it.value); }
  void part(const NoneLiteral&) { word("none"); }
  void part(const StringLiteral& it) { word(quoted(it.value)); }
  void part(const ListLiteral& it) { node("elements", it.elements); }
  void part(const TupleLiteral& it) { node("tuple", it.elements); }
  void part(const Training&) { word("training"); }
  void part(const NameUse& it) { word(it.name); }
  void part(const Member& it) { node(".", it.of, it.name); }
  void part(const Call& it) { node("call", it.function, it.arguments); }
  void part(const Read& it) { node("read", it.of, it.subscripts, it.otherwise); }
  void part(const Pipe& it) { node("pipe", it.value, it.steps); }
  void part(const Unary& it) { node(it.operation == UnaryOperator::negate ? "negate" : "not", it.operand); }
  void part(const Binary& it) {
    // A long chain to the left goes without recursion.
    std::vector<const Binary*> chain = {&it};
    while (const auto* inner = std::get_if<Binary>(&chain.back()->left->what)) chain.push_back(inner);
    for (const Binary* binary : chain) open(sign_of(binary->operation));
    part(chain.back()->left);
    for (std::size_t i = chain.size(); i-- > 0;) {
      part(chain[i]->right);
      close();
    }
  }
  void part(const Reduction& it) { node(it.reducer.text, it.binders, it.body); }
  void part(const PathReduction& it) { node(it.reducer.text, it.variable, "in", it.path, it.body); }
  void part(const Choice& it) { node("if", it.condition, it.then, it.otherwise); }
  void part(const Scan& it) { node("scan", it.index, it.over, it.body); }

  void part(const Statement& it) { part(it.what); }
  void part(const KeptStatement& it) {
    const std::string_view word = it.kind == KeptKind::param   ? "param"
                                  : it.kind == KeptKind::state ? "state"
                                                               : "carry";
    node(word, it.name, it.extents, it.value);
  }
  void part(const UpdateStatement& it) { node("<-", it.target, it.value); }
  void part(const YieldStatement& it) { node("yield", it.value); }
  void part(const CheckStatement& it) { node(it.is_expect ? "expect" : "require", it.condition, it.message); }
  void part(const RepeatStatement& it) { node("repeat", it.index, it.count, it.body); }
  void part(const DefinitionStatement& it) { node("define", it.name, it.binders, it.value); }
  void part(const BindingStatement& it) { node("bind", it.names, it.value); }
  void part(const ExpressionStatement& it) { node("value", it.value); }

  void part(const PartLine& it) { node("part", it.part, it.reader); }
  void part(const FromLine& it) { node("from", it.reader); }
  void part(const SplitLine::Portion& it) { node("portion", it.part, it.size); }
  void part(const SplitLine& it) { node("split", it.portions, it.stratify, it.seed, it.in_order); }
  void part(const MissingMean&) { word("mean"); }
  void part(const MissingDrop&) { word("drop"); }
  void part(const FieldLine& it) {
    const char* const kind = it.kind == FieldLine::Kind::none     ? "-"
                             : it.kind == FieldLine::Kind::number ? "number"
                                                                  : "class";
    node("field", it.name, it.extents, kind, it.classes, it.value, it.names, it.missing);
  }
  void part(const StandardizeLine& it) { node("standardize", it.field, it.pooled, it.kept); }
  void part(const AugmentLine& it) { node("augment", it.field, it.value); }
  void part(const DataLine& it) { part(it.line); }

  void part(const DataUse& it) { node("data", it.data); }
  void part(const Batch& it) { node("batch", it.size); }
  void part(const Epochs& it) { node("epochs", it.count); }
  void part(const Steps& it) { node("steps", it.count); }
  void part(const Minimize& it) { node("minimize", it.loss, it.over, it.optimizer, it.arguments); }
  void part(const Metric& it) { node("metric", it.name, it.value); }
  void part(const Predict& it) { node("predict", it.field, it.value); }
  void part(const Sample& it) { node("sample", it.field, it.value); }
  void part(const Start& it) { node("start", it.file); }
  void part(const Validate& it) { node("validate", it.steps); }
  void part(const Keep& it) { node("keep", it.highest ? "highest" : "lowest", it.metric); }
  void part(const Stop& it) { node("stop", it.epochs, it.higher ? "higher" : "lower", it.metric); }
  void part(const Step::StepLine& it) { part(it.line); }
  void part(const Step& it) { node("step", it.name, it.repeat, it.lines); }
  void part(const SampleText& it) { node("sample", it.prompt, it.length); }
  void part(const Picture& it) { node("picture", it.image, it.file); }
  void part(const Every::EveryLine& it) { part(it.line); }
  void part(const Every& it) { node("every", it.count, it.counts_steps ? "steps" : "epochs", it.lines); }
  void part(const TrainLine& it) { part(it.line); }

  void part(const Parameter& it) { node("parameter", it.name, it.dimensions, it.kinds, it.default_value); }
  void part(const Const& it) { node("const", it.name, it.value); }
  void part(const Use& it) { node("use", it.file); }
  void part(const Function& it) { node(word_of(it.kind), it.name, it.parameters, it.body); }
  void part(const Rule& it) { node("rule", it.name, it.pattern, it.replacement, it.condition); }
  void part(const Data& it) { node("data", it.name, it.lines); }
  void part(const Train& it) { node("train", it.lines); }
  void part(const Declaration& it) {
    if (!it.doc.empty()) node("doc", quoted(it.doc));
    part(it.what);
  }

 private:
  std::string out_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string dump(const Tree& tree) {
  Dumper out;
  if (!tree.doc.empty()) out.node("doc", quoted(tree.doc));
  for (const Declaration& declaration : tree.declarations) out.part(declaration);
  return out.take() + "\n";
}

std::string dump(const Expression& expression) {
  Dumper out;
  out.part(expression);
  return out.take() + "\n";
}

}  // namespace dlc
