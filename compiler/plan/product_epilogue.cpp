#include "compiler/plan/product_epilogue.h"

#include <algorithm>
#include <utility>

#include "compiler/plan/uses.h"

namespace dlc {

namespace {

bool is_member(const KernelSource& source, ValueId value) {
  return std::find(source.members.begin(), source.members.end(), source_of(source.graph, value)) !=
         source.members.end();
}

/// The sum of the positions, each weighted.
ProductEpilogue::Extra sum_of(const Window& window, const std::vector<std::int64_t>& weights,
                              std::size_t indices) {
  ProductEpilogue::Extra extra{std::vector<std::int64_t>(indices), 0, std::nullopt};
  for (std::size_t d = 0; d < window.size(); ++d) {
    extra.offset += weights[d] * window[d].constant;
    for (const Term& term : window[d].terms) {
      extra.strides[number_of(std::get<IndexId>(term.what))] += weights[d] * term.coefficient;
    }
  }
  return extra;
}

}  // namespace

ProductEpilogue::ProductEpilogue(const KernelSource& source,
                                 const std::function<BufferId(ValueId)>& buffer_of)
    : source_(source), extra_of_expression_(source.members.size()) {
  for (std::size_t m = 0; m < source.members.size(); ++m) {
    results_.push_back(source.stored[m] ? std::optional(buffer_of(source.members[m])) : std::nullopt);
    if (m > 0) find_extras(m, buffer_of);
  }
}

std::size_t ProductEpilogue::extra_of(Extra extra) {
  const auto known = std::find(extras_.begin(), extras_.end(), extra);
  if (known != extras_.end()) return static_cast<std::size_t>(known - extras_.begin());
  extras_.push_back(std::move(extra));
  return extras_.size() - 1;
}

void ProductEpilogue::find_extras(std::size_t member, const std::function<BufferId(ValueId)>& buffer_of) {
  const std::size_t indices = source_.root().indices.size();
  const Body& body = source_.definition(member).body;
  for (std::size_t e = 0; e < body.expressions.size(); ++e) {
    const Expression& expression = body.expressions[e];
    if (const Read* read = std::get_if<Read>(&expression)) {
      if (is_member(source_, read->tensor)) continue;
      Extra extra = sum_of(read->window, strides_of(source_.graph[read->tensor].type.shape), indices);
      extra.buffer = buffer_of(read->tensor);
      extra_of_expression_[member][e] = extra_of(std::move(extra));
    } else if (const PositionValue* value = std::get_if<PositionValue>(&expression)) {
      extra_of_expression_[member][e] = extra_of(sum_of({value->position}, {1}, indices));
    } else if (const Draw* draw = std::get_if<Draw>(&expression)) {
      extra_of_expression_[member][e] = extra_of(sum_of({draw->counter}, {1}, indices));
      keys_[draw->key] = buffer_of(draw->key);
    }
  }
}

/// One group of outputs.
class ProductEpilogue::Writing {
 public:
  Writing(const ProductEpilogue& epilogue, LoopsBuilder& builder, const Contraction::Outputs& outputs)
      : epilogue_(epilogue), builder_(builder), outputs_(outputs), loaded_(epilogue.extras_.size()) {}

  void run() {
    const KernelSource& source = epilogue_.source_;
    results_.push_back(outputs_.value);
    for (std::size_t m = 1; m < source.members.size(); ++m) {
      values_.assign(source.definition(m).body.expressions.size(), std::nullopt);
      results_.push_back(value(m, source.definition(m).body.root));
    }
    for (std::size_t m = 0; m < source.members.size(); ++m) {
      if (!epilogue_.results_[m]) continue;
      loops::Address to = outputs_.out;
      to.buffer = *epilogue_.results_[m];
      builder_.store(builder_.broadcast(results_[m], outputs_.lanes), to, outputs_.mask);
    }
  }

 private:
  RegisterId value(std::size_t member, ExpressionId id) {
    std::optional<RegisterId>& known = values_[static_cast<std::size_t>(id)];
    if (!known) {
      const RegisterId made = make(member, id);
      values_[static_cast<std::size_t>(id)] = made;
      return made;
    }
    return *known;
  }

  RegisterId make(std::size_t m, ExpressionId id) {
    const Body& body = epilogue_.source_.definition(m).body;
    return std::visit(
        match{
            [&](const Constant& constant) {
              return builder_.constant(constant.value, {constant.kind, 1});
            },
            [&](const PositionValue&) { return sum(m, id); },
            [&](const Read& read) { return element(m, id, read); },
            [&](const Call& call) {
              const RegisterId a = value(m, call.a);
              if (facts(call.function).arity == 1) return builder_.apply(call.function, a);
              return builder_.apply(call.function, a, value(m, call.b));
            },
            [&](const Select& select) {
              const RegisterId condition = value(m, select.condition);
              const RegisterId a = value(m, select.a);
              return builder_.choose(condition, a, value(m, select.b));
            },
            [&](const Draw& draw) {
              const loops::Address key{epilogue_.keys_.at(draw.key), 0, 0, std::nullopt, 1};
              return builder_.uniform(builder_.load({Kind::integer, 1}, key), draw.site, sum(m, id));
            },
        },
        body[id]);
  }

  std::size_t extra(std::size_t member, ExpressionId id) const {
    return epilogue_.extra_of_expression_[member].at(static_cast<std::size_t>(id));
  }

  RegisterId sum(std::size_t member, ExpressionId id) {
    const loops::Address& address = outputs_.extra[extra(member, id)];
    return builder_.index(address.offset, address.lane_stride == 0 ? 1 : outputs_.lanes, address.lane_stride);
  }

  RegisterId element(std::size_t member, ExpressionId id, const Read& read) {
    const KernelSource& source = epilogue_.source_;
    const ValueId tensor = source_of(source.graph, read.tensor);
    for (std::size_t m = 0; m < results_.size(); ++m) {
      if (source.members[m] == tensor) return results_[m];
    }
    const std::size_t place = extra(member, id);
    if (loaded_[place]) return *loaded_[place];
    loops::Address from = outputs_.extra[place];
    from.buffer = *epilogue_.extras_[place].buffer;
    const bool one = from.lane_stride == 0;
    const RegisterId loaded = builder_.load({source.graph[tensor].type.kind, one ? 1 : outputs_.lanes}, from,
                                            one ? loops::Mask(loops::AllLanes{}) : outputs_.mask);
    loaded_[place] = loaded;
    return loaded;
  }

  const ProductEpilogue& epilogue_;
  LoopsBuilder& builder_;
  const Contraction::Outputs& outputs_;
  std::vector<RegisterId> results_;
  std::vector<std::optional<RegisterId>> values_;
  std::vector<std::optional<RegisterId>> loaded_;
};

void ProductEpilogue::write(LoopsBuilder& builder, const Contraction::Outputs& outputs) const {
  Writing(*this, builder, outputs).run();
}

}  // namespace dlc
