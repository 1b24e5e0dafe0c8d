#include "compiler/differentiate/backward_sweep.h"

#include "compiler/differentiate/scatter.h"

namespace dlc {

BackwardSweep::BackwardSweep(Graph& graph, Remembered& remembered, const Remembered::Naming& naming,
                             ValueId of, std::map<ValueId, Wanted> wanted)
    : graph_(graph),
      remembered_(remembered),
      naming_(naming),
      of_(of),
      wanted_(std::move(wanted)),
      readers_(number_of(of) + 1),
      adjoints_(number_of(of) + 1) {}

std::map<ValueId, ValueId> BackwardSweep::run() {
  find_readers();
  for (std::size_t i = number_of(of_) + 1; i-- > 0;) find_adjoint(static_cast<ValueId>(i));
  std::map<ValueId, ValueId> gradients;
  for (const auto& [by, wanted] : wanted_) {
    const bool is_reached = by <= of_ && adjoints_[number_of(by)].has_value();
    const Adjoint adjoint = is_reached ? *adjoints_[number_of(by)] : Adjoint(0.0);
    const auto* number = std::get_if<double>(&adjoint);
    gradients[by] = number != nullptr ? filled(by, *number, wanted.name) : std::get<ValueId>(adjoint);
  }
  return gradients;
}

/// Forward: which values depend on a wanted one in a way that passes a gradient, and through which reads.
void BackwardSweep::find_readers() {
  std::vector<bool> depends(number_of(of_) + 1, false);
  const auto is_dependent = [&](ValueId id) { return depends[number_of(id)]; };
  for (std::size_t i = 0; i < depends.size(); ++i) {
    const auto id = static_cast<ValueId>(i);
    const Value& value = graph_[id];
    if (value.type.kind != Kind::number) continue;
    depends[i] = wanted_.contains(id);
    if (const auto* view = std::get_if<View>(&value.node); view != nullptr && is_dependent(view->of)) {
      depends[i] = true;
      readers_[number_of(view->of)].push_back({id, std::nullopt});
    }
    const auto* definition = std::get_if<Definition>(&value.node);
    if (definition == nullptr || !passes_gradient(definition->combiner)) continue;
    for (ReadGroup& group : reads_with_gradient(definition->body, is_dependent)) {
      depends[i] = true;
      const std::size_t tensor = number_of(group.tensor);
      readers_[tensor].push_back({id, std::move(group)});
    }
  }
  if (!is_dependent(of_)) readers_.assign(readers_.size(), {});
}

/// All later adjoints are there. The contributions are added in the order in which their readers stand in the
/// graph.
void BackwardSweep::find_adjoint(ValueId x) {
  std::optional<Adjoint>& adjoint = adjoints_[number_of(x)];
  if (x == of_) {
    adjoint = 1.0;
    return;
  }
  std::vector<Reader> readers = readers_[number_of(x)];
  std::erase_if(readers,
                [&](const Reader& reader) { return !adjoints_[number_of(reader.value)].has_value(); });
  const std::string name = name_of_adjoint(x);
  std::vector<ValueId> terms;
  double constant = 0;
  for (const Reader& reader : readers) {
    const std::string suffix = readers.size() > 1 ? "_from_" + graph_[reader.value].name : "";
    const std::optional<Adjoint> term = contribution(x, reader, name + suffix);
    if (!term) continue;
    if (const auto* number = std::get_if<double>(&*term)) {
      constant += *number;
    } else {
      terms.push_back(std::get<ValueId>(*term));
    }
  }
  if (terms.empty() && constant == 0) return;
  if (terms.empty()) {
    adjoint = constant;
    return;
  }
  if (terms.size() == 1 && constant == 0) {
    adjoint = terms.front();
    return;
  }
  const std::size_t dimensions = graph_[x].type.shape.size();
  BodyBuilder body;
  ExpressionId sum = body.constant(0);
  for (const ValueId term : terms)
    sum = body.call(Scalar::add, sum, body.read(term, identity_window(dimensions)));
  sum = body.call(Scalar::add, sum, body.constant(constant));
  adjoint = add_elementwise(x, indices_like(terms.front()), name, body.finish(sum));
}

std::optional<BackwardSweep::Adjoint> BackwardSweep::contribution(ValueId x, const Reader& reader,
                                                                  const std::string& name) {
  return reader.group ? contribution_of_reads(reader.value, *reader.group, name)
                      : contribution_of_view(x, reader.value, name);
}

std::optional<BackwardSweep::Adjoint> BackwardSweep::contribution_of_view(ValueId x, ValueId view,
                                                                          const std::string& name) {
  const Adjoint adjoint = *adjoints_[number_of(view)];
  if (std::holds_alternative<double>(adjoint)) return adjoint;
  return graph_.add(
      {naming_(name), type_of_adjoint(x), View{std::get<ValueId>(adjoint)}, graph_[view].places});
}

/// The one rule: dx[g(i)] += dy[w(i)] * (the body's derivative by the read), over the same indices.
std::optional<BackwardSweep::Adjoint> BackwardSweep::contribution_of_reads(ValueId y, const ReadGroup& group,
                                                                           const std::string& name) {
  const auto definition = std::get<Definition>(graph_[y].node);  // a copy: the graph grows
  BodyBuilder body;
  BodyCopy copy(definition.body, body);
  if (definition.combiner == Combiner::none && writes_inside(definition, graph_[y].type.shape)) {
    copy.stands_for(definition.body.root, body.read(y, definition.write));  // it is there already
  }
  const Guarded root = remembered_.root_adjoint(y, read_adjoint(y, definition, body), body);
  const std::optional<Guarded> adjoint = adjoint_of_reads(definition, graph_, group, root, copy, body);
  if (!adjoint) return std::nullopt;
  const ExpressionId added = unguarded(body, *adjoint);
  if (body.constant_value(added) == 0.0) return std::nullopt;
  Definition result =
      scatter(definition.indices, group.window, body.finish(added), graph_[group.tensor].type.shape);
  if (const std::optional<Adjoint> known = already_there(result, group.tensor)) return known;
  return graph_.add({naming_(name), type_of_adjoint(group.tensor), std::move(result), graph_[y].places});
}

/// The same number everywhere, or a value that is only copied.
std::optional<BackwardSweep::Adjoint> BackwardSweep::already_there(const Definition& contribution,
                                                                   ValueId x) const {
  if (contribution.combiner != Combiner::none) return std::nullopt;
  const Expression& root = contribution.body[contribution.body.root];
  if (const auto* number = std::get_if<Constant>(&root)) return Adjoint(number->value);
  const auto* read = std::get_if<Read>(&root);
  if (read == nullptr || read->otherwise || !is_identity(read->window)) return std::nullopt;
  if (graph_[read->tensor].type != type_of_adjoint(x)) return std::nullopt;
  return Adjoint(read->tensor);
}

/// dy[w(i)], or 0 where y dropped what was written.
ExpressionId BackwardSweep::read_adjoint(ValueId y, const Definition& definition, BodyBuilder& body) const {
  const Adjoint& adjoint = *adjoints_[number_of(y)];
  const Shape& shape = graph_[y].type.shape;
  const bool inside = writes_inside(definition, shape);
  const ExpressionId zero = body.constant(0);
  if (const auto* number = std::get_if<double>(&adjoint)) {
    const ExpressionId constant = body.constant(*number);
    if (inside) return constant;
    return body.select(outside(definition.write, shape, definition.indices, body), zero, constant);
  }
  return body.read(std::get<ValueId>(adjoint), definition.write, inside ? std::nullopt : std::optional(zero));
}

ValueId BackwardSweep::filled(ValueId x, double number, const std::string& name) {
  BodyBuilder body;
  return add_elementwise(x, indices_like(x), name, body.finish(body.constant(number)));
}

/// Indices for all elements of the value, called as in its definition where that writes at its first indices.
std::vector<Index> BackwardSweep::indices_like(ValueId value) const {
  const auto* definition = std::get_if<Definition>(&graph_[value].node);
  const bool has_names = definition != nullptr && is_identity(definition->write);
  std::vector<Index> indices;
  for (const std::int64_t extent : graph_[value].type.shape) {
    const std::size_t i = indices.size();
    indices.push_back({has_names ? definition->indices[i].name : "i" + std::to_string(i + 1), extent});
  }
  return indices;
}

ValueId BackwardSweep::add_elementwise(ValueId x, std::vector<Index> indices, const std::string& name,
                                       Body body) {
  Definition definition{std::move(indices), identity_window(graph_[x].type.shape.size()), Combiner::none,
                        std::move(body)};
  const auto found = wanted_.find(x);
  const std::vector<Place> places = found != wanted_.end() ? found->second.places : graph_[x].places;
  return graph_.add({naming_(name), type_of_adjoint(x), std::move(definition), places});
}

Type BackwardSweep::type_of_adjoint(ValueId x) const {
  return {Kind::number, element_of(Kind::number), graph_[x].type.shape};
}

std::string BackwardSweep::name_of_adjoint(ValueId x) const {
  const auto found = wanted_.find(x);
  return found != wanted_.end() ? found->second.name : "d_" + graph_[of_].name + "_by_" + graph_[x].name;
}

}  // namespace dlc
