// From the scalar body of a definition to operations on lanes.
//
// Each index has a place: an affine sum of loop variables, and how far it moves from lane to lane. So a
// position is such a sum too, plus integers in registers where a quotient, a remainder or a lookup takes
// part; and the address of a read is the positions' sum weighted by the tensor's strides. What kind of load
// that is (one element for all lanes, contiguous, strided, gathered) falls out of the lane step.
//
// Everything computed is remembered until its scope ends. `hoist`, called when a loop's variable is placed,
// computes what is complete by then; the loops inside find it in memory. There is no other loop-invariant
// code motion: LLVM runs no passes on our code.
#include "compiler/kernels/lower/body.h"

#include <algorithm>
#include <cassert>

namespace dlc {

namespace {

constexpr std::uint64_t needs_member = std::uint64_t{1}
                                       << 63;  // stands for "once the kernel has computed it"

ValueId without_views(const Graph& graph, ValueId value) {
  while (const View* view = std::get_if<View>(&graph[value].node)) value = view->of;
  return value;
}

bool is_zero(const Body& body, ExpressionId id) {
  const Constant* constant = std::get_if<Constant>(&body[id]);
  return constant && constant->value == 0;
}

}  // namespace

BufferId KernelBuffers::of(ValueId value) {
  value = without_views(graph_, value);
  for (std::size_t i = 0; i < uses_.size(); ++i) {
    if (uses_[i] == BufferUse(value)) return static_cast<BufferId>(i);
  }
  uses_.emplace_back(value);
  const Value& known = graph_[value];
  return builder_.buffer(known.name, known.type.element, count(known.type.shape));
}

BufferId KernelBuffers::scratch(std::string name, Element element, std::int64_t elements,
                                std::size_t offset) {
  uses_.emplace_back(offset);
  return builder_.buffer(std::move(name), element, elements);
}

Position alone(const Term& term) {
  Position position;
  position.terms.push_back(term);
  return position;
}

std::vector<std::int64_t> strides_of(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

BodyLowering::BodyLowering(LoopsBuilder& builder, const Graph& graph, KernelBuffers& buffers,
                           std::span<const Index> indices, std::span<const ValueId> members)
    : builder_(builder),
      graph_(graph),
      buffers_(buffers),
      indices_(indices.begin(), indices.end()),
      members_(members.begin(), members.end()),
      places_(indices.size()),
      ranges_(whole_ranges(indices)) {
  assert(indices.size() < 63 && "indices are bits of a word");
}

bool BodyLowering::is_member(ValueId value) const {
  return std::find(members_.begin(), members_.end(), without_views(graph_, value)) != members_.end();
}

BodyLowering::Scope::Scope(BodyLowering& lowering)
    : lowering_(lowering),
      computed_(lowering.computed_.size()),
      values_(lowering.values_.size()),
      terms_(lowering.terms_.size()),
      conditions_(lowering.conditions_.size()),
      loads_(lowering.loads_.size()),
      places_(lowering.places_),
      ranges_(lowering.ranges_),
      lanes_(lowering.lanes_) {}

BodyLowering::Scope::~Scope() {
  const auto cut = [](auto& list, std::size_t size) {
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(size), list.end());
  };
  cut(lowering_.computed_, computed_);
  cut(lowering_.values_, values_);
  cut(lowering_.terms_, terms_);
  cut(lowering_.conditions_, conditions_);
  cut(lowering_.loads_, loads_);
  lowering_.places_ = places_;
  lowering_.ranges_ = ranges_;
  lowering_.lanes_ = lanes_;
}

// ---------------------------------------------------------------------------------------------- what needs
// which indices

std::uint64_t BodyLowering::needs(const Position& position) const {
  std::uint64_t needed = 0;
  for (const Term& term : position.terms) {
    needed |= std::visit(match{
                             [](IndexId index) { return std::uint64_t{1} << number_of(index); },
                             [&](const Quotient& q) { return needs(q.of[0]); },
                             [&](const Remainder& r) { return needs(r.of[0]); },
                             [&](const Lookup& lookup) { return needs(lookup.subscripts); },
                         },
                         term.what);
  }
  return needed;
}

std::uint64_t BodyLowering::needs(const Window& window) const {
  std::uint64_t needed = 0;
  for (const Position& position : window) needed |= needs(position);
  return needed;
}

bool BodyLowering::is_placed(std::uint64_t needed) const {
  if ((needed & needs_member) != 0) return false;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if ((needed >> i & 1) != 0 && !places_[i]) return false;
  }
  return true;
}

const BodyLowering::Facts& BodyLowering::facts_of(const Body& body) {
  const auto [known, is_new] = facts_.try_emplace(&body);
  Facts& facts = known->second;
  if (!is_new) return facts;
  facts.uses.assign(body.expressions.size(), 0);
  for (const Expression& expression : body.expressions) {
    std::uint64_t needed = 0;
    const auto use = [&](ExpressionId id) {
      needed |= facts.needs[static_cast<std::size_t>(id)];
      ++facts.uses[static_cast<std::size_t>(id)];
    };
    std::visit(match{
                   [](const Constant&) {},
                   [&](const PositionValue& value) { needed = needs(value.position); },
                   [&](const Read& read) {
                     needed = needs(read.window);
                     if (is_member(read.tensor)) needed |= needs_member;
                     if (read.otherwise) use(*read.otherwise);
                   },
                   [&](const Call& call) {
                     use(call.a);
                     if (call.b != call.a) use(call.b);
                   },
                   [&](const Select& select) {
                     use(select.condition);
                     use(select.a);
                     use(select.b);
                   },
                   [&](const Draw& draw) { needed = needs(draw.counter); },
               },
               expression);
    facts.needs.push_back(needed);
  }
  return facts;
}

