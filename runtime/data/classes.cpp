#include "runtime/data/classes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "runtime/files/input_file.h"

namespace dlc {
namespace {

Failure of_column(const Column& column, const std::string& what) {
  return {.what = "\"" + column.name + "\": " + what, .file = {}};
}

std::string number_text(double number) {
  std::array<char, 32> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.9g", number);
  return {text.data(), static_cast<std::size_t>(length)};
}

// The column's numbers as integers, or the first that is none.
Result<std::vector<std::int64_t>> integers_of(const Column& column, const std::string& part) {
  std::vector<std::int64_t> result;
  std::optional<Failure> failure;
  const auto per_example = static_cast<std::size_t>(std::max<std::int64_t>(elements_of(column.shape), 1));
  visit_numbers(column, [&](auto numbers) {
    result.reserve(numbers.size());
    for (const auto number : numbers) {
      const auto value = static_cast<double>(number);
      if (value != std::floor(value) || std::abs(value) > 9e15) {
        failure = of_column(column, number_text(value) + " in example " +
                                        std::to_string(result.size() / per_example) + " of " + part +
                                        " is no class: a class is an integer or a text");
        return;
      }
      result.push_back(static_cast<std::int64_t>(value));
    }
  });
  if (failure) return *failure;
  return result;
}

/// Calls `visit` with the number of each element that is no empty cell.
template <class Visit>
void for_each_present(const Column& column, Visit visit) {
  const auto per_example = std::max<std::int64_t>(elements_of(column.shape), 1);
  auto missing = column.missing.begin();
  for (std::int64_t example = 0; example < column.count; ++example) {
    if (missing != column.missing.end() && missing->example == example) {
      ++missing;
      continue;
    }
    for (std::int64_t i = 0; i < per_example; ++i) visit(static_cast<std::size_t>(example * per_example + i));
  }
}

Result<std::int64_t> count_of(const Column& column, const ClassRule& rule) {
  const auto named = static_cast<std::int64_t>(rule.names.size());
  if (rule.count && named > 0 && *rule.count != named) {
    return of_column(column,
                     "class[" + std::to_string(*rule.count) + "], but names gives " + std::to_string(named));
  }
  return rule.count.value_or(named);
}

}  // namespace

Result<ClassNumbering> number_classes(const Column& training, const ClassRule& rule) {
  const Result<std::int64_t> said = count_of(training, rule);
  if (!said) return said.failure();
  ClassNumbering numbering{.count = *said, .names = rule.names, .values = {}, .texts = {}};
  if (training.is_text()) {
    numbering.texts = rule.names;
    if (rule.names.empty()) {
      std::set<std::string> distinct;
      for_each_present(training, [&](std::size_t element) { distinct.insert(training.text[element]); });
      numbering.texts.assign(distinct.begin(), distinct.end());
      numbering.names = numbering.texts;
    }
    const auto found = static_cast<std::int64_t>(numbering.texts.size());
    if (rule.count && *rule.count != found) {
      return of_column(training, "class[" + std::to_string(*rule.count) + "], but the training part has " +
                                     std::to_string(found) + " different texts");
    }
    numbering.count = found;
    return numbering;
  }
  const auto integers = integers_of(training, "train");
  if (!integers) return integers.failure();
  if (*said > 0) return numbering;  // taken as they are, and checked by classes_of
  if (training.classes) {           // The format says how many, whether each of them occurs or not.
    numbering.count = *training.classes;
    for (std::int64_t label = 0; label < numbering.count; ++label)
      numbering.names.push_back(std::to_string(label));
    return numbering;
  }
  std::set<std::int64_t> distinct;
  for_each_present(training, [&](std::size_t element) { distinct.insert((*integers)[element]); });
  numbering.values.assign(distinct.begin(), distinct.end());
  numbering.count = static_cast<std::int64_t>(distinct.size());
  for (const std::int64_t value : distinct) numbering.names.push_back(std::to_string(value));
  return numbering;
}

Result<std::vector<std::int32_t>> classes_of(const Column& column, const ClassNumbering& numbering,
                                             const std::string& part) {
  const auto unknown = [&](std::size_t element, const std::string& value, const std::string& why) {
    const auto per_example = static_cast<std::size_t>(std::max<std::int64_t>(elements_of(column.shape), 1));
    return of_column(
        column, value + " in example " + std::to_string(element / per_example) + " of " + part + " " + why);
  };
  std::vector<std::int32_t> classes;
  if (column.is_text()) {
    if (numbering.texts.empty())
      return of_column(column, "is text in " + part + ", but numbers in the training part");
    std::map<std::string_view, std::int32_t> places;
    for (const std::string& text : numbering.texts)
      places.try_emplace(text, static_cast<std::int32_t>(places.size()));
    for (const std::string& text : column.text) {
      const auto place = places.find(text);
      if (place == places.end())
        return unknown(classes.size(), "\"" + text + "\"", "is none of the class names");
      classes.push_back(place->second);
    }
    return classes;
  }
  if (!numbering.texts.empty())
    return of_column(column, "is numbers in " + part + ", but text in the training part");
  const auto integers = integers_of(column, part);
  if (!integers) return integers.failure();
  for (const std::int64_t value : *integers) {
    if (numbering.values.empty()) {
      if (value < 0 || value >= numbering.count) {
        return unknown(classes.size(), std::to_string(value),
                       "is no class: there are 0 to " + std::to_string(numbering.count - 1) +
                           "; `class` alone, without a number, numbers the values that there are");
      }
      classes.push_back(static_cast<std::int32_t>(value));
      continue;
    }
    const auto place = std::lower_bound(numbering.values.begin(), numbering.values.end(), value);
    if (place == numbering.values.end() || *place != value) {
      return unknown(classes.size(), std::to_string(value), "does not occur in the training part");
    }
    classes.push_back(static_cast<std::int32_t>(place - numbering.values.begin()));
  }
  return classes;
}

Result<std::vector<std::string>> read_names(const std::filesystem::path& path) {
  const Result<std::string> text = read_whole(path, std::int64_t{1} << 26);
  if (!text) return text.failure();
  std::vector<std::string> names;
  std::map<std::string, std::int64_t> lines;
  std::int64_t line = 0;
  std::int64_t empty = 0;  // the first of the empty lines since the last name
  for (std::size_t begin = 0; begin < text->size();) {
    const std::size_t end = std::min(text->find('\n', begin), text->size());
    std::string name = text->substr(begin, end - begin);
    begin = end + 1;
    ++line;
    if (!name.empty() && name.back() == '\r') name.pop_back();
    if (name.empty()) {
      if (empty == 0) empty = line;
      continue;
    }
    if (empty > 0)
      return Failure{.what = "an empty line among the names", .file = path.string(), .line = empty};
    const auto [twin, is_new] = lines.try_emplace(name, line);
    if (!is_new) {
      return Failure{.what = "\"" + name + "\" stands in line " + std::to_string(twin->second) + " already",
                     .file = path.string(),
                     .line = line};
    }
    names.push_back(std::move(name));
  }
  if (names.empty()) return Failure{.what = "there are no names in this file", .file = path.string()};
  return names;
}

}  // namespace dlc
