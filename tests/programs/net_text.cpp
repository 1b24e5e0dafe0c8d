#include "tests/programs/net_text.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "compiler/graph/print_expression.h"

namespace dlc::tests {

namespace {

constexpr std::size_t longest_text = 6000;  // shared expressions are written out
const std::string net_name = "program";

std::string in_brackets(const std::string& text) {
  return "(" + text + ")";
}

std::string listed(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

/// Writes bodies in the words of the language; `has_words` turns false where there are none.
class BodyWriter {
 public:
  BodyWriter(const Graph& graph, const Definition& definition) : graph_(graph), definition_(definition) {}

  bool has_words = true;

  std::string expression(ExpressionId id) {
    length_ += 1;
    if (length_ > longest_text) has_words = false;
    if (!has_words) return "";
    return std::visit([&](const auto& form) { return text_of(form); }, definition_.body[id]);
  }

 private:
  std::string text_of(const Constant& constant) {
    if (constant.kind == Kind::boolean) return constant.value != 0 ? "true" : "false";
    if (std::isnan(constant.value)) has_words = false;
    std::string text = print_number(std::fabs(constant.value));
    if (constant.kind == Kind::number && text.find_first_not_of("0123456789") == std::string::npos)
      text += ".0";
    return std::signbit(constant.value) ? "(-" + text + ")" : text;
  }

  std::string text_of(const PositionValue& value) {
    check(value.position);
    return in_brackets(print(value.position, definition_.indices, graph_));
  }

  std::string text_of(const Read& read) {
    const Shape& shape = graph_[read.tensor].type.shape;
    for (std::size_t k = 0; k < shape.size(); ++k) {
      const Position& position = read.window[k];
      check(position);
      const bool is_outside = position.constant < 0 || position.constant >= shape[k];
      has_words &= !(position.terms.empty() && is_outside);  // the language takes that for a mistake
    }
    if (std::holds_alternative<Gradient>(graph_[read.tensor].node)) has_words = false;
    const std::string text = graph_[read.tensor].name + print(read.window, definition_.indices, graph_);
    if (!read.otherwise || read.window.empty()) return text;
    return in_brackets(text + " else " + in_brackets(expression(*read.otherwise)));
  }

  std::string text_of(const Call& call) {
    const std::string a = expression(call.a);
    if (call.function == Scalar::stop_gradient) return "stop_grad" + in_brackets(a);
    if (call.function == Scalar::integer) {
      const bool is_boolean = kind_of(definition_.body, call.a, graph_) == Kind::boolean;
      has_words &= is_boolean;  // of a number the language wants a bound
      return "integer(number" + in_brackets(a) + ", 2)";
    }
    const std::string sign{notation_of(call.function).sign};
    if (facts(call.function).arity == 1) {
      if (!sign.empty()) return in_brackets(sign + (sign == "not" ? " " : "") + a);
      return std::string(facts(call.function).name) + in_brackets(a);
    }
    const std::string b = expression(call.b);
    if (!sign.empty()) return in_brackets(a + " " + sign + " " + b);
    switch (call.function) {
      case Scalar::power: return in_brackets(a + " ^ " + b);
      case Scalar::maximum: return "max" + in_brackets(a + ", " + b);
      case Scalar::minimum: return "min" + in_brackets(a + ", " + b);
      default: has_words = false; return "";
    }
  }

  std::string text_of(const Select& select) {
    return in_brackets("if " + in_brackets(expression(select.condition)) + " { " + expression(select.a) +
                       " } else { " + expression(select.b) + " }");
  }

  std::string text_of(const Draw&) {
    has_words = false;
    return "";
  }

  void check(const Position& position) {
    for (const Term& term : position.terms) {
      std::visit(match{[](const IndexId&) {}, [&](const Quotient& part) { check(part.of.front()); },
                       [&](const Remainder& part) { check(part.of.front()); },
                       [&](const Lookup& lookup) {
                         has_words &= lookup.bound == graph_[lookup.tensor].type.most + 1;
                         for (const Position& subscript : lookup.subscripts) check(subscript);
                       }},
                 term.what);
    }
  }

  const Graph& graph_;
  const Definition& definition_;
  std::size_t length_ = 0;
};

class NetWriter {
 public:
  explicit NetWriter(const Graph& program) : graph_(program) {}

  std::optional<NetText> run() {
    rename();
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      const auto id = static_cast<ValueId>(i);
      std::visit([&](const auto& node) { write(id, node); }, graph_[id].node);
    }
    for (const Output& output : graph_.outputs) keep(output);
    if (!has_words_ || net_.text.size() > longest_text) return std::nullopt;
    finish();
    return std::move(net_);
  }

 private:
  /// Words that are unique and reserved by nobody; indices as i0, i1, …
  void rename() {
    std::set<std::string> taken = {"net", "state", "step", "steps", "batch", "epoch", "epochs", "training"};
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      Value& value = graph_[static_cast<ValueId>(i)];
      originals_.push_back(value.name);
      std::string word = value.name;
      for (char& c : word) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
      while (!taken.insert(word).second) word += "_";
      value.name = word;
      auto* definition = std::get_if<Definition>(&value.node);
      for (std::size_t k = 0; definition != nullptr && k < definition->indices.size(); ++k)
        definition->indices[k].name = "i" + std::to_string(k);
    }
  }

