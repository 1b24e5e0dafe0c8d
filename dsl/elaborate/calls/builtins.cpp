#include <algorithm>
#include <cmath>

#include "dsl/elaborate/blocks/field_reader.h"
#include "dsl/elaborate/elaborator.h"

namespace dlc {

namespace {

constexpr const char* reducer_names[] = {"sum", "mean", "product", "max",   "min",
                                         "any", "all",  "argmax",  "argmin"};
constexpr const char* other_names[] = {"integer", "stop_grad",       "reshape",  "shape",
                                       "count",   "classes",         "grad",     "uniform",
                                       "normal",  "integer_uniform", "result_of"};
constexpr const char* data_names[] = {"columns", "column", "chars", "window", "padded", "vocabulary"};

template <std::size_t N>
bool contains(const char* const (&names)[N], const std::string& name) {
  return std::any_of(std::begin(names), std::end(names), [&](const char* each) { return name == each; });
}

/// Functions of one number, and `number`, are known by the names of their rows. The others are operators, or
/// have names of their own here (max, min, stop_grad, integer).
bool has_own_name(const ScalarFacts& row) {
  return row.arity == 1 && (row.signature == Signature::number || row.signature == Signature::to_number) &&
         row.name != facts(Scalar::stop_gradient).name;
}

bool is_scalar_function(const std::string& name) {
  const std::optional<Scalar> function = find_scalar(name);
  return function && has_own_name(facts(*function));
}

/// The names of a built-in function's arguments.
std::vector<std::string> argument_names(const std::string& name) {
  if (name == "uniform" || name == "integer_uniform") return {"low", "high"};
  if (name == "normal") return {"mean", "deviation"};
  if (name == "integer") return {"x", "bound"};
  if (name == "max" || name == "min") return {"a", "b"};
  if (name == "reshape") return {};
  return {"x"};
}

/// 32 bits of a text, the same everywhere (FNV-1a): the place of a draw in the program.
std::uint32_t site_number(const std::string& text) {
  std::uint32_t hash = 2166136261U;
  for (const char character : text) hash = (hash ^ static_cast<unsigned char>(character)) * 16777619U;
  return hash;
}

}  // namespace

const std::vector<std::string>& builtin_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const ScalarFacts& row : scalar_rows()) {
      if (has_own_name(row)) all.emplace_back(row.name);
    }
    all.insert(all.end(), std::begin(reducer_names), std::end(reducer_names));
    all.insert(all.end(), std::begin(other_names), std::end(other_names));
    all.insert(all.end(), std::begin(data_names), std::end(data_names));
    return all;
  }();
  return names;
}

bool is_builtin(const std::string& name) {
  return std::find(builtin_names().begin(), builtin_names().end(), name) != builtin_names().end();
}

Meaning Elaborator::call_builtin(const tree::Name& function, const std::vector<tree::Argument>& arguments,
                                 const SourceRange& range, const Piped& piped) {
  const std::string& name = function.text;
  if (contains(data_names, name)) {
    if (field_reader_ && !now().declared && !piped.value)
      return field_reader_->call(function, arguments, range);
    if (name != "columns" && name != "column") return not_yet(range, "`" + name + "`");
    report(message::only_in_data, range, name);
    return Poison{};
  }
  if (name == "grad") return not_yet(range, "`grad`");
  if (name == "result_of") return result_of(arguments, range);
  if (name == "classes" && arguments.size() == 1) {
    if (const auto* member = std::get_if<tree::Member>(&arguments[0].value->what)) {
      return classes_of_field(*member, arguments[0].value->range);
    }
  }
  const std::vector<std::string> names = argument_names(name);
  std::vector<Given> given;
  bool is_sound = true;
  if (piped.value) given.push_back({nullptr, *piped.value, piped.range, false});
  for (const tree::Argument& argument : arguments) {
    std::size_t place = given.size();
    if (argument.name) {
      place = static_cast<std::size_t>(std::find(names.begin(), names.end(), argument.name->text) -
                                       names.begin());
      if (place >= names.size() || place != given.size()) {
        const auto added = report(message::unknown_argument, argument.name->range, name, argument.name->text);
        suggest(added, argument.name->text, names);
        return Poison{};
      }
    }
    const tree::Expression* outer_node = std::exchange(hint_node_, nullptr);
    given.push_back({&argument, evaluate(*argument.value), argument.value->range, false});
    hint_node_ = outer_node;
    is_sound = is_sound && !is_poison(given.back().meaning);
  }
  if (!is_sound) return Poison{};
  if (name == "reshape") return builtin_reshape(given, range);
  const bool is_reducer = contains(reducer_names, name);
  const std::size_t most = is_reducer && name != "max" && name != "min" ? 1 : names.size();
  const std::size_t least = is_reducer ? 1 : names.size();
  if (given.size() < least || given.size() > most) {
    report(message::argument_count, range, name, message::counted(least, "argument"),
           message::there_are(given.size()));
    return Poison{};
  }
  if (is_reducer && given.size() == 1) return builtin_reducer(name, given, range);
  if (name == "max" || name == "min") {
    return apply(name == "max" ? Scalar::maximum : Scalar::minimum, given[0].meaning, given[1].meaning,
                 range);
  }
  if (is_scalar_function(name)) return apply(*find_scalar(name), given[0].meaning, range);
  if (name == "uniform" || name == "normal" || name == "integer_uniform")
    return builtin_draw(name, given, range);
  return builtin_about(name, given, range);
}

