#include "tools/dlc/data/known_data.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "runtime/files/element.h"

namespace dlc {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::pair<Element, const char*> elements[] = {
    {Element::f32, "f32"}, {Element::i32, "i32"}, {Element::u8, "u8"}};

constexpr std::int64_t largest_example = std::int64_t{1} << 32;  // of one column, in bytes

Json json_of(const ColumnFacts& facts) {
  Json json;
  for (const auto& [element, name] : elements) {
    if (facts.element == element) json["element"] = name;
  }
  json["text"] = facts.is_text;
  json["shape"] = facts.shape;
  json["distinct"] = facts.distinct;
  json["empty"] = facts.has_empty;
  return json;
}

Json json_of(const ClassNumbering& numbering) {
  return {{"count", numbering.count},
          {"names", numbering.names},
          {"values", numbering.values},
          {"texts", numbering.texts}};
}

/// Reads what to_json has written. The file may be from anywhere: every value is checked, and the first that
/// cannot be is told.
class Reading {
 public:
  Result<KnownData> read(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return damaged();
    known_.columns = strings(json, "columns", "the columns");
    for (const auto& [column, facts] : object(json, "facts", "the columns"))
      known_.facts[column] = facts_of(column, facts);
    for (const auto& [input, numbering] : object(json, "classes", "the classes"))
      known_.learned.classes[input] = numbering_of(numbering, "of " + input);
    const auto means = json.find("means");
    if (means == json.end() || !means->is_null()) {
      for (const auto& [column, mean] : object(json, "means", "the means")) {
        check(mean.is_number() && is_column(column), "the mean of column " + column);
        if (mean.is_number()) known_.learned.means[column] = mean.get<double>();
      }
    }
    if (!wrong_.empty()) return damaged();
    return std::move(known_);
  }

 private:
  using Items = std::map<std::string, Json>;

  Failure damaged() const {
    return {.what = "what this file says of its data cannot be read: it is damaged" +
                    (wrong_.empty() ? "" : " (" + wrong_ + ")"),
            .file = {}};
  }

  /// The first that is wrong stays.
  bool check(bool is_right, const std::string& what) {
    if (!is_right && wrong_.empty()) wrong_ = what;
    return is_right;
  }

  bool is_column(const std::string& name) const {
    return std::find(known_.columns.begin(), known_.columns.end(), name) != known_.columns.end();
  }

  /// A null that is no value of anything where there is no such member.
  static Json member(const Json& json, const char* name) {
    return json.is_object() ? json.value(name, Json()) : Json();
  }

  Items object(const Json& json, const char* name, const std::string& what) {
    const Json value = member(json, name);
    return check(value.is_object(), what) ? value.get<Items>() : Items();
  }

  bool boolean(const Json& json, const char* name, const std::string& what) {
    const Json value = member(json, name);
    return check(value.is_boolean(), what) && value.get<bool>();
  }

  std::vector<std::string> strings(const Json& json, const char* name, const std::string& what) {
    const Json value = member(json, name);
    const bool are_strings =
        value.is_array() &&
        std::all_of(value.begin(), value.end(), [](const Json& each) { return each.is_string(); });
    return check(are_strings, what) ? value.get<std::vector<std::string>>() : std::vector<std::string>();
  }

  std::vector<std::int64_t> integers(const Json& json, const char* name, const std::string& what) {
    const Json value = member(json, name);
    const bool are_integers = value.is_array() && std::all_of(value.begin(), value.end(), is_integer);
    return check(are_integers, what) ? value.get<std::vector<std::int64_t>>() : std::vector<std::int64_t>();
  }

  /// That fits 64 bits: larger ones would become negative.
  static bool is_integer(const Json& json) {
    return json.is_number_integer() &&
           (!json.is_number_unsigned() ||
            json.get<std::uint64_t>() <=
                static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
  }

  ColumnFacts facts_of(const std::string& column, const Json& json) {
    const std::string of_column = "of column " + column;
    ColumnFacts facts;
    const Json said = member(json, "element");
    const auto found = std::find_if(std::begin(elements), std::end(elements),
                                    [&](const auto& element) { return said == element.second; });
    if (check(found != std::end(elements), "the element " + of_column)) facts.element = found->first;
    facts.is_text = boolean(json, "text", "whether it is text, " + of_column);
    facts.has_empty = boolean(json, "empty", "the empty cells " + of_column);
    facts.shape = integers(json, "shape", "the shape " + of_column);
    const bool is_sound =
        std::all_of(facts.shape.begin(), facts.shape.end(), [](std::int64_t extent) { return extent >= 1; });
    const std::optional<std::int64_t> bytes = checked_bytes(facts.shape, 4);
    check(is_sound && bytes && *bytes <= largest_example && (facts.shape.empty() || !facts.is_text),
          "the shape " + of_column);
    facts.distinct = strings(json, "distinct", "the values " + of_column);
    check(is_column(column), "column " + column + ", which is not among the columns");
    return facts;
  }

  ClassNumbering numbering_of(const Json& json, const std::string& of_input) {
    ClassNumbering numbering;
    const Json count = member(json, "count");
    if (check(is_integer(count), "the number of classes " + of_input))
      numbering.count = count.get<std::int64_t>();
    check(numbering.count >= 1 && numbering.count <= std::numeric_limits<std::int32_t>::max(),
          "the number of classes " + of_input);
    numbering.names = strings(json, "names", "the names of the classes " + of_input);
    numbering.values = integers(json, "values", "the values of the classes " + of_input);
    numbering.texts = strings(json, "texts", "the texts of the classes " + of_input);
    const auto fits = [&](std::size_t size) {
      return size == 0 || size == static_cast<std::size_t>(numbering.count);
    };
    const auto& values = numbering.values;
    check(fits(numbering.names.size()), "the names of the classes " + of_input);
    // They are searched by bisection.
    check(fits(values.size()) &&
              std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) == values.end(),
          "the values of the classes " + of_input);
    check(fits(numbering.texts.size()) && (values.empty() || numbering.texts.empty()),
          "the texts of the classes " + of_input);
    return numbering;
  }

  KnownData known_;
  std::string wrong_;
};

}  // namespace

std::string to_json(const KnownData& known) {
  Json json;
  json["columns"] = known.columns;
  json["facts"] = Json::object();
  for (const auto& [column, facts] : known.facts) json["facts"][column] = json_of(facts);
  json["classes"] = Json::object();
  for (const auto& [input, numbering] : known.learned.classes) json["classes"][input] = json_of(numbering);
  json["means"] = Json(known.learned.means);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<KnownData> known_data_of(std::string_view json) {
  return Reading().read(json);
}

}  // namespace dlc
