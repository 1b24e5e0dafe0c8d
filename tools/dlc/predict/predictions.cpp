#include "tools/dlc/predict/predictions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "runtime/report/format.h"
#include "runtime/report/text_table.h"

namespace dlc {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t next_classes = 3;
constexpr std::size_t values_shown = 8;

/// The classes from the surest to the least sure.
std::vector<std::size_t> by_score(const std::vector<double>& scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return is_surer(scores[a], scores[b]); });
  return order;
}

std::vector<std::string> class_row(const Predictions& predictions, const std::vector<double>& scores) {
  const std::vector<std::size_t> order = by_score(scores);
  std::string next;
  for (std::size_t i = 1; i < std::min(order.size(), next_classes + 1); ++i)
    next += (i > 1 ? ", " : "") + predictions.classes[order[i]] + " " + as_figure(scores[order[i]]);
  return {predictions.classes[order.front()], as_figure(scores[order.front()]), next};
}

std::string values_text(const std::vector<double>& values) {
  std::string text;
  for (std::size_t i = 0; i < std::min(values.size(), values_shown); ++i)
    text += (i > 0 ? ", " : "") + as_figure(values[i]);
  if (values.size() == 1) return text;
  return "[" + text + (values.size() > values_shown ? ", …]" : "]");
}

/// The shortest decimal that is this number among those of 32 bits.
double shortest(double value) {
  if (!std::isfinite(value)) return value;
  std::array<char, 32> text{};
  const char* const end =
      std::to_chars(text.data(), text.data() + text.size(), static_cast<float>(value)).ptr;
  double read = value;
  std::from_chars(text.data(), end, read);
  return read;
}

/// Lists within lists as the shape says; a single number is a list of one.
Json nested(const std::vector<double>& values, const Shape& shape, std::size_t dimension, std::size_t& at) {
  Json list = Json::array();
  const std::int64_t extent = shape.empty() ? 1 : shape[dimension];
  for (std::int64_t i = 0; i < extent; ++i) {
    if (dimension + 1 < shape.size()) {
      list.push_back(nested(values, shape, dimension + 1, at));
    } else {
      list.push_back(shortest(values[at++]));
    }
  }
  return list;
}

}  // namespace

bool is_surer(double score, double other) {
  if (std::isnan(score) || std::isnan(other)) return !std::isnan(score) && std::isnan(other);
  return score > other;
}

std::string source_text(const ExampleSource& source) {
  return source.example ? source.name + ", example " + std::to_string(*source.example) : source.name;
}

std::optional<std::size_t> Predictions::first_without_number() const {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::any_of(values[i].begin(), values[i].end(), [](double value) { return std::isnan(value); }))
      return i;
  }
  return std::nullopt;
}

bool Predictions::are_probabilities() const {
  return std::all_of(values.begin(), values.end(), [](const std::vector<double>& scores) {
    const double sum = std::accumulate(scores.begin(), scores.end(), 0.0);
    return std::abs(sum - 1) < 1e-3 &&
           std::all_of(scores.begin(), scores.end(), [](double score) { return score >= 0; });
  });
}

std::string predictions_table(const Predictions& predictions) {
  TextTable table{{Align::left, Align::left}, {{"source", predictions.field}}};
  if (predictions.is_class) {
    table.columns = {Align::left, Align::left, Align::right, Align::left};
    table.rows = {{"source", predictions.field, predictions.are_probabilities() ? "probability" : "score"}};
    if (predictions.classes.size() > 1) table.rows.front().push_back("next");
  }
  for (std::size_t i = 0; i < predictions.values.size(); ++i) {
    std::vector<std::string> row = {source_text(predictions.sources[i])};
    if (predictions.is_class) {
      const std::vector<std::string> cells = class_row(predictions, predictions.values[i]);
      row.insert(row.end(), cells.begin(), cells.end());
    } else {
      row.push_back(values_text(predictions.values[i]));
    }
    table.rows.push_back(std::move(row));
  }
  return table_text(table);
}

std::string predictions_json(const Predictions& predictions) {
  std::string text;
  const char* const scores = predictions.are_probabilities() ? "probabilities" : "scores";
  for (std::size_t i = 0; i < predictions.values.size(); ++i) {
    const std::vector<double>& values = predictions.values[i];
    Json object;
    object["source"] = predictions.sources[i].name;
    if (predictions.sources[i].example) object["example"] = *predictions.sources[i].example;
    if (predictions.is_class) {
      object["class"] = predictions.classes[by_score(values).front()];
      object[scores] = Json::object();
      for (std::size_t c = 0; c < values.size(); ++c)
        object[scores][predictions.classes[c]] = shortest(values[c]);
    } else {
      std::size_t at = 0;
      object["values"] = nested(values, predictions.shape, 0, at);
    }
    text += (i > 0 ? ",\n  " : "[\n  ") + object.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  return text + "\n]\n";
}

}  // namespace dlc
