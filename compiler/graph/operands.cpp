#include <algorithm>

#include "compiler/graph/graph.h"

namespace dlc {

namespace {

/// Calls `visit` for each value id that the window (or the position, the definition, the node) holds; the
/// same code reads and renumbers: Part is const or not.
template <class Part, class Visit>
void visit_position(Part& position, const Visit& visit) {
  for (auto& term : position.terms) {
    std::visit(match{
                   [](auto& index) requires std::same_as<std::remove_cvref_t<decltype(index)>, IndexId> {},
                   [&](auto& divided) requires requires { divided.divisor;
  }
  {
    for (auto& of : divided.of) visit_position(of, visit);
  }
  , [&](auto& lookup) requires requires {
    lookup.bound;
  }
  {
    visit(lookup.tensor);
    for (auto& subscript : lookup.subscripts) visit_position(subscript, visit);
  }
  ,
},
               term.what);
}  // namespace
}  // namespace dlc

template <class Part, class Visit>
void visit_expression(Part& expression, const Visit& visit) {
  std::visit(match{
                 [](auto& other) {
    using Form = std::remove_cvref_t<decltype(other)>;
    static_assert(std::same_as<Form, Constant> || std::same_as<Form, Call> || std::same_as<Form, Select>);
                 },
                 [&](auto& value) requires requires { value.position;
}
{ visit_position(value.position, visit); }
, [&](auto& read) requires requires {
  read.window;
}
{
  visit(read.tensor);
  for (auto& position : read.window) visit_position(position, visit);
}
, [&](auto& draw) requires requires {
  draw.counter;
}
{
  visit(draw.key);
  visit_position(draw.counter, visit);
}
,
},
             expression);
}

template <class Part, class Visit>
void visit_node(Part& node, const Visit& visit) {
  std::visit(match{
                 [](auto& other) {
    using Form = std::remove_cvref_t<decltype(other)>;
    static_assert(std::same_as<Form, Input> || std::same_as<Form, Parameter> || std::same_as<Form, State>);
                 },
                 [&](auto& definition) requires requires { definition.body;
}
{
  for (auto& position : definition.write) visit_position(position, visit);
  for (auto& expression : definition.body.expressions) visit_expression(expression, visit);
}
, [&](auto& view) requires std::same_as<std::remove_cvref_t<decltype(view)>, View> {
  visit(view.of);
}
, [&](auto& gradient) requires requires {
  gradient.by;
}
{
  visit(gradient.of);
  visit(gradient.by);
}
, [&](auto& update) requires requires {
  update.target;
}
{
  visit(update.target);
  visit(update.value);
}
,
},
             node);
}

}  // namespace

std::vector<ValueId> operands(const Node& node) {
  std::vector<ValueId> found;
  visit_node(node, [&](ValueId id) {
    if (std::find(found.begin(), found.end(), id) == found.end()) found.push_back(id);
  });
  return found;
}

void renumber(Node& node, const std::function<ValueId(ValueId)>& change) {
  visit_node(node, [&](ValueId& id) { id = change(id); });
}

}  // namespace dlc
