// From a sum of products to the contraction schedule, which knows strides and borders only.
//
//   y[n, i, f] = sum[r, k] (x[n, i + r - 1, k] else 0) * w[r, k, f]
//
// gives five indices with their strides in y, x and w, and one border, 0 <= i + r - 1 < extent of x. What is
// computed from y element by element is done by the epilogue: each sum of indices that it asks for, an
// address or an integer, is an "extra" of the contraction.
#include "compiler/plan/product.h"

#include <algorithm>

#include "compiler/kernels/contraction/contraction.h"
#include "compiler/plan/product_epilogue.h"
#include "compiler/plan/uses.h"

namespace dlc {

namespace {

struct Factors {
  const Read* a = nullptr;
  const Read* b = nullptr;
};

bool is_zero_outside(const Body& body, const Read& read) {
  if (!read.otherwise) return true;
  const Constant* constant = std::get_if<Constant>(&body[*read.otherwise]);
  return constant && constant->value == 0;
}

std::optional<Factors> factors_of(const Graph& graph, const Definition& definition) {
  if (definition.combiner != Combiner::sum) return std::nullopt;
  const Body& body = definition.body;
  const Call* product = std::get_if<Call>(&body[body.root]);
  if (!product || product->function != Scalar::multiply) return std::nullopt;
  const Factors factors{std::get_if<Read>(&body[product->a]), std::get_if<Read>(&body[product->b])};
  for (const Read* read : {factors.a, factors.b}) {
    if (!read || !is_affine(read->window) || !is_zero_outside(body, *read)) return std::nullopt;
    const Type& type = graph[read->tensor].type;
    if (type.kind != Kind::number || type.element != Element::f32) return std::nullopt;
  }
  return factors;
}

/// Strides of the positions' sum, and what it is where all indices are 0.
struct Flat {
  std::vector<std::int64_t> strides;
  std::int64_t offset = 0;
};
Flat flat(const Graph& graph, ValueId tensor, const Window& window, std::size_t indices) {
  const std::vector<std::int64_t> weights = strides_of(graph[tensor].type.shape);
  Flat result{std::vector<std::int64_t>(indices), 0};
  for (std::size_t d = 0; d < window.size(); ++d) {
    result.offset += weights[d] * window[d].constant;
    for (std::size_t i = 0; i < indices; ++i)
      result.strides[i] += weights[d] * coefficient(window[d], IndexId(i));
  }
  return result;
}

void add_borders(const Graph& graph, const Definition& definition, const Read& read, bool guards_b,
                 Contraction& contraction) {
  const Shape& shape = graph[read.tensor].type.shape;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const Position& position = read.window[d];
    const Range reached = range(position, definition.indices);
    if (reached.least >= 0 && reached.most < shape[d]) continue;
    Contraction::Border border{position.constant, {}, shape[d], guards_b};
    for (std::size_t i = 0; i < definition.indices.size(); ++i) {
      const std::int64_t factor = coefficient(position, IndexId(i));
      if (factor != 0) border.terms.push_back({i, factor});
    }
    contraction.borders.push_back(std::move(border));
  }
}

/// A subscript that writes stride * outer + inner, inner < stride, up to `extent`.
struct Phase {
  std::size_t outer = 0;
  std::size_t inner = 0;
  std::int64_t stride = 1;
  std::int64_t extent = 0;
};

/// The phases of the write; none if a subscript is neither one index over its whole extent nor a phase.
std::optional<std::vector<Phase>> phases_of(const Definition& definition, const Shape& shape) {
  std::vector<Phase> phases;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    std::vector<std::pair<std::int64_t, std::size_t>> terms;
    for (std::size_t i = 0; i < definition.indices.size(); ++i) {
      const std::int64_t factor = coefficient(definition.write[d], IndexId(i));
      if (factor != 0) terms.emplace_back(factor, i);
    }
    std::sort(terms.begin(), terms.end());
    if (definition.write[d].constant != 0 || terms.empty() || terms.size() > 2 || terms[0].first != 1)
      return std::nullopt;
    const std::int64_t first_extent = definition.indices[terms[0].second].extent;
    if (terms.size() == 1) {
      if (first_extent != shape[d]) return std::nullopt;
    } else {
      if (first_extent != terms[1].first) return std::nullopt;
      phases.push_back(Phase{terms[1].second, terms[0].second, terms[1].first, shape[d]});
    }
  }
  return phases;
}

/// The inner index of a phase stands at this value; the outer one goes as far as the tensor does.
void fix(Contraction& contraction, const Phase& phase, std::int64_t value) {
  Contraction::Index& inner = contraction.indices[phase.inner];
  contraction.out_offset += value * inner.out;
  contraction.a_offset += value * inner.a;
  contraction.b_offset += value * inner.b;
  inner = Contraction::Index{inner.name, 1, 0, 0, 0, {}};
  contraction.indices[phase.outer].extent = (phase.extent - value + phase.stride - 1) / phase.stride;
  for (Contraction::Border& border : contraction.borders) {
    for (const Contraction::Border::Term& term : border.terms) {
      if (term.index == phase.inner) border.constant += value * term.coefficient;
    }
    std::erase_if(border.terms, [&](const auto& term) { return term.index == phase.inner; });
  }
}

/// Borders that the present extents prove are left out.
void drop_proved_borders(Contraction& contraction) {
  std::erase_if(contraction.borders, [&](const Contraction::Border& border) {
    std::int64_t least = border.constant;
    std::int64_t most = border.constant;
    for (const Contraction::Border::Term& term : border.terms) {
      const std::int64_t reach = term.coefficient * (contraction.indices[term.index].extent - 1);
      (reach < 0 ? least : most) += reach;
    }
    return least >= 0 && most < border.extent;
  });
}

