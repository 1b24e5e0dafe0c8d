#include "tests/passes/graphs.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "compiler/differentiate/differentiate.h"

namespace dlc::tests {

std::string contents(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<NamedGraph> all_graphs() {
  std::vector<NamedGraph> result;
  for (const auto& entry : std::filesystem::directory_iterator(DLC_SOURCE_DIR "/tests/passes/graphs")) {
    auto read = read_graph(contents(entry.path().string()));
    INFO(entry.path().string());
    if (const auto* error = std::get_if<GraphError>(&read)) FAIL(error->line << ": " << error->text);
    REQUIRE(broken_rule(std::get<Graph>(read)).value_or("") == "");
    result.push_back({entry.path().stem().string(), differentiate(std::get<Graph>(read))});
    REQUIRE(broken_rule(result.back().graph).value_or("") == "");
  }
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  REQUIRE(!result.empty());
  return result;
}

Given random_values(const Graph& graph, unsigned seed) {
  std::mt19937 random(seed);
  Given given;
  for (const Value& value : graph.values()) {
    const bool is_given = std::holds_alternative<Input>(value.node) ||
                          std::holds_alternative<Parameter>(value.node) ||
                          std::holds_alternative<State>(value.node);
    if (!is_given) continue;
    Tensor tensor{value.type.shape, {}};
    for (std::int64_t i = 0; i < count(value.type.shape); ++i) {
      double element = std::uniform_real_distribution(-1.0, 1.0)(random);
      if (value.type.element == Element::u8 && value.type.kind == Kind::number)
        element = std::floor(128 * element + 128);
      if (value.type.kind == Kind::boolean) element = element > 0 ? 1 : 0;
      if (value.type.kind == Kind::integer) {
        element =
            static_cast<double>(std::uniform_int_distribution(value.type.least, value.type.most)(random));
      }
      if (std::holds_alternative<State>(value.node)) element = std::abs(element);  // such as mean squares
      tensor.elements.push_back(element);
    }
    given[value.name] = std::move(tensor);
  }
  return given;
}

namespace {

bool is_near(double a, double b, double tolerance) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (a == b) return true;
  return std::abs(a - b) <= tolerance * std::max(1.0, std::max(std::abs(a), std::abs(b)));
}

std::string difference(const std::map<std::string, Tensor>& wanted,
                       const std::map<std::string, Tensor>& found, double tolerance) {
  for (const auto& [name, tensor] : wanted) {
    const auto other = found.find(name);
    if (other == found.end()) return name + " is missing";
    if (other->second.shape != tensor.shape) return name + " has another shape";
    for (std::size_t i = 0; i < tensor.elements.size(); ++i) {
      if (is_near(tensor.elements[i], other->second.elements[i], tolerance)) continue;
      return name + " at " + std::to_string(i) + ": " + std::to_string(tensor.elements[i]) + " became " +
             std::to_string(other->second.elements[i]);
    }
  }
  return wanted.size() == found.size() ? "" : "there is one more";
}

}  // namespace

std::string difference(const Values& wanted, const Values& found, double tolerance) {
  const std::string outputs = difference(wanted.outputs, found.outputs, tolerance);
  return outputs.empty() ? difference(wanted.next, found.next, tolerance) : outputs;
}

}  // namespace dlc::tests
