#include "tools/dlc/data/known_data.h"

#include <nlohmann/json.hpp>

namespace dlc {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::pair<Element, const char*> elements[] = {
    {Element::f32, "f32"}, {Element::i32, "i32"}, {Element::u8, "u8"}};

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

ColumnFacts facts_of(const Json& json) {
  ColumnFacts facts;
  for (const auto& [element, name] : elements) {
    if (json.at("element") == name) facts.element = element;
  }
  facts.is_text = json.at("text").get<bool>();
  facts.shape = json.at("shape").get<Shape>();
  facts.distinct = json.at("distinct").get<std::vector<std::string>>();
  facts.has_empty = json.at("empty").get<bool>();
  return facts;
}

Json json_of(const ClassNumbering& numbering) {
  return {{"count", numbering.count},
          {"names", numbering.names},
          {"values", numbering.values},
          {"texts", numbering.texts}};
}

ClassNumbering numbering_of(const Json& json) {
  return {.count = json.at("count").get<std::int64_t>(),
          .names = json.at("names").get<std::vector<std::string>>(),
          .values = json.at("values").get<std::vector<std::int64_t>>(),
          .texts = json.at("texts").get<std::vector<std::string>>()};
}

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

std::optional<KnownData> known_data_of(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    KnownData known;
    known.columns = json.at("columns").get<std::vector<std::string>>();
    for (const auto& [column, facts] : json.at("facts").items()) known.facts[column] = facts_of(facts);
    for (const auto& [input, numbering] : json.at("classes").items())
      known.learned.classes[input] = numbering_of(numbering);
    if (json.at("means").is_object())
      known.learned.means = json.at("means").get<std::map<std::string, double>>();
    return known;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace dlc