/// One contraction for each combination of phases: none of them asks for divisibility.
std::vector<Contraction> by_phases(const Contraction& whole, const std::vector<Phase>& phases) {
  std::vector<Contraction> parts = {whole};
  for (const Phase& phase : phases) {
    std::vector<Contraction> split;
    for (const Contraction& part : parts) {
      for (std::int64_t value = 0; value < std::min(phase.stride, phase.extent); ++value) {
        split.push_back(part);
        fix(split.back(), phase, value);
      }
    }
    parts = std::move(split);
  }
  for (Contraction& part : parts) drop_proved_borders(part);
  return parts;
}

/// The buffers of a contraction, each value once.
class Buffers {
 public:
  Buffers(const Graph& graph, Contraction& contraction) : graph_(graph), contraction_(contraction) {}

  BufferId of(ValueId value) {
    value = source_of(graph_, value);
    const auto known = std::find(uses.begin(), uses.end(), BufferUse(value));
    if (known != uses.end()) return static_cast<BufferId>(known - uses.begin());
    const Value& one = graph_[value];
    contraction_.buffers.push_back(loops::Buffer{one.name, one.type.element, count(one.type.shape)});
    uses.emplace_back(value);
    return static_cast<BufferId>(uses.size() - 1);
  }

  std::vector<BufferUse> uses;

 private:
  const Graph& graph_;
  Contraction& contraction_;
};

void describe(const KernelSource& source, Buffers& buffers, const Factors& factors,
              Contraction& contraction) {
  const Graph& graph = source.graph;
  const Definition& root = source.root();
  const std::size_t indices = root.indices.size();
  const Flat a = flat(graph, factors.a->tensor, factors.a->window, indices);
  const Flat b = flat(graph, factors.b->tensor, factors.b->window, indices);
  const Flat out = flat(graph, source.members[0], root.write, indices);
  for (std::size_t i = 0; i < indices; ++i) {
    contraction.indices.push_back(
        {root.indices[i].name, root.indices[i].extent, out.strides[i], a.strides[i], b.strides[i], {}});
  }
  contraction.name = graph[source.members[0]].name;
  contraction.a = buffers.of(factors.a->tensor);
  contraction.b = buffers.of(factors.b->tensor);
  // A result that only the epilogue sees has no memory; it never writes there.
  const auto stored = std::find(source.stored.begin(), source.stored.end(), true);
  contraction.out = buffers.of(source.members[static_cast<std::size_t>(stored - source.stored.begin())]);
  contraction.a_offset = a.offset;
  contraction.b_offset = b.offset;
  contraction.out_offset = out.offset;
  add_borders(graph, root, *factors.a, false, contraction);
  add_borders(graph, root, *factors.b, true, contraction);
}

}  // namespace

bool is_product(const Graph& graph, ValueId id) {
  const auto& definition = std::get<Definition>(graph[id].node);
  const std::optional<Factors> factors = factors_of(graph, definition);
  if (!factors || graph[id].type.element != Element::f32) return false;
  if (!phases_of(definition, graph[id].type.shape)) return false;
  bool reads_again = false;
  for (std::size_t i = 0; i < definition.indices.size(); ++i) {
    if (definition.indices[i].extent == 1 || !depends_on(definition.write, IndexId(i))) continue;
    if (depends_on(factors->a->window, IndexId(i)) != depends_on(factors->b->window, IndexId(i)))
      reads_again = true;
  }
  return reads_again;
}

bool fits_product(const Graph& graph, const Definition& definition) {
  const auto is_plain = [&](const Expression& expression) {
    if (const Draw* draw = std::get_if<Draw>(&expression)) return is_affine(draw->counter);
    if (const PositionValue* value = std::get_if<PositionValue>(&expression))
      return is_affine(value->position);
    const Read* read = std::get_if<Read>(&expression);
    if (!read) return true;
    return is_affine(read->window) &&
           !first_outside(read->window, definition.indices, graph[read->tensor].type.shape);
  };
  return std::all_of(definition.body.expressions.begin(), definition.body.expressions.end(), is_plain);
}

ScheduledKernel schedule_product(const KernelSource& source, const Target& target) {
  Contraction contraction;
  Buffers buffers(source.graph, contraction);
  const Factors factors = factors_of(source.graph, source.root()).value();
  describe(source, buffers, factors, contraction);
  ProductEpilogue epilogue(source, [&](ValueId value) { return buffers.of(value); });
  if (source.members.size() > 1) {
    for (const ProductEpilogue::Extra& extra : epilogue.extras()) {
      for (std::size_t i = 0; i < contraction.indices.size(); ++i)
        contraction.indices[i].extra.push_back(extra.strides[i]);
      contraction.extra_offsets.push_back(extra.offset);
    }
    contraction.epilogue = [&](LoopsBuilder& builder, const Contraction::Outputs& outputs) {
      epilogue.write(builder, outputs);
    };
  }
  buffers.uses.emplace_back(std::size_t{0});
  ScheduledKernel kernel;
  const std::vector<Phase> phases =
      phases_of(source.root(), source.graph[source.members[0]].type.shape).value();
  for (const Contraction& part : by_phases(contraction, phases)) {
    ContractionKernels made = schedule_contraction(part, target);
    const std::size_t scratch = static_cast<std::size_t>(made.scratch_elements) * sizeof(float);
    kernel.scratch_bytes = std::max(kernel.scratch_bytes, scratch);
    for (Loops& loops : made.phases) {
      std::vector<BufferUse> uses = buffers.uses;
      uses.resize(loops.buffers.size(), std::size_t{0});
      kernel.launches.push_back(Launch{std::move(loops), std::move(uses)});
    }
  }
  return kernel;
}

}  // namespace dlc
