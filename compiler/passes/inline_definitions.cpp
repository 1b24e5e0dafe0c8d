// When is a value computed in its reader? Storing costs a trip to memory and back; computing again costs the
// body once more for each time that the reader evaluates it. So a body that costs nothing (a moved read, a
// constant) goes into all its readers, any other into its only one, if that reads each element once. Three
// things are kept:
//
//   - A sum of products of two reads stays one: a factor computed under the reduction would be computed again
//   for each of the other's
//     indices, and would cost the schedule. What is stored for it may still be written by the kernel that
//     makes it.
//   - What reads a reduction's result at the identity stays with it, as its epilogue, unless the reader reads
//   at the identity too.
//   - A body does not grow beyond what a kernel can hold.

#include "compiler/passes/inline_definitions.h"

#include <algorithm>
#include <map>
#include <utility>

#include "compiler/passes/algebra/algebra.h"
#include "compiler/passes/algebra/borders.h"
#include "compiler/passes/dead.h"
#include "compiler/passes/algebra/factors.h"
#include "compiler/passes/runner/rewriter.h"
#include "compiler/passes/algebra/sums.h"

namespace dlc {

using namespace passes;

namespace {

constexpr std::size_t most_expressions = 160;  // of a body
constexpr std::size_t most_tensors = 14;       // read by one definition
constexpr double small_cost = 2;               // additions that are cheaper than a trip to memory

/// The reads of one tensor in a body.
std::vector<const Read*> reads_of(const Body& body, ValueId tensor) {
  std::vector<const Read*> result;
  for (const Expression& expression : body.expressions) {
    const auto* read = std::get_if<Read>(&expression);
    if (read != nullptr && read->tensor == tensor) result.push_back(read);
  }
  return result;
}

bool is_reduction(const Value& value) {
  const auto* definition = std::get_if<Definition>(&value.node);
  return definition != nullptr && !is_elementwise(*definition);
}

/// Does it read a reduction's result element by element, and so may be written by the kernel that reduces?
bool is_epilogue(const Definition& definition, const Graph& graph) {
  return std::any_of(definition.body.expressions.begin(), definition.body.expressions.end(),
                     [&](const Expression& expression) {
                       const auto* read = std::get_if<Read>(&expression);
                       return read != nullptr && read->window == definition.write &&
                              is_reduction(graph[read->tensor]);
                     });
}

std::size_t tensor_count(const Definition& definition) {
  return operands(Node{definition}).size();
}

/// Nothing to compute: a constant, a position, a read, perhaps times a constant; or the row of one 1.
bool is_trivial(const Definition& definition) {
  const Product product = product_of(definition.body, definition.body.root);
  if (product.factors.empty()) return true;
  if (product.factors.size() != 1) return false;
  if (product.factors.front().how == Factor::How::where) {
    return std::holds_alternative<Call>(definition.body[definition.body.root]);  // number(i == …)
  }
  if (product.factors.front().how != Factor::How::times) return false;
  const Expression& only = definition.body[product.factors.front().what];
  if (const auto* read = std::get_if<Read>(&only)) {
    return !read->otherwise || std::holds_alternative<Constant>(definition.body[*read->otherwise]);
  }
  if (std::holds_alternative<PositionValue>(only) || std::holds_alternative<Constant>(only)) return true;
  const auto* call = std::get_if<Call>(&only);
  return call != nullptr && call->function == Scalar::number &&
         std::holds_alternative<PositionValue>(definition.body[call->a]);
}

/// A sum of a constant times two reads of f32 through affine windows, which the schedule of contractions
/// takes.
bool has_form_of_contraction(const Definition& definition, const Graph& graph) {
  if (definition.combiner != Combiner::sum) return false;
  const Product product = product_of(definition.body, definition.body.root);
  if (product.factors.size() != 2) return false;
  return std::all_of(product.factors.begin(), product.factors.end(), [&](const Factor& factor) {
    const auto* read = std::get_if<Read>(&definition.body[factor.what]);
    return factor.how == Factor::How::times && read != nullptr && is_affine(read->window) &&
           graph[read->tensor].type.element == Element::f32;
  });
}

class Inliner {
 public:
  Inliner(const Graph& before, Remarks& remarks)
      : before_(before), uses_(readers(before)), after_(before), remarks_(remarks) {}

  Graph run() {
    for (const ValueId id : after_.in_order()) {
      Value value = after_.renamed(id);
      if (std::holds_alternative<Definition>(value.node)) inline_into(value);
      origin_[after_.keep(id, std::move(value))] = id;
    }
    Remarks unsaid;
    return dead(std::move(after_).finish(), unsaid);
  }