  void line(const std::string& text) { net_.text += "  " + text + "\n"; }

  std::string shape_of(const Shape& shape) {
    std::vector<std::string> extents;
    for (const std::int64_t extent : shape) extents.push_back(std::to_string(extent));
    return shape.empty() ? "" : "[" + listed(extents) + "]";
  }

  /// "param" or "state" with its shape and a start; known outside by this name.
  void from_outside(const std::string& word, ValueId id, const std::string& name) {
    line(word + " " + name + shape_of(graph_[id].type.shape) + " = 0");
    net_.outside[originals_[number_of(id)]] = net_name + "." + name;
  }

  void write(ValueId id, const Input&) {
    const Value& value = graph_[id];
    const Type& type = value.type;
    if (type.kind == Kind::number) return from_outside(has_gradient(id) ? "param" : "state", id, value.name);
    const std::string file = value.name + "_number";
    from_outside("state", id, file);
    std::vector<std::string> left;
    std::vector<std::string> subscripts;
    for (std::size_t k = 0; k < type.shape.size(); ++k) {
      subscripts.push_back("i" + std::to_string(k));
      left.push_back(subscripts.back() + " < " + std::to_string(type.shape[k]));
    }
    const std::string read = file + in_square(subscripts);
    const std::string least = std::to_string(std::abs(type.least));
    const bool is_shifted = type.least != 0;
    const std::string bound = std::to_string(type.most - type.least + 1);
    const std::string from = type.least < 0 ? " + " + least : " - " + least;
    const std::string back = type.least < 0 ? " - " + least : " + " + least;
    line(value.name + in_square(left) + " = " +
         (type.kind == Kind::boolean ? read + " > 0"
                                     : "integer(" + read + (is_shifted ? from : "") + ", " + bound + ")" +
                                           (is_shifted ? back : "")));
  }

  bool has_gradient(ValueId id) const {
    return std::any_of(graph_.values().begin(), graph_.values().end(), [&](const Value& value) {
      const auto* gradient = std::get_if<Gradient>(&value.node);
      return gradient != nullptr && gradient->by == id;
    });
  }

  void write(ValueId id, const State&) { from_outside("state", id, graph_[id].name); }

  void write(ValueId id, const Parameter&) {
    bool is_updated = false;
    for (const Value& value : graph_.values()) {
      if (const auto* update = std::get_if<Update>(&value.node)) is_updated |= update->target == id;
    }
    if (has_gradient(id) && is_updated) has_words_ = false;
    from_outside(is_updated ? "state" : "param", id, graph_[id].name);
  }

  void write(ValueId id, const Definition& definition) {
    if (!is_identity(definition.write) || !has_extents_of(definition, graph_[id].type.shape))
      return write_scatter(id, definition);
    const std::size_t rank = graph_[id].type.shape.size();
    const bool is_place = definition.combiner == Combiner::argmax || definition.combiner == Combiner::argmin;
    if (is_place && definition.indices.size() != rank + 1) has_words_ = false;
    std::vector<std::string> left;
    std::vector<std::string> reduced;
    for (std::size_t k = 0; k < definition.indices.size(); ++k)
      (k < rank ? left : reduced).push_back(binder(definition.indices[k]));
    line(graph_[id].name + in_square(left) + " = " + reducer(definition.combiner, reduced) +
         body_text(definition));
  }

  static bool has_extents_of(const Definition& definition, const Shape& shape) {
    for (std::size_t k = 0; k < shape.size(); ++k) {
      if (definition.indices[k].extent != shape[k]) return false;
    }
    return true;
  }