/// As functions of one value reducers go over its whole shape, never its frame.
Meaning Elaborator::builtin_reducer(const std::string& name, const std::vector<Given>& given,
                                    const SourceRange& range) {
  std::optional<Quantity> tensor = tensor_of(given[0].meaning, range);
  if (!tensor) return Poison{};
  if ((name == "argmax" || name == "argmin") && tensor->dimensions.size() != 1) {
    report(message::argmax_shape, range, name, shape_text(*tensor));
    return Poison{};
  }
  if (tensor->is_draw) {
    report(message::draw_with_shape, range);
    return Poison{};
  }
  std::vector<IndexId> over;
  for (const Dimension& dimension : tensor->dimensions) over.push_back(dimension.axis);
  tensor->dimensions.clear();
  tensor->returned_by.clear();
  return reduce(name, *tensor, std::move(over), range, hint_.empty() ? value_name(name) : hint_ + "." + name);
}

Meaning Elaborator::builtin_about(const std::string& name, const std::vector<Given>& given,
                                  const SourceRange& range) {
  const Meaning& x = given[0].meaning;
  if (name == "count") {
    const auto* setting = std::get_if<Setting>(&x);
    if (const ListSetting* list = setting ? as_list(*setting) : nullptr) {
      return Setting{static_cast<std::int64_t>(list->elements.size())};
    }
  }
  const std::optional<Quantity> tensor = tensor_of(x, range);
  if (!tensor) return Poison{};
  if (name == "count") return Setting{count(builder.shape_of(*tensor))};
  if (name == "shape") {
    ListSetting extents;
    for (const std::int64_t extent : builder.shape_of(*tensor)) extents.elements.push_back(Setting{extent});
    return Setting{std::move(extents)};
  }
  if (name == "classes") {
    if (tensor->kind == Kind::integer) return Setting{tensor->most + 1};
    const auto added = report(message::classes_of_numbers, range);
    note_history(added, *tensor);
    return Poison{};
  }
  if (name == "integer") {
    const auto* setting = std::get_if<Setting>(&given[1].meaning);
    const std::optional<std::int64_t> bound = setting ? as_integer(*setting) : std::nullopt;
    if (!bound || *bound < 1) {
      report(message::integer_bound, given[1].range);
      return Poison{};
    }
    return finished(integer_of(builder, *tensor, *bound), x, x, range);
  }
  // stop_grad: integers and booleans have no gradient to stop.
  if (tensor->kind != Kind::number) return *tensor;
  Quantity stopped = *tensor;
  stopped.body = call_body(Scalar::stop_gradient, std::move(stopped.body));
  return stopped;
}

Meaning Elaborator::builtin_reshape(const std::vector<Given>& given, const SourceRange& range) {
  if (given.size() < 2) {
    report(message::argument_count, range, "reshape", "a value and its extents",
           message::there_are(given.size()));
    return Poison{};
  }
  const std::optional<Quantity> tensor = tensor_of(given[0].meaning, range);
  if (!tensor) return Poison{};
  Shape shape;
  const auto add = [&](const Setting& setting) {
    const std::optional<std::int64_t> extent = as_integer(setting);
    if (extent) shape.push_back(*extent);
    return extent.has_value();
  };
  for (std::size_t i = 1; i < given.size(); ++i) {
    const auto* setting = std::get_if<Setting>(&given[i].meaning);
    const ListSetting* list = setting && given.size() == 2 ? as_list(*setting) : nullptr;
    const bool fits =
        list ? std::all_of(list->elements.begin(), list->elements.end(), add) : setting && add(*setting);
    if (!fits) {
      report(message::integer_wanted, given[i].range, "an extent", setting ? described(*setting) : "a value");
      return Poison{};
    }
  }
  const bool is_positive =
      std::all_of(shape.begin(), shape.end(), [](std::int64_t extent) { return extent > 0; });
  if (!is_positive || count(shape) != count(builder.shape_of(*tensor))) {
    const auto added = report(message::reshape_count, range, shape, count(shape), shape_text(*tensor),
                              count(builder.shape_of(*tensor)));
    note_history(added, *tensor);
    return Poison{};
  }
  return builder.viewed(*tensor, shape,
                        hint_.empty() || hint_node_ == nullptr ? value_name("reshaped") : hint_);
}