 private:
  void inline_into(Value& reader) {
    for (const ValueId tensor : operands(reader.node)) {
      const Value& source = after_.after()[tensor];
      const auto* definition = std::get_if<Definition>(&source.node);
      if (definition == nullptr || !is_elementwise(*definition)) continue;
      if (!may_be_inlined(tensor, source, *definition, reader)) continue;
      Definition candidate = std::get<Definition>(reader.node);
      if (!replace_reads(candidate, tensor, *definition)) continue;
      if (!keeps_its_form(std::get<Definition>(reader.node), candidate)) {
        remarks_.add(remark::not_inlined_sum, {source.name, reader.name});
        continue;
      }
      remarks_.add(remark::inlined, {source.name, reader.name});
      reader.node = std::move(candidate);
      for (const Place& place : source.places) reader.places.push_back(place);
    }
  }

  bool may_be_inlined(ValueId tensor, const Value& source, const Definition& definition,
                      const Value& reader) {
    const auto& reading = std::get<Definition>(reader.node);
    const std::vector<const Read*> reads = reads_of(reading.body, tensor);
    if (reads.empty()) return false;  // looked up by a window
    // A factor of a reduction's result is its epilogue: in several readers, the unscaled result would be
    // stored besides.
    if (is_trivial(definition) && !is_epilogue(definition, after_.after())) return true;
    const std::size_t old = number_of(origin_.at(tensor));
    if (uses_.kept_whole[old]) return false;
    if (uses_.of[old].size() > 1) {
      remarks_.add(remark::not_inlined_use, {source.name, std::to_string(uses_.of[old].size())});
      return false;
    }
    const bool reads_at_identity = std::all_of(reads.begin(), reads.end(), [&](const Read* read) {
      return is_elementwise(reading) && read->window == reading.write;
    });
    const bool is_epilogue_of_other = is_epilogue(definition, after_.after()) && !reads_at_identity;
    const auto times = static_cast<std::int64_t>(reads.size());
    const bool is_small = cost(definition.body, definition.body.root) <= small_cost &&
                          tensor_count(definition) <= 2 && !has_form_of_contraction(reading, after_.after());
    const bool computes_more = evaluations(reading) * times > count(source.type.shape) && !is_small;
    if (is_epilogue_of_other || computes_more) {
      remarks_.add(remark::not_inlined_cost, {source.name, reader.name});
      return false;
    }
    return true;
  }

  /// All reads of the tensor become its body; false if that is not possible.
  bool replace_reads(Definition& reader, ValueId tensor, const Definition& source) {
    BodyBuilder maker;
    const Graph& graph = after_.after();
    bool sound = true;
    const ExpressionId root = rebuilt(reader.body, reader.body.root, [&](const Expression& expression) {
      const auto* read = std::get_if<Read>(&expression);
      if (read == nullptr || read->tensor != tensor || !sound) return maker.add(expression);
      const Move move = move_to(*read, source, reader, graph[tensor].type.shape);
      const auto body = read->otherwise
                            ? moved_or(source.body, source.body.root, move, *read->otherwise, graph, maker)
                            : moved_or_zero(source.body, source.body.root, move, graph, maker);
      sound = body.has_value();
      return body ? *body : maker.add(expression);
    });
    if (!sound) return false;
    reader.body = simplified(maker.finish(root), reader.indices, graph, false);
    const auto left = operands(Node{reader});
    return std::find(left.begin(), left.end(), tensor) == left.end() &&
           reader.body.expressions.size() <= most_expressions && left.size() <= most_tensors;
  }

  static Move move_to(const Read& read, const Definition& source, const Definition& reader,
                      const Shape& shape) {
    Move move{source.indices, read.window, std::vector<bool>(shape.size(), false), reader.indices};
    for (std::size_t d = 0; read.otherwise && d < shape.size(); ++d) {
      const Range values = range(read.window[d], reader.indices);
      move.test[d] = values.least < 0 || values.most >= shape[d];
    }
    return move;
  }

  bool keeps_its_form(const Definition& old, const Definition& candidate) const {
    if (!has_form_of_contraction(old, after_.after())) return true;
    if (has_form_of_contraction(candidate, after_.after())) return true;
    if (is_looked_up(candidate, after_.after())) return true;
    // Without one of its factors, or if each element of the box is one of the operand's, it need not be a
    // contraction.
    const Product product = product_of(candidate.body, candidate.body.root);
    std::size_t reads = 0;
    for (const Expression& expression : candidate.body.expressions)
      reads += std::holds_alternative<Read>(expression) ? 1 : 0;
    return reads <= 1 || !is_product_over_more(old);
  }

  /// Is the index box larger than both operands?
  bool is_product_over_more(const Definition& definition) const {
    const Product product = product_of(definition.body, definition.body.root);
    return std::all_of(product.factors.begin(), product.factors.end(), [&](const Factor& factor) {
      const auto& read = std::get<Read>(definition.body[factor.what]);
      return count(after_.after()[read.tensor].type.shape) < evaluations(definition);
    });
  }

  const Graph& before_;
  Readers uses_;
  Rewriter after_;
  Remarks& remarks_;
  std::map<ValueId, ValueId> origin_;  // from a value of the new graph to the one before
};

}  // namespace

Graph inline_definitions(const Graph& before, Remarks& remarks) {
  return Inliner(before, remarks).run();
}

}  // namespace dlc
