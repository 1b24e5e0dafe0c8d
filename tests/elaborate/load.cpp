#include "tests/elaborate/load.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "dsl/grammar/parse.h"

namespace dlc::tests {

namespace {

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> result;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) result.push_back(cell);
  return result;
}

bool is_number(const std::string& text) {
  std::istringstream stream(text);
  double value = 0;
  return static_cast<bool>(stream >> value) && stream.eof();
}

}  // namespace

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::unique_ptr<Loaded> load(const std::string& text, ElaborateOptions options, const std::string& files) {
  auto loaded = std::make_unique<Loaded>();
  loaded->library = parse_library(loaded->sources, loaded->diagnostics);
  const FileId file = loaded->sources.add("model.net", text);
  loaded->tree = parse(file, loaded->sources, loaded->diagnostics);
  if (loaded->tree && !loaded->diagnostics.has_errors()) {
    const ReadFile read = [&](const std::string& path) -> std::variant<std::string, Unreadable> {
      const std::string found = section(files, path);
      if (found.empty()) return Unreadable{"cannot be opened: there is no such file or folder"};
      return found;
    };
    loaded->files = read_used_files(*loaded->tree, loaded->sources, read, loaded->diagnostics);
    for (std::size_t i = 1; i < loaded->files.size(); ++i) options.used.push_back(&loaded->files[i].tree);
  }
  if (loaded->tree && !loaded->diagnostics.has_errors()) {
    loaded->model = elaborate(*loaded->tree, loaded->library, loaded->sources, options, loaded->diagnostics);
  }
  return loaded;
}

std::string section(const std::string& test, const std::string& name) {
  const std::string mark = "--- " + name + "\n";
  const std::size_t begin = test.find(mark);
  if (begin == std::string::npos) return "";
  const std::size_t from = begin + mark.size();
  const std::size_t end = test.find("\n--- ", from);
  return test.substr(from, end == std::string::npos ? std::string::npos : end + 1 - from);
}

FindColumn columns_of(const std::string& test) {
  return [test](const DataReader& reader, const std::string& column) -> std::optional<ColumnFacts> {
    const std::string* file =
        reader.arguments.empty() ? nullptr : std::get_if<std::string>(&reader.arguments[0].second.value);
    const std::string text = file ? section(test, *file) : "";
    if (text.empty()) return std::nullopt;
    std::istringstream lines(text);
    std::string line;
    std::getline(lines, line);
    const std::vector<std::string> names = cells(line);
    const auto found = std::find(names.begin(), names.end(), column);
    if (found == names.end()) return std::nullopt;
    ColumnFacts facts;
    const auto place = static_cast<std::size_t>(found - names.begin());
    for (int number = 2; std::getline(lines, line); ++number) {
      const std::vector<std::string> row = cells(line);
      const std::string& cell = row.at(place);
      std::size_t column_of_text = 1;
      for (std::size_t i = 0; i < place; ++i) column_of_text += row[i].size() + 1;
      if (!facts.is_text && !is_number(cell)) {
        facts.text_cell = *file + ":" + std::to_string(number) + ":" + std::to_string(column_of_text);
        facts.text = cell;
      }
      facts.is_text = facts.is_text || !is_number(cell);
      facts.distinct.push_back(cell);
    }
    std::sort(facts.distinct.begin(), facts.distinct.end());
    facts.distinct.erase(std::unique(facts.distinct.begin(), facts.distinct.end()), facts.distinct.end());
    return facts;
  };
}

}  // namespace dlc::tests
