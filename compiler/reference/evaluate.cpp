// The definition of the language, in numbers. What a Definition means is said where it is declared, in
// graph.h; here it is done, word for word. Before you change this file: every pass, schedule and target is
// compared with it, so it may only become simpler.

#include "compiler/reference/evaluate.h"

#include <cassert>
#include <cmath>
#include <limits>

#include "compiler/reference/body_program.h"

namespace dlc {

namespace {

double neutral(Combiner combiner) {
  switch (combiner) {
    case Combiner::none:
    case Combiner::sum:
    case Combiner::any:
    case Combiner::argmax:
    case Combiner::argmin: return 0;
    case Combiner::product:
    case Combiner::all: return 1;
    case Combiner::maximum: return -std::numeric_limits<double>::infinity();
    case Combiner::minimum: return std::numeric_limits<double>::infinity();
  }
  __builtin_unreachable();
}

bool finds_a_position(Combiner combiner) {
  return combiner == Combiner::argmax || combiner == Combiner::argmin;
}

/// Of the combiners that give a value.
double combined(Combiner combiner, double result, double next) {
  switch (combiner) {
    case Combiner::sum: return result + next;
    case Combiner::product: return result * next;
    case Combiner::maximum: return evaluate(Scalar::maximum, result, next);
    case Combiner::minimum: return evaluate(Scalar::minimum, result, next);
    case Combiner::any: return evaluate(Scalar::logical_or, result, next);
    case Combiner::all: return evaluate(Scalar::logical_and, result, next);
    default: return next;
  }
}

/// Does `next` take the place of the extreme found so far? Equal ones do not; what is not a number does,
/// once: as in max and min.
bool is_new_extreme(Combiner combiner, double extreme, double next) {
  if (std::isnan(extreme)) return false;
  return std::isnan(next) || (combiner == Combiner::argmax ? next > extreme : next < extreme);
}

/// The next combination of the indices, the last index fastest; false after the last.
bool advance(std::vector<std::int64_t>& indices, const std::vector<Index>& ranges) {
  for (std::size_t i = indices.size(); i-- > 0;) {
    if (++indices[i] < ranges[i].extent) return true;
    indices[i] = 0;
  }
  return false;
}

/// What each index counts for in the linear position of the box of indices that do not occur in the write
/// map; 0 for those that do.
std::vector<std::int64_t> strides_of_reduced(const Definition& definition) {
  std::vector<std::int64_t> strides(definition.indices.size(), 0);
  std::int64_t stride = 1;
  for (std::size_t i = strides.size(); i-- > 0;) {
    if (depends_on(definition.write, static_cast<IndexId>(i))) continue;
    strides[i] = stride;
    stride *= definition.indices[i].extent;
  }
  return strides;
}

std::int64_t linear_position(std::span<const std::int64_t> indices, std::span<const std::int64_t> strides) {
  std::int64_t position = 0;
  for (std::size_t i = 0; i < indices.size(); ++i) position += indices[i] * strides[i];
  return position;
}

LookupValue lookup_in(const std::vector<Tensor>& values) {
  return [&values](const Lookup& lookup, std::span<const std::int64_t> subscripts) {
    const Tensor& tensor = values[number_of(lookup.tensor)];
    std::int64_t place = 0;
    for (std::size_t i = 0; i < subscripts.size(); ++i) place = place * tensor.shape[i] + subscripts[i];
    return static_cast<std::int64_t>(tensor.elements[static_cast<std::size_t>(place)]);
  };
}

Tensor evaluate(const Definition& definition, const Shape& shape, const std::vector<Tensor>& values) {
  const Combiner combiner = definition.combiner;
  const LookupValue lookup = lookup_in(values);
  const ElementPlace written(definition.write, shape, definition.indices);
  const std::vector<std::int64_t> strides = strides_of_reduced(definition);
  BodyProgram body(definition, values);

  Tensor result{shape, std::vector<double>(static_cast<std::size_t>(count(shape)), neutral(combiner))};
  std::vector<double> extremes;  // of argmax and argmin: the extreme so far
  if (finds_a_position(combiner)) {
    extremes.assign(result.elements.size(),
                    neutral(combiner == Combiner::argmax ? Combiner::maximum : Combiner::minimum));
  }
  std::vector<std::int64_t> indices(definition.indices.size(), 0);
  do {
    const std::int64_t place = written.at(indices, lookup);
    if (place == ElementPlace::outside) continue;
    double& element = result.elements[static_cast<std::size_t>(place)];
    const double next = body.run(indices, lookup);
    if (!finds_a_position(combiner)) {
      element = combined(combiner, element, next);
    } else if (is_new_extreme(combiner, extremes[static_cast<std::size_t>(place)], next)) {
      extremes[static_cast<std::size_t>(place)] = next;
      element = static_cast<double>(linear_position(indices, strides));
    }
  } while (advance(indices, definition.indices));
  return result;
}

}  // namespace

Values evaluate(const Graph& graph, const std::map<std::string, Tensor>& given) {
  Values values;
  values.of_value.resize(graph.size());
  const auto outside = [&](const Value& value) {
    const auto found = given.find(value.name);
    assert(found != given.end() && "an input, parameter or state is not given");
    assert(found->second.shape == value.type.shape &&
           "an input, parameter or state is given in another shape");
    assert(static_cast<std::int64_t>(found->second.elements.size()) == count(value.type.shape));
    return found->second;
  };
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const Value& value = graph.values()[i];
    const Shape& shape = value.type.shape;
    values.of_value[i] = std::visit(
        match{
            [&](const Input&) { return outside(value); },
            [&](const Parameter&) { return outside(value); },
            [&](const State&) { return outside(value); },
            [&](const Definition& definition) { return evaluate(definition, shape, values.of_value); },
            [&](const View& view) {
              return Tensor{shape, values[view.of].elements};
            },
            [&](const Gradient&) {
              assert(false && "a gradient is left in the graph: differentiate first");
              return Tensor{};
            },
            [&](const Update& update) {
              return values.next[graph[update.target].name] = values[update.value];
            },
        },
        value.node);
  }
  for (const Output& output : graph.outputs) values.outputs[output.name] = values[output.value];
  return values;
}

}  // namespace dlc
