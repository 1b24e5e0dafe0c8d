#include "runtime/files/history.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "runtime/files/atomic_write.h"
#include "runtime/files/input_file.h"

namespace dlc {
namespace {

using Json = nlohmann::ordered_json;

// The shortest text that reads back to the same number; nan and inf by these names, as all readers of CSV
// know them.
std::string shortest(double value) {
  if (std::isnan(value)) return "nan";  // without a sign that means nothing
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end};
}

double to_milliseconds(double seconds) {
  return std::round(seconds * 1000) / 1000;
}

Json tensor_json(const HistoryTensor& tensor) {
  if (tensor.shape.size() < 2) return tensor.values;
  Json rows = Json::array();
  const auto columns = static_cast<std::size_t>(tensor.shape[1]);
  for (std::size_t first = 0; first + columns <= tensor.values.size() && columns > 0; first += columns) {
    const auto begin = tensor.values.begin() + static_cast<std::ptrdiff_t>(first);
    rows.push_back(std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(columns)));
  }
  return rows;
}

Json row_json(const History& history, const HistoryRow& row) {
  Json json = Json::object();
  json["epoch"] = row.epoch;
  json["step"] = row.step;
  json["seconds"] = to_milliseconds(row.seconds);
  for (std::size_t i = 0; i < history.columns.size(); ++i) {
    if (row.values[i]) json[history.columns[i]] = *row.values[i];
  }
  if (!row.tensors.empty()) json["tensors"] = Json::object();
  for (const HistoryTensor& tensor : row.tensors) json["tensors"][tensor.name] = tensor_json(tensor);
  return json;
}

double number_or_nan(const Json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

// The list of numbers, or of lists of equally many numbers, that tensor_json has made. Throws what the
// library throws.
HistoryTensor tensor_from(const std::string& name, const Json& json) {
  HistoryTensor tensor{.name = name, .shape = {static_cast<std::int64_t>(json.size())}, .values = {}};
  for (const Json& entry : json) {
    if (!entry.is_array()) {
      tensor.values.push_back(number_or_nan(entry));
      continue;
    }
    if (tensor.shape.size() == 1) tensor.shape.push_back(static_cast<std::int64_t>(entry.size()));
    for (const Json& number : entry) tensor.values.push_back(number_or_nan(number));
  }
  return tensor;
}

HistoryRow row_from(const Json& json, const std::vector<std::string>& columns) {
  HistoryRow row;
  row.epoch = json.at("epoch").get<std::int64_t>();
  row.step = json.at("step").get<std::int64_t>();
  row.seconds = json.at("seconds").get<double>();
  for (const std::string& column : columns) {
    const auto found = json.find(column);
    row.values.push_back(found == json.end() ? std::nullopt : std::optional(number_or_nan(*found)));
  }
  if (const auto tensors = json.find("tensors"); tensors != json.end()) {
    for (const auto& [name, values] : tensors->items()) row.tensors.push_back(tensor_from(name, values));
  }
  return row;
}

}  // namespace

History with_columns(const History& history, const std::vector<std::string>& columns) {
  History mapped{columns, history.classes, history.rows};
  for (std::size_t r = 0; r < history.rows.size(); ++r) {
    std::vector<std::optional<double>>& values = mapped.rows[r].values;
    values.clear();
    for (const std::string& column : columns) {
      const auto found = std::find(history.columns.begin(), history.columns.end(), column);
      values.push_back(
          found == history.columns.end()
              ? std::nullopt
              : history.rows[r].values[static_cast<std::size_t>(found - history.columns.begin())]);
    }
  }
  return mapped;
}

std::string history_csv(const History& history) {
  std::string text = "epoch,step,seconds";
  for (const std::string& column : history.columns) text += "," + column;
  text += "\n";
  for (const HistoryRow& row : history.rows) {
    text += std::to_string(row.epoch) + "," + std::to_string(row.step) + "," +
            shortest(to_milliseconds(row.seconds));
    for (const std::optional<double>& value : row.values) text += "," + (value ? shortest(*value) : "");
    text += "\n";
  }
  return text;
}

std::string history_json(const History& history) {
  Json json = Json::object();  // one that becomes an object later breaks when memory is refused
  json["columns"] = history.columns;
  json["classes"] = history.classes;
  json["rows"] = Json::array();
  for (const HistoryRow& row : history.rows) json["rows"].push_back(row_json(history, row));
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<void> write_history(const std::filesystem::path& folder, const History& history) {
  Result<void> table = write_atomically(folder / "history.csv", history_csv(history));
  if (!table) return table;
  return write_atomically(folder / "history.json", history_json(history));
}

Result<History> read_history(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "history.json";
  const Result<std::string> text = read_whole(path);
  if (!text) return text.failure();
  try {
    const Json json = Json::parse(*text);
    History history;
    history.columns = json.at("columns").get<std::vector<std::string>>();
    history.classes = json.at("classes").get<std::vector<std::string>>();
    for (const Json& row : json.at("rows")) history.rows.push_back(row_from(row, history.columns));
    return history;
  } catch (const Json::parse_error& error) {
    return Failure{
        .what = "this is no JSON", .file = path.string(), .byte = static_cast<std::int64_t>(error.byte)};
  } catch (const Json::exception&) {
    return Failure{.what = "this is no history of dlc: a member is missing or of another type",
                   .file = path.string()};
  }
}

}  // namespace dlc
