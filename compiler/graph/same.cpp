#include <bit>
#include <set>

#include "compiler/graph/graph.h"

namespace dlc {

namespace {

/// Two bodies are compared as what they compute: the order of their lists and the sharing of equal parts do
/// not count. Each pair is looked at once, so a body with much sharing costs no more than a list.
class BodyComparison {
 public:
  BodyComparison(const Body& a, const Body& b) : a_(a), b_(b) {}

  bool equal(ExpressionId x, ExpressionId y) {
    if (equal_.contains({x, y})) return true;
    if (a_[x].index() != b_[y].index()) return false;
    const bool result = std::visit(
        [&](const auto& left) {
          return equal_form(left, std::get<std::remove_cvref_t<decltype(left)>>(b_[y]));
        },
        a_[x]);
    if (result) equal_.insert({x, y});
    return result;
  }

 private:
  bool equal_form(const Constant& x, const Constant& y) {
    return x.kind == y.kind && std::bit_cast<std::uint64_t>(x.value) == std::bit_cast<std::uint64_t>(y.value);
  }
  bool equal_form(const PositionValue& x, const PositionValue& y) { return x.position == y.position; }
  bool equal_form(const Read& x, const Read& y) {
    if (x.tensor != y.tensor || x.window != y.window) return false;
    if (x.otherwise.has_value() != y.otherwise.has_value()) return false;
    return !x.otherwise || equal(*x.otherwise, *y.otherwise);
  }
  bool equal_form(const Call& x, const Call& y) {
    return x.function == y.function && equal(x.a, y.a) && equal(x.b, y.b);
  }
  bool equal_form(const Select& x, const Select& y) {
    return equal(x.condition, y.condition) && equal(x.a, y.a) && equal(x.b, y.b);
  }
  bool equal_form(const Draw& x, const Draw& y) {
    return x.key == y.key && x.site == y.site && x.counter == y.counter;
  }

  const Body& a_;
  const Body& b_;
  std::set<std::pair<ExpressionId, ExpressionId>> equal_;
};

}  // namespace

bool same(const Body& a, const Body& b) {
  if (a.expressions.empty() || b.expressions.empty()) return a.expressions.empty() == b.expressions.empty();
  return BodyComparison(a, b).equal(a.root, b.root);
}

bool same(const Node& a, const Node& b) {
  if (a.index() != b.index()) return false;
  return std::visit(match{
                        [](const Input&) { return true; },
                        [](const Parameter&) { return true; },
                        [](const State&) { return true; },
                        [&](const Definition& x) {
                          const auto& y = std::get<Definition>(b);
                          if (x.combiner != y.combiner || x.write != y.write) return false;
                          if (x.indices.size() != y.indices.size()) return false;
                          for (std::size_t i = 0; i < x.indices.size(); ++i) {
                            if (x.indices[i].extent != y.indices[i].extent) return false;
                          }
                          return same(x.body, y.body);
                        },
                        [&](const View& x) { return x.of == std::get<View>(b).of; },
                        [&](const Gradient& x) {
                          const auto& y = std::get<Gradient>(b);
                          return x.of == y.of && x.by == y.by;
                        },
                        [&](const Update& x) {
                          const auto& y = std::get<Update>(b);
                          return x.target == y.target && x.value == y.value;
                        },
                    },
                    a);
}

bool same(const Graph& a, const Graph& b) {
  if (a.size() != b.size() || a.outputs.size() != b.outputs.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const Value& x = a.values()[i];
    const Value& y = b.values()[i];
    if (x.name != y.name || x.type != y.type || x.places != y.places || !same(x.node, y.node)) return false;
  }
  for (std::size_t i = 0; i < a.outputs.size(); ++i) {
    if (a.outputs[i].name != b.outputs[i].name || a.outputs[i].value != b.outputs[i].value) return false;
  }
  return true;
}

}  // namespace dlc