  /// The language reads at any place, but writes at its own: each element looks for all that is written to
  /// it.
  void write_scatter(ValueId id, const Definition& definition) {
    const Shape& shape = graph_[id].type.shape;
    const bool is_product = definition.combiner == Combiner::product;
    if (definition.combiner != Combiner::none && definition.combiner != Combiner::sum && !is_product)
      has_words_ = false;
    std::vector<std::string> left;
    std::vector<std::string> reduced;
    std::string is_here;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      const std::string element = "m" + std::to_string(d);
      left.push_back(element + " < " + std::to_string(shape[d]));
      is_here += (d == 0 ? "" : " and ") +
                 in_brackets(print(definition.write[d], definition.indices, graph_) + " == " + element);
    }
    for (const Index& index : definition.indices) reduced.push_back(binder(index));
    line(graph_[id].name + in_square(left) + " = " +
         reducer(is_product ? Combiner::product : Combiner::sum, reduced) + "(if " + is_here + " { " +
         body_text(definition) + " } else { " + (is_product ? "1.0" : "0.0") + " })");
  }

  static std::string binder(const Index& index) { return index.name + " < " + std::to_string(index.extent); }

  static std::string in_square(const std::vector<std::string>& parts) {
    return parts.empty() ? "" : "[" + listed(parts) + "]";
  }

  /// Of nothing, or of one value, which is itself: no word.
  static std::string reducer(Combiner combiner, const std::vector<std::string>& reduced) {
    return reduced.empty() ? "" : std::string(word_of(combiner)) + in_square(reduced) + " ";
  }

  std::string body_text(const Definition& definition) {
    BodyWriter body(graph_, definition);
    std::string text = body.expression(definition.body.root);
    has_words_ &= body.has_words;
    return text;
  }

  void write(ValueId id, const View& view) {
    if (graph_[id].type.shape.empty()) has_words_ = false;
    std::vector<std::string> arguments = {graph_[view.of].name};
    for (const std::int64_t extent : graph_[id].type.shape) arguments.push_back(std::to_string(extent));
    line(graph_[id].name + " = reshape(" + listed(arguments) + ")");
  }

  void write(ValueId, const Gradient& gradient) {
    const bool is_from_outside = std::holds_alternative<Parameter>(graph_[gradient.by].node) ||
                                 std::holds_alternative<Input>(graph_[gradient.by].node);
    if (!is_from_outside) has_words_ = false;
    if (loss_ && *loss_ != gradient.of) has_words_ = false;
    loss_ = gradient.of;
  }

  void write(ValueId, const Update& update) {
    line(graph_[update.target].name + " <- " + graph_[update.value].name);
  }

  void keep(const Output& output) {
    const Value& value = graph_[output.value];
    if (const auto* gradient = std::get_if<Gradient>(&value.node)) {
      net_.gradients[output.name] = net_name + "." + graph_[gradient->by].name;
      return;
    }
    const std::string name = "result_" + std::to_string(net_.results.size());
    line("state " + name + shape_of(value.type.shape) + " = 0");
    line(name + " <- " + (value.type.kind == Kind::number ? value.name : "number(" + value.name + ")"));
    net_.results[output.name] = net_name + "." + name;
  }

  /// Whether the value is computed from a trained parameter.
  bool is_trained(ValueId id) const {
    if (std::holds_alternative<Parameter>(graph_[id].node) || std::holds_alternative<Input>(graph_[id].node))
      return net_.text.find("  param " + graph_[id].name) != std::string::npos;
    const std::vector<ValueId> reads = operands(graph_[id].node);
    return std::any_of(reads.begin(), reads.end(), [&](ValueId read) { return is_trained(read); });
  }

  /// The net's result is what is minimized; where that hangs on no parameter, there is one for it.
  void finish() {
    std::string result = loss_ ? graph_[*loss_].name : "unused";
    if (!loss_ || !is_trained(*loss_)) line("param unused = 0");
    if (loss_ && !is_trained(*loss_)) result += " + unused";
    net_.text = "optimizer plain(w, g) {\n  w <- w - g\n}\n\nnet " + net_name + "() {\n" + net_.text + "  " +
                result + "\n}\n\ntrain {\n  steps 1\n  batch 1\n  minimize " + net_name +
                "() with plain()\n}\n";
  }

  Graph graph_;
  std::vector<std::string> originals_;  // names, by value
  std::optional<ValueId> loss_;
  bool has_words_ = true;
  NetText net_;
};

}  // namespace

std::optional<NetText> net_text_of(const Graph& program) {
  return NetWriter(program).run();
}

}  // namespace dlc::tests
