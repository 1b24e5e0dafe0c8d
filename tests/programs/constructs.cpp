#include "tests/programs/constructs.h"

#include <algorithm>

#include "compiler/graph/build.h"
#include "compiler/graph/print_expression.h"

namespace dlc::tests {

namespace {

std::string name_of(Combiner combiner) {
  return combiner == Combiner::none ? "element-wise" : std::string(word_of(combiner));
}

class Counter {
 public:
  Counter(const Graph& graph, Constructs& counts) : graph_(graph), counts_(counts) {}

  void run() {
    if (graph_.outputs.size() > 1) ++counts_["several outputs"];
    std::vector<int> readers(graph_.size());
    for (const Value& value : graph_.values()) {
      for (const ValueId operand : operands(value.node)) ++readers[number_of(operand)];
      std::visit(
          match{[&](const Input&) { ++counts_["input"]; }, [&](const Parameter&) { ++counts_["parameter"]; },
                [&](const State&) { ++counts_["state"]; },
                [&](const Definition& definition) { count(definition); },
                [&](const View&) { ++counts_["view"]; }, [&](const Gradient&) { ++counts_["gradient"]; },
                [&](const Update&) { ++counts_["update"]; }},
          value.node);
    }
    counts_["value with several readers"] +=
        static_cast<int>(std::count_if(readers.begin(), readers.end(), [](int n) { return n > 1; }));
  }

 private:
  void count(const Definition& definition) {
    ++counts_[name_of(definition.combiner)];
    if (definition.combiner == Combiner::none && !is_identity(definition.write)) ++counts_["write in phases"];
    if (definition.combiner != Combiner::none && !is_identity(definition.write)) {
      ++counts_["scatter"];
      if (std::any_of(definition.write.begin(), definition.write.end(), holds_lookup))
        ++counts_["scatter to positions read from integers"];
    }
    std::vector<int> uses(definition.body.expressions.size());
    const auto use = [&](ExpressionId id) { ++uses[static_cast<std::size_t>(id)]; };
    for (const Expression& expression : definition.body.expressions) {
      std::visit(match{[&](const Constant&) { ++counts_["constant"]; },
                       [&](const PositionValue&) { ++counts_["position as a number"]; },
                       [&](const Read& read) {
                         if (read.otherwise) use(*read.otherwise);
                         count(read, definition);
                       },
                       [&](const Call& call) {
                         use(call.a);
                         if (facts(call.function).arity == 2) use(call.b);
                       },
                       [&](const Select& select) {
                         ++counts_["select"];
                         for (const ExpressionId id : {select.condition, select.a, select.b}) use(id);
                       },
                       [&](const Draw&) { ++counts_["draw"]; }},
                 expression);
    }
    if (std::any_of(uses.begin(), uses.end(), [](int n) { return n > 1; })) ++counts_["repeated expression"];
  }

  void count(const Read& read, const Definition& definition) {
    if (read.otherwise) {
      ++counts_["else"];
      const auto* number = std::get_if<Constant>(&definition.body[*read.otherwise]);
      ++counts_[number ? "pad with a number" : "pad with an expression"];
    }
    std::vector<IndexId> alone;  // positions that are just an index, in order of the dimensions
    for (const Position& position : read.window) {
      count(position, definition);
      const bool is_index = position.constant == 0 && position.terms.size() == 1 &&
                            position.terms[0].coefficient == 1 &&
                            std::holds_alternative<IndexId>(position.terms[0].what);
      if (is_index) alone.push_back(std::get<IndexId>(position.terms[0].what));
    }
    if (!std::is_sorted(alone.begin(), alone.end())) ++counts_["transpose"];
    for (std::size_t i = 0; i < definition.indices.size(); ++i) {
      const auto index = static_cast<IndexId>(i);
      if (!depends_on(definition.write, index) || depends_on(read.window, index)) continue;
      ++counts_["broadcast"];
      break;
    }
  }

  void count(const Position& position, const Definition& definition) {
    int terms = 0;
    for (const Term& term : position.terms) {
      std::visit(match{[&](const IndexId& index) {
                         ++terms;
                         if (term.coefficient < 0) ++counts_["reversed"];
                         if (term.coefficient > 1)
                           ++counts_[depends_on(definition.write, index) ? "stride" : "dilation"];
                       },
                       [&](const Quotient&) { ++counts_["//"]; }, [&](const Remainder&) { ++counts_["%"]; },
                       [&](const Lookup&) { ++counts_["gather"]; }},
                 term.what);
    }
    if (terms > 1) ++counts_["window of several indices"];
  }

  const Graph& graph_;
  Constructs& counts_;
};

/// For each element: how many of its values are equal to it.
Definition equal_to(const Definition& extreme, ValueId found) {
  BodyBuilder to;
  BodyCopy copy(extreme.body, to);
  const ExpressionId value = copy(extreme.body.root);
  const ExpressionId best = to.read(found, extreme.write);
  const ExpressionId equal = to.call(Scalar::number, to.call(Scalar::equal, value, best));
  return {extreme.indices, extreme.write, Combiner::sum, to.finish(equal)};
}

}  // namespace

Constructs no_constructs() {
  Constructs counts;
  for (const char* name : {"input",
                           "parameter",
                           "state",
                           "update",
                           "view",
                           "gradient",
                           "element-wise",
                           "sum",
                           "product",
                           "max",
                           "min",
                           "any",
                           "all",
                           "argmax",
                           "argmin",
                           "stride",
                           "dilation",
                           "window of several indices",
                           "reversed",
                           "transpose",
                           "broadcast",
                           "//",
                           "%",
                           "gather",
                           "scatter",
                           "scatter to positions read from integers",
                           "write in phases",
                           "else",
                           "pad with a number",
                           "pad with an expression",
                           "constant",
                           "position as a number",
                           "select",
                           "draw",
                           "repeated expression",
                           "value with several readers",
                           "several outputs"}) {
    counts[name] = 0;
  }
  return counts;
}

void count_constructs(const Graph& graph, Constructs& counts) {
  Counter(graph, counts).run();
}

Graph with_ties(const Graph& graph) {
  Graph after = graph;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const Value& value = graph.values()[i];
    const auto* definition = std::get_if<Definition>(&value.node);
    if (definition == nullptr || !is_identity(definition->write)) continue;
    if (kind_of(definition->body, definition->body.root, graph) != Kind::number) continue;
    Definition best = *definition;
    switch (definition->combiner) {
      case Combiner::argmax: best.combiner = Combiner::maximum; break;
      case Combiner::argmin: best.combiner = Combiner::minimum; break;
      case Combiner::maximum:
      case Combiner::minimum: break;
      default: continue;
    }
    const Type type = {Kind::number, Element::f32, value.type.shape, 0, 0};
    const ValueId extreme = after.add({"best of " + value.name, type, best, {}});
    const std::string name = "ties of " + value.name;
    after.outputs.push_back({name, after.add({name, type, equal_to(best, extreme), {}})});
  }
  return after;
}

}  // namespace dlc::tests
