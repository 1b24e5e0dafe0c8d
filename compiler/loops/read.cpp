#include "compiler/loops/read.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace dlc {

namespace loops {

namespace {

/// A line of the text, taken apart from left to right. After the first mismatch nothing more is taken and
/// `failed` stays.
class Line {
 public:
  explicit Line(std::string_view text) : rest_(text) {}

  bool takes(std::string_view word) {
    skip_blanks();
    if (failed_ || !rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  void expect(std::string_view word) { failed_ = !takes(word) || failed_; }

  std::string name() {
    skip_blanks();
    std::size_t length = 0;
    while (length < rest_.size() &&
           (std::isalnum(static_cast<unsigned char>(rest_[length])) != 0 || rest_[length] == '_'))
      ++length;
    failed_ = failed_ || length == 0;
    std::string result(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return result;
  }

  /// What stands before the sign: the names of buffers are those of values, with dots, blanks and brackets.
  std::string name_before(char sign) {
    skip_blanks();
    const std::size_t length = rest_.find(sign);
    failed_ = failed_ || length == std::string_view::npos || length == 0;
    if (failed_) return "";
    std::string result(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return result;
  }

  template <typename Number>
  Number number() {
    skip_blanks();
    Number value{};
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    failed_ = failed_ || error != std::errc();
    if (!failed_) rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  bool next_is_number() {
    skip_blanks();
    return !rest_.empty() && (rest_[0] == '-' || (rest_[0] >= '0' && rest_[0] <= '9'));
  }

  RegisterId reg() {
    expect("%");
    return static_cast<RegisterId>(number<std::uint32_t>());
  }

  std::string remaining() {
    skip_blanks();
    return std::string(std::exchange(rest_, {}));
  }

  bool failed() const { return failed_; }
  bool at_end() {
    skip_blanks();
    return rest_.empty();
  }
  void fail() { failed_ = true; }

 private:
  void skip_blanks() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }

  std::string_view rest_;
  bool failed_ = false;
};

class Reader {
 public:
  explicit Reader(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      lines_.push_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  std::variant<Loops, std::string> read() {
    header();
    if (good()) kernel_.body = body(2);
    if (good() && at_ < lines_.size()) failed_ = true;
    if (!good()) return "line " + std::to_string(std::min(at_ + 1, lines_.size())) + " is not understood";
    return std::move(kernel_);
  }

 private:
  bool good() const { return !failed_; }
  std::size_t depth() const {
    if (at_ >= lines_.size()) return 0;
    return std::min(lines_[at_].find_first_not_of(' '), lines_[at_].size()) / 2;
  }
  Line next() { return Line(at_ < lines_.size() ? lines_[at_] : std::string_view()); }
  void done(Line& line) {
    if (line.failed() || !line.at_end()) failed_ = true;
    if (good()) ++at_;
  }

  void header() {
    Line title = next();
    title.expect("kernel ");
    kernel_.name = title.remaining();
    done(title);
    while (good()) {
      Line line = next();
      if (!line.takes("buffer ")) break;
      Buffer buffer;
      buffer.name = line.name_before('@');
      line.expect("@");
      line.number<std::uint32_t>();
      buffer.element = line.takes("f32") ? Element::f32 : line.takes("i32") ? Element::i32 : Element::u8;
      if (buffer.element == Element::u8) line.expect("u8");
      line.expect("[");
      buffer.elements = line.number<std::int64_t>();
      line.expect("]");
      kernel_.buffers.push_back(std::move(buffer));
      done(line);
    }
    Line line = next();
    line.expect("for chunks ");
    kernel_.chunk = variable(line);
    line.expect("<");
    kernel_.chunks = line.number<std::int64_t>();
    if (good()) done(line);
  }

  std::vector<Statement> body(std::size_t level) {
    std::vector<Statement> statements;
    while (good() && at_ < lines_.size() && depth() == level) statements.push_back(statement(level));
    return statements;
  }

  Statement statement(std::size_t level) {
    Line line = next();
    if (line.takes("for ")) return {loop(line, level)};
    const bool accumulate = line.takes("add ");
    if (accumulate || line.takes("store ")) {
      Store store;
      store.accumulate = accumulate;
      store.to = address(line);
      store.mask = mask(line);
      store.value = reg(line);
      done(line);
      return {store};
    }
    const RegisterId result = typed(line);
    line.expect("=");
    Statement one = definition(line, result);
    done(line);
    return one;
  }

  Statement definition(Line& line, RegisterId result) {
    if (line.takes("index ")) {
      IndexValue value{result, affine(line), 0};
      if (line.takes("lanes ")) value.lane_step = line.number<std::int64_t>();
      return {value};
    }
    if (line.takes("load ")) {
      Load load{result, address(line), {}};
      load.mask = mask(line);
      return {load};
    }
    if (line.takes("multiply_add ")) {
      const RegisterId a = reg(line), b = reg(line);
      return {MultiplyAdd{result, a, b, reg(line)}};
    }
    if (line.takes("select ")) {
      const RegisterId condition = reg(line), a = reg(line);
      return {Choose{result, condition, a, reg(line)}};
    }
    if (line.takes("fold ")) {
      const Scalar by = function(line);
      return {Fold{result, by, reg(line)}};
    }
    if (line.takes("shuffle ")) return {shuffle(line, result)};
    if (line.takes("uniform ")) {
      const RegisterId key = reg(line);
      const auto site = line.number<std::uint32_t>();
      return {Uniform{result, key, site, reg(line)}};
    }
    if (line.next_is_number()) return {Constant{result, line.number<double>()}};
    if (line.takes("inf")) return {Constant{result, std::numeric_limits<double>::infinity()}};
    if (line.takes("nan")) return {Constant{result, std::numeric_limits<double>::quiet_NaN()}};
    const Scalar by = function(line);
    const RegisterId a = reg(line);
    return {Apply{result, by, a, facts(by).arity == 2 ? reg(line) : a}};
  }

  Shuffle shuffle(Line& line, RegisterId result) {
    Shuffle one{result, reg(line), {}, {}};
    one.b = reg(line);
    line.expect("[");
    while (!line.failed() && line.next_is_number()) one.lanes.push_back(line.number<std::uint32_t>());
    line.expect("]");
    return one;
  }

  Loop loop(Line& line, std::size_t level) {
    Loop one;
    one.variable = variable(line);
    line.expect("=");
    one.first = bound(line, "max(");
    line.expect("to ");
    one.last = bound(line, "min(");
    line.expect("step ");
    one.step = line.number<std::int64_t>();
    done(line);
    while (good() && depth() == level + 1) {
      Line next_line = next();
      if (!next_line.takes("carry ")) break;
      Carried carried;
      carried.value = typed(next_line);
      next_line.expect("=");
      carried.initial = reg(next_line);
      next_line.expect("then");
      carried.next = reg(next_line);
      next_line.expect("gives");
      carried.result = reg(next_line);
      set_type(carried.result, type_of(carried.value));
      one.carried.push_back(carried);
      done(next_line);
    }
    one.body = body(level + 1);
    return one;
  }

  Bound bound(Line& line, std::string_view several) {
    const bool list = line.takes(several);
    std::vector<Bound::Term> terms;
    do {
      Bound::Term term{affine(line), 1};
      if (line.takes("// ")) term.divisor = line.number<std::int64_t>();
      terms.push_back(std::move(term));
    } while (list && line.takes(","));
    if (list) line.expect(")");
    return terms;
  }

  Affine affine(Line& line) {
    Address place;
    sum(line, place);
    if (place.index) line.fail();
    return place.offset;
  }

  /// Terms with + between them: numbers, multiples of variables, and at most one multiple of a register.
  void sum(Line& line, Address& place) {
    do {
      std::int64_t factor = 1;
      if (line.next_is_number()) {
        factor = line.number<std::int64_t>();
        if (!line.takes("*")) {
          place.offset += factor;
          continue;
        }
      }
      if (line.takes("%")) {
        place.index = known(static_cast<RegisterId>(line.number<std::uint32_t>()), line);
        place.index_scale = factor;
      } else {
        place.offset += Affine(variable(line)) * factor;
      }
    } while (!line.failed() && line.takes("+"));
  }

  Address address(Line& line) {
    Address place;
    line.name_before('@');
    line.expect("@");
    place.buffer = static_cast<BufferId>(line.number<std::uint32_t>());
    line.expect("[");
    sum(line, place);
    line.expect("]");
    if (line.takes("lanes ")) place.lane_stride = line.number<std::int64_t>();
    return place;
  }

  Mask mask(Line& line) {
    if (line.takes("first ")) return FirstLanes{line.number<std::uint32_t>()};
    if (line.takes("where ")) return reg(line);
    return AllLanes{};
  }

  Scalar function(Line& line) {
    const std::optional<Scalar> found = find_scalar(line.name());
    if (!found) line.fail();
    return found.value_or(Scalar::add);
  }

  LoopVariable variable(Line& line) {
    std::string name = line.name_before('#');
    line.expect("#");
    const auto place = line.number<std::uint32_t>();
    if (line.failed() || place > most_names) {
      line.fail();
      return {};
    }
    if (place >= kernel_.variables.size()) kernel_.variables.resize(place + 1);
    kernel_.variables[place] = std::move(name);
    return static_cast<LoopVariable>(place);
  }

  RegisterId reg(Line& line) { return known(line.reg(), line); }

  /// Makes room for a register that is only mentioned, so that the check can say that it is not defined.
  RegisterId known(RegisterId id, Line& line) {
    const auto place = static_cast<std::size_t>(id);
    if (place > most_names) line.fail();
    if (!line.failed() && place >= kernel_.registers.size()) kernel_.registers.resize(place + 1);
    return line.failed() ? RegisterId{} : id;
  }

  RegisterId typed(Line& line) {
    const RegisterId id = reg(line);
    line.expect(":");
    RegisterType type;
    type.kind = line.takes("f32x") ? Kind::number : line.takes("i32x") ? Kind::integer : Kind::boolean;
    if (type.kind == Kind::boolean) line.expect("boolx");
    type.lanes = line.number<std::uint32_t>();
    if (static_cast<std::size_t>(id) > most_names) line.fail();
    if (!line.failed()) set_type(id, type);
    return id;
  }

  RegisterType type_of(RegisterId id) const {
    const auto place = static_cast<std::size_t>(id);
    return place < kernel_.registers.size() ? kernel_.registers[place] : RegisterType();
  }
  void set_type(RegisterId id, RegisterType type) {
    const auto place = static_cast<std::size_t>(id);
    if (place > most_names) return;
    if (place >= kernel_.registers.size()) kernel_.registers.resize(place + 1);
    kernel_.registers[place] = type;
  }

  /// A text with a larger number is no kernel of ours.
  static constexpr std::size_t most_names = 10'000'000;

  std::vector<std::string_view> lines_;
  std::size_t at_ = 0;
  bool failed_ = false;
  Loops kernel_;
};

}  // namespace

}  // namespace loops

std::variant<Loops, std::string> read_loops(std::string_view text) {
  return loops::Reader(text).read();
}

}  // namespace dlc
