// The text form of a graph: one value a line, in the order of the table, outputs at the end.
//
//   image = input number u8 [32, 28, 28, 1]                        what comes from outside: kind, element,
//   bounds, shape w = parameter [3, 3, 1, 32]                                    a number as f32 needs no
//   word y[n < 32, i < 26] = sum[r < 3] (x[n, i + r] else 0) * w[r]      written at its first indices; the
//   others are combined over dx[2*i + k] in [9] = sum[i < 4, k < 3] dy[i] * w[k]            a scatter: where
//   each combination writes, and the result's shape z[2*p + s] in [7] = for[p < 4, s < 2] a[s, p] a scatter
//   that writes each element once best[n < 32]: 0..9 = argmax[c < 10] y[n, c]                    an integer
//   says its bounds v = view y [832]        g = gradient of loss by w        update w = w_new        output
//   loss
//
// In a body [2*i + k] is the integer that this position is. A number without a point takes its kind from what
// stands beside it. Where a part is used twice it has a name: let e1 = exp(x[i]) in e1 * e1. Names that are
// no plain words stand in backquotes. A remark of the form "# model.net:20:8, nn.net:3:4" is the value's
// places.

#include <algorithm>

#include "compiler/graph/print_expression.h"

namespace dlc {

namespace {

std::string print_shape(const Shape& shape) {
  std::string text = "[";
  for (std::size_t k = 0; k < shape.size(); ++k) text += (k == 0 ? "" : ", ") + std::to_string(shape[k]);
  return text + "]";
}

/// The element where it is not the usual one, the bounds of an integer.
std::string print_storage(const Type& type) {
  std::string text;
  if (type.element != element_of(type.kind)) text += " " + std::string(word_of(type.element));
  if (type.kind == Kind::integer) text += " " + std::to_string(type.least) + ".." + std::to_string(type.most);
  return text;
}

std::string print_outside(std::string_view word, const Type& type) {
  const std::string storage = print_storage(type);
  const bool is_usual = type.kind == Kind::number && storage.empty();
  std::string text(word);
  if (!is_usual) text += " " + std::string(word_of(type.kind)) + storage;
  return type.shape.empty() ? text : text + " " + print_shape(type.shape);
}

/// Indices under names that are plain words, differ from each other and from what the definition reads.
std::vector<Index> named_apart(const Definition& definition, const Graph& graph) {
  std::vector<std::string> taken;
  for (const ValueId id : operands(definition)) taken.push_back(graph[id].name);
  const auto is_free = [&](const std::string& name) {
    return quoted(name) == name && std::find(taken.begin(), taken.end(), name) == taken.end();
  };
  std::vector<Index> indices = definition.indices;
  for (Index& index : indices) {
    if (quoted(index.name) != index.name) index.name = "i";
    const std::string stem = index.name;
    for (int number = 2; !is_free(index.name); ++number) index.name = stem + "_" + std::to_string(number);
    taken.push_back(index.name);
  }
  return indices;
}

std::string print_ranges(std::span<const Index> indices) {
  std::string text;
  for (const Index& index : indices) {
    text += (text.empty() ? "" : ", ") + index.name + " < " + std::to_string(index.extent);
  }
  return "[" + text + "]";
}

bool writes_at_its_first_indices(const Definition& definition, const Shape& shape) {
  if (!is_identity(definition.write) || definition.write.size() != shape.size()) return false;
  if (definition.indices.size() < shape.size()) return false;
  for (std::size_t k = 0; k < shape.size(); ++k) {
    if (definition.indices[k].extent != shape[k]) return false;
  }
  return definition.combiner != Combiner::none || definition.indices.size() == shape.size();
}

std::string print_definition(const Value& value, const Definition& definition, const Graph& graph) {
  const std::vector<Index> indices = named_apart(definition, graph);
  const std::string body = print(definition.body, indices, graph);
  const std::string storage = print_storage(value.type);
  const std::string type = storage.empty() ? "" : ":" + storage;
  const std::string word(word_of(definition.combiner));
  if (!writes_at_its_first_indices(definition, value.type.shape)) {
    return quoted(value.name) + print(definition.write, indices, graph) + " in " +
           print_shape(value.type.shape) + type + " = " + word + print_ranges(indices) + " " + body;
  }
  const std::span<const Index> all(indices);
  const std::size_t free = value.type.shape.size();
  const std::string left =
      quoted(value.name) + (free == 0 ? "" : print_ranges(all.first(free))) + type + " = ";
  if (definition.combiner == Combiner::none) return left + body;
  return left + word + print_ranges(all.subspan(free)) + " " + body;
}

std::string print_node(const Value& value, const Graph& graph) {
  const std::string left = quoted(value.name) + " = ";
  return std::visit(
      match{
          [&](const Input&) { return left + print_outside("input", value.type); },
          [&](const Parameter&) { return left + print_outside("parameter", value.type); },
          [&](const State&) { return left + print_outside("state", value.type); },
          [&](const Definition& definition) { return print_definition(value, definition, graph); },
          [&](const View& view) {
            return left + "view " + quoted(graph[view.of].name) + " " + print_shape(value.type.shape);
          },
          [&](const Gradient& gradient) {
            return left + "gradient of " + quoted(graph[gradient.of].name) + " by " +
                   quoted(graph[gradient.by].name);
          },
          [&](const Update& update) {
            const std::string& target = graph[update.target].name;
            const std::string& next = graph[update.value].name;
            if (value.name == target + "_next") return "update " + quoted(target) + " = " + quoted(next);
            return left + "update " + quoted(target) + " to " + quoted(next);
          },
      },
      value.node);
}

std::string print_places(std::span<const Place> places) {
  std::string text;
  for (const Place& place : places) {
    text += (text.empty() ? "  # " : ", ") + place.file + ":" + std::to_string(place.line) + ":" +
            std::to_string(place.column);
  }
  return text;
}

}  // namespace

std::string print(const Value& value, const Graph& graph) {
  return print_node(value, graph) + print_places(value.places);
}

std::string print(const Graph& graph) {
  std::string text;
  for (const Value& value : graph.values()) text += print(value, graph) + "\n";
  for (const Output& output : graph.outputs) {
    const std::string& name = graph[output.value].name;
    text += "output " + quoted(output.name) + (output.name == name ? "" : " = " + quoted(name)) + "\n";
  }
  return text;
}

}  // namespace dlc