// ---------------------------------------------------------------------------------------------- expressions

RegisterId BodyLowering::value_of(const Body& body, ExpressionId id) {
  const std::pair key{&body, id};
  for (const auto& [known, result] : values_) {
    if (known == key) return result;
  }
  const RegisterId result = make(body, id);
  values_.emplace_back(key, result);
  return result;
}

RegisterId BodyLowering::make(const Body& body, ExpressionId id) {
  return std::visit(match{
                        [&](const Constant& constant) {
                          return builder_.constant(constant.value, {constant.kind, 1});
                        },
                        [&](const PositionValue& value) { return position(value.position); },
                        [&](const Read& read) { return make_read(body, read); },
                        [&](const Call& call) { return make_call(body, call); },
                        [&](const Select& select) {
                          const RegisterId condition = value_of(body, select.condition);
                          const RegisterId a = value_of(body, select.a);
                          return builder_.choose(condition, a, value_of(body, select.b));
                        },
                        [&](const Draw& draw) {
                          const RegisterId key = load_element(draw.key, {}, std::nullopt);
                          return builder_.uniform(key, draw.site, position(draw.counter));
                        },
                    },
                    body[id]);
}

/// A product that is used once, in a sum, is rounded with it.
RegisterId BodyLowering::make_call(const Body& body, const Call& call) {
  const auto product = [&](ExpressionId id) -> const Call* {
    const Call* inner = std::get_if<Call>(&body[id]);
    if (!inner || inner->function != Scalar::multiply ||
        facts_of(body).uses[static_cast<std::size_t>(id)] != 1)
      return nullptr;
    const RegisterId a = value_of(body, inner->a);
    return builder_.type(a).kind == Kind::number ? inner : nullptr;
  };
  if (call.function == Scalar::add && call.a != call.b) {
    for (const auto& [factor, other] : {std::pair{call.a, call.b}, std::pair{call.b, call.a}}) {
      if (const Call* inner = product(factor)) {
        const RegisterId a = value_of(body, inner->a);
        const RegisterId b = value_of(body, inner->b);
        return builder_.multiply_add(a, b, value_of(body, other));
      }
    }
  }
  const RegisterId a = value_of(body, call.a);
  if (facts(call.function).arity == 1) return builder_.apply(call.function, a);
  return builder_.apply(call.function, a, value_of(body, call.b));
}

RegisterId BodyLowering::make_read(const Body& body, const Read& read) {
  if (is_member(read.tensor)) {
    const ValueId source = without_views(graph_, read.tensor);
    const auto known = std::find_if(computed_.begin(), computed_.end(),
                                    [&](const auto& one) { return one.first == source; });
    assert(known != computed_.end() && "members are computed in their order");
    return known->second;
  }
  const std::optional<RegisterId> inside =
      read.otherwise ? condition(read.window, graph_[read.tensor].type.shape) : std::nullopt;
  const RegisterId element = load_element(read.tensor, read.window, inside);
  if (!inside || is_zero(body, *read.otherwise)) return element;  // Lanes that a mask leaves out read 0.
  return builder_.choose(*inside, element, value_of(body, *read.otherwise));
}

void BodyLowering::hoist(const Position& whole) {
  for (const Term& one : whole.terms) {
    if (std::holds_alternative<IndexId>(one.what)) continue;
    if (is_placed(needs(alone(one)))) term(one.what);
  }
}

void BodyLowering::hoist_inside(const Expression& expression) {
  if (const Read* read = std::get_if<Read>(&expression)) {
    const Shape& shape = graph_[read->tensor].type.shape;
    for (std::size_t d = 0; d < read->window.size(); ++d) {
      hoist(read->window[d]);
      if (read->otherwise && is_placed(needs(read->window[d]))) condition(read->window[d], shape[d]);
    }
  }
  if (const PositionValue* value = std::get_if<PositionValue>(&expression)) hoist(value->position);
  if (const Draw* draw = std::get_if<Draw>(&expression)) hoist(draw->counter);
}

void BodyLowering::hoist(const Body& body) {
  const Facts& facts = facts_of(body);
  for (std::size_t i = 0; i < body.expressions.size(); ++i) {
    const Expression& expression = body.expressions[i];
    if (std::holds_alternative<Constant>(expression)) continue;
    if (!is_placed(facts.needs[i])) {
      hoist_inside(expression);
      continue;
    }
    const Call* call = std::get_if<Call>(&expression);
    const bool joins_a_sum = call && call->function == Scalar::multiply && facts.uses[i] == 1;
    if (!joins_a_sum) value_of(body, ExpressionId(i));
  }
}

}  // namespace dlc