/// One uniform draw for each element of the frame that stands here, the same wherever it is copied to.
Quantity Elaborator::uniform_draw(const std::string& suffix) {
  const Type integer{Kind::integer, Element::i32, {}, -2147483648LL, 2147483647LL};
  const Quantity key = builder.input(is_augmenting_ ? step_input::epoch_key : step_input::key, integer, {});
  Position counter;
  for (const IndexId axis : now().ambient) {
    Position place = dlc::position_of(axis);
    if (is_augmenting_ && axis == batch_axis_) {
      const std::vector<IndexId> frame = {batch_axis_};
      const Quantity example =
          builder.input(step_input::example, {Kind::integer, Element::i32, {batch_}, 0, 2147483647LL}, frame);
      place = *dlc::position_of(example.body, builder.graph, builder.axes);
    }
    counter = scaled(counter, builder.axes.extent(axis)) + place;
  }
  const std::string site = now().site + "/" + std::to_string(now().draws) + suffix;
  Quantity draw;
  Body body;
  body.add(Draw{std::get<Read>(key.body.expressions[0]).tensor, site_number(site), std::move(counter)});
  draw.body = std::move(body);
  draw.is_draw = true;
  return draw;
}

Meaning Elaborator::builtin_draw(const std::string& name, const std::vector<Given>& given,
                                 const SourceRange& range) {
  std::vector<double> numbers;
  for (const Given& each : given) {
    const auto* setting = std::get_if<Setting>(&each.meaning);
    const std::optional<double> number = setting ? as_number(*setting) : std::nullopt;
    if (!number || (name == "integer_uniform" && !as_integer(*setting))) {
      report(message::draw_argument, each.range, name, name == "integer_uniform" ? "integers" : "numbers");
      return Poison{};
    }
    numbers.push_back(*number);
  }
  if (name != "normal" && numbers[1] < numbers[0]) {
    report(message::draw_range, range, name, to_text(Setting{numbers[0]}), to_text(Setting{numbers[1]}));
    return Poison{};
  }
  ++now().draws;
  const auto number = [](double value) { return constant_body(value, Kind::number); };
  Quantity draw = uniform_draw("");
  if (name == "uniform") {
    if (numbers[0] == 0 && numbers[1] == 1) return draw;
    draw.body = call_body(Scalar::multiply, std::move(draw.body), number(numbers[1] - numbers[0]));
    if (numbers[0] != 0) draw.body = call_body(Scalar::add, number(numbers[0]), std::move(draw.body));
    return draw;
  }
  if (name == "normal") {
    // Box & Muller 1958: two uniform draws make one normal draw.
    const Quantity angle = uniform_draw(" angle");
    Body radius = call_body(
        Scalar::sqrt, call_body(Scalar::multiply, number(-2), call_body(Scalar::log, std::move(draw.body))));
    Body turn =
        call_body(Scalar::cos, call_body(Scalar::multiply, number(2 * 3.141592653589793), angle.body));
    Body normal = call_body(Scalar::multiply, std::move(radius), std::move(turn));
    if (numbers[1] != 1) normal = call_body(Scalar::multiply, number(numbers[1]), std::move(normal));
    if (numbers[0] != 0) normal = call_body(Scalar::add, number(numbers[0]), std::move(normal));
    draw.body = std::move(normal);
    return draw;
  }
  const auto count = static_cast<std::int64_t>(numbers[1] - numbers[0]) + 1;
  draw.body = call_body(Scalar::multiply, std::move(draw.body), number(static_cast<double>(count)));
  const Outcome whole = integer_of(builder, std::move(draw), count);
  const auto low = static_cast<std::int64_t>(numbers[0]);
  if (low == 0) return std::get<Quantity>(whole);
  return apply(Scalar::add, std::get<Quantity>(whole), Setting{low}, range);
}

/// Is the value what a call of the function returned? In conditions of require and expect only.
Meaning Elaborator::result_of(const std::vector<tree::Argument>& arguments, const SourceRange& range) {
  if (in_check_ == 0) {
    report(message::result_of_outside, range);
    return Poison{};
  }
  const tree::NameUse* function =
      arguments.size() == 2 ? std::get_if<tree::NameUse>(&arguments[1].value->what) : nullptr;
  if (!function) {
    report(message::result_of_arguments, range);
    return Poison{};
  }
  const Meaning value = evaluate(*arguments[0].value);
  const auto* tensor = std::get_if<Quantity>(&value);
  if (!tensor) return is_poison(value) ? Meaning{Poison{}} : Meaning{Setting{false}};
  const bool found = std::any_of(tensor->returned_by.begin(), tensor->returned_by.end(), [&](CallId call) {
    return calls_[static_cast<std::size_t>(call)].function == function->name;
  });
  return Setting{found};
}

}  // namespace dlc
