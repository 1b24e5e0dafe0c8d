#include <charconv>

#include "compiler/loops/loops.h"

namespace dlc {

namespace loops {

namespace {

std::string number(double value) {
  char text[32];
  return std::string(text, std::to_chars(text, text + sizeof text, value).ptr);
}

std::string_view name_of(Element element) {
  switch (element) {
    case Element::f32: return "f32";
    case Element::i32: return "i32";
    case Element::u8: return "u8";
  }
  return "?";
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::number: return "f32";
    case Kind::integer: return "i32";
    case Kind::boolean: return "bool";
  }
  return "?";
}

std::string register_name(RegisterId id) {
  return "%" + std::to_string(static_cast<std::uint32_t>(id));
}

/// Writes statements as lines; one member a form.
class Printer {
 public:
  explicit Printer(const Loops& kernel) : kernel_(kernel) {}

  std::string print() {
    line("kernel " + kernel_.name);
    ++depth_;
    for (std::size_t i = 0; i < kernel_.buffers.size(); ++i) {
      const Buffer& buffer = kernel_.buffers[i];
      line("buffer " + name(static_cast<BufferId>(i)) + " " + std::string(name_of(buffer.element)) + "[" +
           std::to_string(buffer.elements) + "]");
    }
    line("for chunks " + name(kernel_.chunk) + " < " + std::to_string(kernel_.chunks));
    print(kernel_.body);
    return std::move(out_);
  }

 private:
  void print(const std::vector<Statement>& body) {
    ++depth_;
    for (const Statement& statement : body) {
      std::visit([this](const auto& operation) { print(operation); }, statement.operation);
    }
    --depth_;
  }

  void print(const Constant& one) { define(one.result, number(one.value)); }
  void print(const IndexValue& one) { define(one.result, "index " + text(one.sum) + lanes(one.lane_step)); }
  void print(const Load& one) { define(one.result, "load " + text(one.from) + text(one.mask)); }
  void print(const Store& one) {
    line((one.accumulate ? "add " : "store ") + text(one.to) + text(one.mask) + " " +
         register_name(one.value));
  }
  void print(const Apply& one) {
    const bool two = facts(one.function).arity == 2;
    define(one.result, std::string(facts(one.function).name) + " " + register_name(one.a) +
                           (two ? " " + register_name(one.b) : ""));
  }
  void print(const MultiplyAdd& one) {
    define(one.result,
           "multiply_add " + register_name(one.a) + " " + register_name(one.b) + " " + register_name(one.c));
  }
  void print(const Choose& one) {
    define(one.result, "select " + register_name(one.condition) + " " + register_name(one.a) + " " +
                           register_name(one.b));
  }
  void print(const Fold& one) {
    define(one.result, "fold " + std::string(facts(one.function).name) + " " + register_name(one.of));
  }
  void print(const Shuffle& one) {
    std::string list;
    for (const std::uint32_t lane : one.lanes) list += (list.empty() ? "" : " ") + std::to_string(lane);
    define(one.result, "shuffle " + register_name(one.a) + " " + register_name(one.b) + " [" + list + "]");
  }
  void print(const Uniform& one) {
    define(one.result, "uniform " + register_name(one.key) + " " + std::to_string(one.site) + " " +
                           register_name(one.counter));
  }
  void print(const Loop& one) {
    line("for " + name(one.variable) + " = " + text(one.first, "max") + " to " + text(one.last, "min") +
         " step " + std::to_string(one.step));
    for (const Carried& carried : one.carried) {
      line("  carry " + typed(carried.value) + " = " + register_name(carried.initial) + " then " +
           register_name(carried.next) + " gives " + register_name(carried.result));
    }
    print(one.body);
  }

  void define(RegisterId result, const std::string& value) { line(typed(result) + " = " + value); }

  void line(const std::string& content) { out_ += std::string(2 * depth_, ' ') + content + "\n"; }

  std::string typed(RegisterId id) const {
    const RegisterType& type = kernel_[id];
    return register_name(id) + ":" + std::string(name_of(type.kind)) + "x" + std::to_string(type.lanes);
  }

  // Numbered, for names may repeat.
  std::string name(BufferId id) const {
    return kernel_[id].name + "@" + std::to_string(static_cast<std::uint32_t>(id));
  }
  std::string name(LoopVariable variable) const {
    const auto place = static_cast<std::uint32_t>(variable);
    return kernel_.variables[place] + "#" + std::to_string(place);
  }

  std::string text(const Affine& sum) const {
    std::string result;
    for (const Affine::Term& term : sum.terms) {
      if (!result.empty()) result += " + ";
      result += (term.coefficient == 1 ? "" : std::to_string(term.coefficient) + "*") + name(term.variable);
    }
    if (result.empty()) return std::to_string(sum.constant);
    return sum.constant == 0 ? result : result + " + " + std::to_string(sum.constant);
  }

  std::string text(const Bound& bound, std::string_view choice) const {
    std::string list;
    for (const Bound::Term& term : bound.terms) {
      list += (list.empty() ? "" : ", ") + text(term.sum) +
              (term.divisor == 1 ? "" : " // " + std::to_string(term.divisor));
    }
    return bound.terms.size() == 1 ? list : std::string(choice) + "(" + list + ")";
  }

  static std::string lanes(std::int64_t step) { return step == 0 ? "" : " lanes " + std::to_string(step); }

  std::string text(const Address& address) const {
    std::string result = name(address.buffer) + "[" + text(address.offset);
    if (address.index) {
      result += " + " + std::to_string(address.index_scale) + "*" + register_name(*address.index);
    }
    return result + "]" + (address.lane_stride == 1 ? "" : " lanes " + std::to_string(address.lane_stride));
  }

  static std::string text(const Mask& mask) {
    if (const auto* first = std::get_if<FirstLanes>(&mask)) return " first " + std::to_string(first->count);
    if (const auto* id = std::get_if<RegisterId>(&mask)) return " where " + register_name(*id);
    return "";
  }

  const Loops& kernel_;
  std::string out_;
  std::size_t depth_ = 0;
};

}  // namespace

}  // namespace loops

Loops without_names(Loops kernel) {
  kernel.name.clear();
  for (loops::Buffer& buffer : kernel.buffers) buffer.name.clear();
  for (std::string& variable : kernel.variables) variable.clear();
  return kernel;
}

std::string print(const Loops& kernel) {
  return loops::Printer(kernel).print();
}

}  // namespace dlc
