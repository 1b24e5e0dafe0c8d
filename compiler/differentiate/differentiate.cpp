// Reverse differentiation knows one rule. A definition with the write map w and the body f reads x at window
// g:
//
//   y[w(i)] = combine(f(… x[g(i)] …))      gives      dx[g(i)] += dy[w(i)] * (derivative of f by that read)
//   over the same indices
//
// so a gradient is a definition whose write map is the window of a read: a gather becomes a scatter, and what
// a matrix product, a convolution or a lookup is, nobody here knows. The rest is bookkeeping, a file each:
//
//   body_adjoint     the derivative through one body, with selects kept around the adjoint as guards
//   guarded          sums of guarded adjoints
//   remembered       what a maximum or a product must know of the other combinations
//   scatter          the same sum written as a usual definition where the window allows
//   backward_sweep   all adjoints from one number back to the values asked for
//
// Before you change this: (1) terms are added in an order that the graph alone decides; (2) a factor 0 or 1
// is no condition, 0 * ∞ is no number; (3) the result may be differentiated again, so nothing here may be
// right only once.

#include "compiler/differentiate/differentiate.h"

#include "compiler/differentiate/backward_sweep.h"
#include "compiler/differentiate/remembered.h"

namespace dlc {

namespace {

class Differentiation {
 public:
  explicit Differentiation(const Graph& before)
      : before_(before),
        naming_([this](const std::string& base) { return free_name(base); }),
        remembered_(after_, naming_) {}
  Differentiation(const Differentiation&) = delete;
  Differentiation& operator=(const Differentiation&) = delete;

  Graph run() {
    for (std::size_t i = 0; i < before_.size(); ++i) {
      const auto id = static_cast<ValueId>(i);
      if (const auto* gradient = std::get_if<Gradient>(&before_[id].node)) {
        now_.push_back(gradient_of(*gradient));
      } else {
        Value value = before_[id];
        renumber(value.node, [&](ValueId old) { return now_[number_of(old)]; });
        now_.push_back(after_.add(std::move(value)));
      }
    }
    for (const Output& output : before_.outputs)
      after_.outputs.push_back({output.name, now_[number_of(output.value)]});
    return std::move(after_);
  }

 private:
  /// The first gradient of a number makes those by all values.
  ValueId gradient_of(const Gradient& gradient) {
    auto found = gradients_.find(gradient.of);
    if (found == gradients_.end()) {
      BackwardSweep sweep(after_, remembered_, naming_, now_[number_of(gradient.of)],
                          wanted_with(gradient.of));
      found = gradients_.emplace(gradient.of, sweep.run()).first;
    }
    const auto done = found->second.find(now_[number_of(gradient.by)]);
    if (done != found->second.end()) return done->second;
    return zeros(gradient);
  }

  /// The values by which gradients of this number are asked for, as far as they stand before it: on others it
  /// does not depend.
  std::map<ValueId, Wanted> wanted_with(ValueId of) const {
    std::map<ValueId, Wanted> wanted;
    for (const Value& value : before_.values()) {
      const auto* gradient = std::get_if<Gradient>(&value.node);
      if (gradient == nullptr || gradient->of != of || gradient->by > of) continue;
      wanted.try_emplace(now_[number_of(gradient->by)], Wanted{value.name, value.places});
    }
    return wanted;
  }

  /// By a value that stands behind the number: a sweep of its own finds that nothing comes.
  ValueId zeros(const Gradient& gradient) {
    const ValueId of = now_[number_of(gradient.of)];
    const ValueId by = now_[number_of(gradient.by)];
    const std::string name = "d_" + after_[of].name + "_by_" + after_[by].name;
    return BackwardSweep(after_, remembered_, naming_, of, {{by, {name, after_[by].places}}}).run().at(by);
  }

  /// The name, or one with a suffix, that no value has before or after; but a gradient's own name is kept for
  /// it.
  std::string free_name(const std::string& base) const {
    std::string name = base;
    for (int suffix = 2; is_taken(name); ++suffix) name = base + "_" + std::to_string(suffix);
    return name;
  }

  bool is_taken(const std::string& name) const {
    if (after_.find(name)) return true;
    const std::optional<ValueId> other = before_.find(name);
    return other && !std::holds_alternative<Gradient>(before_[*other].node);
  }

  const Graph& before_;
  Graph after_;
  Remembered::Naming naming_;
  Remembered remembered_;
  std::vector<ValueId> now_;                                 // by ValueId of the graph before
  std::map<ValueId, std::map<ValueId, ValueId>> gradients_;  // of (before), by (after)
};

}  // namespace

Graph differentiate(const Graph& before) {
  return Differentiation(before).run();
}

}  // namespace dlc
