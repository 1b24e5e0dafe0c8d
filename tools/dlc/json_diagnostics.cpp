#include "tools/dlc/json_diagnostics.h"

#include <nlohmann/json.hpp>

namespace dlc {

void JsonDiagnostics::add(const Diagnostics& diagnostics) {
  for (Diagnostic& diagnostic : diagnostics.sorted()) diagnostics_.add(std::move(diagnostic));
}

void JsonDiagnostics::add(const std::string& severity, const std::string& message) {
  outside_.push_back({severity, message});
}

std::string JsonDiagnostics::document(const Sources& sources) const {
  if (outside_.empty()) return to_json(diagnostics_, sources);
  using Json = nlohmann::ordered_json;
  Json all = Json::parse(to_json(diagnostics_, sources), nullptr, false);
  if (!all.is_array()) all = Json::array();  // A text that is no UTF-8.
  for (const Outside& outside : outside_) {
    all.push_back({{"severity", outside.severity},
                   {"identifier", "outside"},
                   {"message", outside.message},
                   {"notes", Json::array()}});
  }
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace dlc
