#include "compiler/loops/loops.h"

namespace dlc {

namespace loops {

namespace {

/// Walks the statements in order; what is defined in a loop is forgotten behind it.
class Verifier {
 public:
  explicit Verifier(const Loops& kernel)
      : kernel_(kernel), known_(kernel.registers.size()), in_scope_(kernel.variables.size()) {}

  std::optional<std::string> run() {
    in_scope_[static_cast<std::size_t>(kernel_.chunk)] = true;
    for (const RegisterType& type : kernel_.registers) {
      if (type.lanes == 0 || (type.lanes & (type.lanes - 1)) != 0) return "lanes are no power of two";
    }
    check(kernel_.body);
    return fault_;
  }

 private:
  void check(const std::vector<Statement>& body) {
    std::vector<RegisterId> defined;
    std::swap(defined, defined_);
    for (const Statement& statement : body) {
      std::visit([this](const auto& operation) { check(operation); }, statement.operation);
      if (fault_) return;
    }
    for (const RegisterId id : defined_) known_[place(id)] = false;
    std::swap(defined, defined_);
  }

  void check(const Constant& one) { define(one.result); }
  void check(const IndexValue& one) {
    check(one.sum);
    expect(type(one.result).kind == Kind::integer, "an index value is an integer", one.result);
    define(one.result);
  }
  void check(const Load& one) {
    check(one.from, one.mask, type(one.result).lanes);
    define(one.result);
  }
  void check(const Store& one) {
    use(one.value);
    check(one.to, one.mask, type(one.value).lanes);
  }
  void check(const Apply& one) {
    use(one.a);
    use(one.b);
    const std::optional<Kind> kind = result_kind(one.function, type(one.a).kind, type(one.b).kind);
    expect(kind == type(one.result).kind, "a function of other kinds", one.result);
    same_lanes(one.result, one.a);
    same_lanes(one.result, one.b);
    define(one.result);
  }
  void check(const MultiplyAdd& one) {
    for (const RegisterId id : {one.a, one.b, one.c}) {
      use(id);
      expect(type(id) == type(one.result), "operands of multiply_add differ", one.result);
    }
    define(one.result);
  }
  void check(const Choose& one) {
    for (const RegisterId id : {one.condition, one.a, one.b}) use(id);
    expect(type(one.condition) == RegisterType{Kind::boolean, type(one.result).lanes},
           "a condition is booleans", one.result);
    expect(type(one.a) == type(one.result) && type(one.b) == type(one.result), "sides of select differ",
           one.result);
    define(one.result);
  }
  void check(const Fold& one) {
    use(one.of);
    expect(type(one.result) == RegisterType{type(one.of).kind, 1}, "a fold gives one lane", one.result);
    define(one.result);
  }
  void check(const Shuffle& one) {
    use(one.a);
    use(one.b);
    expect(type(one.result).lanes == one.lanes.size(), "a shuffle of other lanes", one.result);
    for (const std::uint32_t lane : one.lanes) {
      expect(lane < type(one.a).lanes + type(one.b).lanes, "a shuffle of a lane that is not there",
             one.result);
    }
    define(one.result);
  }
  void check(const Uniform& one) {
    use(one.key);
    use(one.counter);
    same_lanes(one.result, one.key);
    same_lanes(one.result, one.counter);
    define(one.result);
  }
  void check(const Loop& one) {
    check(one.first);
    check(one.last);
    for (const Carried& carried : one.carried) use(carried.initial);
    if (one.step < 1) fault_ = "a loop's step is below 1";
    in_scope_[static_cast<std::size_t>(one.variable)] = true;
    for (const Carried& carried : one.carried) known_[place(carried.value)] = true;
    check_turn(one);
    for (const Carried& carried : one.carried) known_[place(carried.value)] = false;
    in_scope_[static_cast<std::size_t>(one.variable)] = false;
    for (const Carried& carried : one.carried) {
      expect(type(carried.value) == type(carried.initial) && type(carried.next) == type(carried.value) &&
                 type(carried.result) == type(carried.value),
             "what is carried changes its type", carried.value);
      define(carried.result);
    }
  }

  /// The body, at whose end what is carried on must be known.
  void check_turn(const Loop& one) {
    std::vector<RegisterId> outer;
    std::swap(outer, defined_);
    for (const Statement& statement : one.body) {
      std::visit([this](const auto& operation) { check(operation); }, statement.operation);
      if (fault_) return;
    }
    for (const Carried& carried : one.carried) use(carried.next);
    for (const RegisterId id : defined_) known_[place(id)] = false;
    std::swap(outer, defined_);
  }

  void check(const Affine& sum) {
    for (const Affine::Term& term : sum.terms) {
      if (!in_scope_[static_cast<std::size_t>(term.variable)]) fault_ = "a variable outside of its loop";
    }
  }
  void check(const Bound& bound) {
    if (bound.terms.empty()) fault_ = "a bound without terms";
    for (const Bound::Term& term : bound.terms) {
      check(term.sum);
      if (term.divisor < 1) fault_ = "a bound's divisor is below 1";
    }
  }
  void check(const Address& address, const Mask& mask, std::uint32_t lanes) {
    check(address.offset);
    if (static_cast<std::size_t>(address.buffer) >= kernel_.buffers.size())
      fault_ = "a buffer that is not there";
    if (address.index) {
      use(*address.index);
      expect(type(*address.index).kind == Kind::integer, "an index register is integers", *address.index);
    }
    if (const auto* id = std::get_if<RegisterId>(&mask)) {
      use(*id);
      expect(type(*id) == RegisterType{Kind::boolean, lanes}, "a mask is booleans of as many lanes", *id);
    }
  }

  void use(RegisterId id) { expect(known_[place(id)], "used where it is not defined", id); }
  void define(RegisterId id) {
    expect(!known_[place(id)], "defined twice", id);
    known_[place(id)] = true;
    defined_.push_back(id);
  }
  void same_lanes(RegisterId a, RegisterId b) {
    expect(type(a).lanes == type(b).lanes, "operands of other lanes", a);
  }
  void expect(bool holds, const std::string& what, RegisterId id) {
    if (!holds && !fault_) fault_ = what + ": %" + std::to_string(place(id));
  }

  static std::size_t place(RegisterId id) { return static_cast<std::size_t>(id); }
  const RegisterType& type(RegisterId id) const { return kernel_[id]; }

  const Loops& kernel_;
  std::vector<bool> known_;
  std::vector<bool> in_scope_;
  std::vector<RegisterId> defined_;
  std::optional<std::string> fault_;
};

}  // namespace

}  // namespace loops

std::optional<std::string> first_fault(const Loops& kernel) {
  return loops::Verifier(kernel).run();
}

}  // namespace dlc
