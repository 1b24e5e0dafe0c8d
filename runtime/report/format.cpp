#include "runtime/report/format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace dlc {
namespace {

std::string printed(const char* format, int digits, double value) {
  std::array<char, 64> text{};
  const int length = std::snprintf(text.data(), text.size(), format, digits, value);
  return {text.data(), static_cast<std::size_t>(std::clamp(length, 0, static_cast<int>(text.size()) - 1))};
}

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

std::string with_thousands(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t end = text.size(); end > first + 3;) {
    end -= 3;
    text.insert(end, 1, ',');
  }
  return text;
}

std::string counted(std::int64_t number, std::string_view one, std::string_view many) {
  return with_thousands(number) + " " + std::string(number == 1 ? one : many);
}

std::string as_clock(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e9) return "-:--";
  const auto whole = static_cast<std::int64_t>(std::ceil(seconds - 1e-9));
  const std::int64_t minutes = whole / 60;
  if (minutes < 60) return std::to_string(minutes) + ":" + two_digits(whole % 60);
  return std::to_string(minutes / 60) + ":" + two_digits(minutes % 60) + ":" + two_digits(whole % 60);
}

std::string as_seconds(double seconds) {
  const int digits = seconds < 9.995 ? 2 : seconds < 99.95 ? 1 : 0;
  if (digits == 0 && seconds < 1e15) return with_thousands(std::llround(seconds)) + " s";
  return printed("%.*f", digits, seconds) + " s";
}

std::string as_bytes_text(std::int64_t bytes) {
  constexpr std::array units = {"kB", "MB", "GB", "TB"};
  if (bytes < 1000) return counted(bytes, "byte", "bytes");
  double amount = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (amount >= 999.5 && unit + 1 < units.size()) {
    amount /= 1000;
    ++unit;
  }
  return printed("%.*f", amount < 9.95 ? 1 : 0, amount) + " " + units[unit];
}

std::string as_figure(double value, int digits) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  const double size = std::abs(value);
  if (size == 0) return printed("%.*f", digits, 0.0);
  if (size >= 1e4 && size < 1e9) return with_thousands(std::llround(value));
  if (size >= 1e-3 && size < 1e4) return printed("%.*f", digits, value);
  return in_powers_of_ten(value, std::max(digits - 3, 1));
}

std::string in_powers_of_ten(double value, int digits) {
  const std::string text = printed("%.*e", digits, value);  // 3.2e-05
  const std::size_t exponent = text.find('e');
  if (exponent == std::string::npos) return text;
  return text.substr(0, exponent + 1) + std::to_string(std::stoi(text.substr(exponent + 1)));
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char letter) {
    return (static_cast<unsigned char>(letter) & 0xc0U) != 0x80U;
  }));
}

std::string shape_text(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + "]";
}

}  // namespace dlc
