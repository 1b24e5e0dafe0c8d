#include "dsl/elaborate/names/settings.h"

#include <charconv>
#include <cmath>

#include "compiler/graph/graph.h"

namespace dlc {

namespace {

std::string number_text(double value) {
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

std::string list_text(const ListSetting& list) {
  std::string text = "[";
  for (const Setting& element : list.elements) {
    if (text.size() > 1) text += ", ";
    text += to_text(element);
  }
  return text + "]";
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') result += '\\';
    if (character == '\n') {
      result += "\\n";
    } else if (character == '\t') {
      result += "\\t";
    } else {
      result += character;
    }
  }
  return result + "\"";
}

using Result = std::variant<Setting, NoSetting>;

Result unless_too_large(bool overflows, const std::int64_t& value) {
  if (overflows) return NoSetting{NoSetting::Why::overflow};
  return Setting{value};
}

Result integer_power(std::int64_t base, std::int64_t exponent) {
  std::int64_t value = 1;
  for (; exponent > 0; --exponent) {
    if (__builtin_mul_overflow(value, base, &value)) return NoSetting{NoSetting::Why::overflow};
    if (value == 0 || (value == 1 && base == 1)) break;
  }
  return Setting{value};
}

Result of_integers(Scalar function, std::int64_t a, std::int64_t b) {
  std::int64_t value = 0;
  switch (function) {
    case Scalar::add: return unless_too_large(__builtin_add_overflow(a, b, &value), value);
    case Scalar::subtract: return unless_too_large(__builtin_sub_overflow(a, b, &value), value);
    case Scalar::multiply: return unless_too_large(__builtin_mul_overflow(a, b, &value), value);
    case Scalar::power:
      if (b >= 0) return integer_power(a, b);
      return Setting{std::pow(static_cast<double>(a), static_cast<double>(b))};
    case Scalar::negate: return unless_too_large(__builtin_sub_overflow(std::int64_t{0}, a, &value), value);
    case Scalar::abs: return Setting{static_cast<double>(a < 0 ? -a : a)};
    case Scalar::maximum: return Setting{std::max(a, b)};
    case Scalar::minimum: return Setting{std::min(a, b)};
    case Scalar::quotient:
    case Scalar::remainder: {
      if (b == 0) return NoSetting{NoSetting::Why::division_by_zero};
      std::int64_t floor = a / b;
      if (a % b != 0 && (a < 0) != (b < 0)) --floor;
      return Setting{function == Scalar::quotient ? floor : a - b * floor};
    }
    default: return NoSetting{};
  }
}

Result compared(Scalar function, const Setting& a, const Setting& b) {
  const std::optional<double> x = as_number(a);
  const std::optional<double> y = as_number(b);
  if (x && y) return Setting{evaluate(function, *x, *y) != 0};
  if (function == Scalar::equal) return Setting{a == b};
  if (function == Scalar::not_equal) return Setting{!(a == b)};
  return NoSetting{};
}

}  // namespace

std::string to_text(const Setting& setting) {
  return std::visit(match{
                        [](const NoneSetting&) -> std::string { return "none"; },
                        [](std::int64_t value) { return std::to_string(value); },
                        [](double value) { return number_text(value); },
                        [](bool value) -> std::string { return value ? "true" : "false"; },
                        [](const std::string& text) { return quoted(text); },
                        [](const ListSetting& list) { return list_text(list); },
                        [](const FunctionSetting& function) { return function.name; },
                        [](const PathSetting& path) { return path.path; },
                    },
                    setting.value);
}

std::string described(const Setting& setting) {
  const char* kind = std::visit(match{
                                    [](const NoneSetting&) { return ""; },
                                    [](std::int64_t) { return "the integer "; },
                                    [](double) { return "the number "; },
                                    [](bool) { return "the boolean "; },
                                    [](const std::string&) { return "the string "; },
                                    [](const ListSetting&) { return "the list "; },
                                    [](const FunctionSetting&) { return "the function "; },
                                    [](const PathSetting&) { return "the net "; },
                                },
                                setting.value);
  return kind + to_text(setting);
}

std::optional<std::int64_t> as_integer(const Setting& setting) {
  const auto* value = std::get_if<std::int64_t>(&setting.value);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<double> as_number(const Setting& setting) {
  if (const auto* value = std::get_if<std::int64_t>(&setting.value)) return static_cast<double>(*value);
  const auto* value = std::get_if<double>(&setting.value);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<bool> as_boolean(const Setting& setting) {
  const auto* value = std::get_if<bool>(&setting.value);
  return value ? std::optional(*value) : std::nullopt;
}

const std::string* as_text(const Setting& setting) {
  return std::get_if<std::string>(&setting.value);
}

const ListSetting* as_list(const Setting& setting) {
  return std::get_if<ListSetting>(&setting.value);
}

std::optional<ListTensor> as_tensor(const Setting& setting) {
  if (const std::optional<double> number = as_number(setting)) {
    return ListTensor{{}, {*number}, as_integer(setting).has_value()};
  }
  const ListSetting* list = as_list(setting);
  if (!list || list->elements.empty()) return std::nullopt;
  ListTensor result;
  for (const Setting& element : list->elements) {
    std::optional<ListTensor> part = as_tensor(element);
    if (!part) return std::nullopt;
    if (result.elements.empty()) {
      result.shape = part->shape;
    } else if (result.shape != part->shape) {
      return std::nullopt;
    }
    result.is_integer = result.is_integer && part->is_integer;
    result.elements.insert(result.elements.end(), part->elements.begin(), part->elements.end());
  }
  result.shape.insert(result.shape.begin(), static_cast<std::int64_t>(list->elements.size()));
  return result;
}

std::variant<Setting, NoSetting> applied(Scalar function, const Setting& a, const Setting& b) {
  const Signature signature = facts(function).signature;
  if (signature == Signature::comparison) return compared(function, a, b);
  if (signature == Signature::logical) {
    const std::optional<bool> x = as_boolean(a);
    const std::optional<bool> y = as_boolean(b);
    if (!x || !y) return NoSetting{};
    return Setting{evaluate(function, *x, *y) != 0};
  }
  if (function == Scalar::number) {
    if (const std::optional<bool> truth = as_boolean(a)) return Setting{*truth ? 1.0 : 0.0};
  }
  const std::optional<std::int64_t> m = as_integer(a);
  const std::optional<std::int64_t> n = as_integer(b);
  if (m && n) {
    Result result = of_integers(function, *m, *n);
    const auto* none = std::get_if<NoSetting>(&result);
    if (!none || none->why != NoSetting::Why::kinds) return result;
  }
  const std::optional<double> x = as_number(a);
  const std::optional<double> y = as_number(b);
  if (!x || !y || signature == Signature::integer) return NoSetting{};
  if (function == Scalar::divide && *y == 0) return NoSetting{NoSetting::Why::division_by_zero};
  return Setting{evaluate(function, *x, *y)};
}

}  // namespace dlc
