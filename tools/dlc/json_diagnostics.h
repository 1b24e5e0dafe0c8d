#pragma once

#include <string>
#include <vector>

#include "dsl/diagnostics/diagnostics.h"

namespace dlc {

/// What --json-diagnostics prints at the end: one array, of what is wrong with the file and of what is wrong
/// outside of the language, such as a file that is not there. The latter have no place in a text and the
/// identifier "outside".
class JsonDiagnostics {
 public:
  void add(const Diagnostics& diagnostics);
  void add(const std::string& severity, const std::string& message);

  std::string document(const Sources& sources) const;

 private:
  struct Outside {
    std::string severity;
    std::string message;
  };
  Diagnostics diagnostics_;
  std::vector<Outside> outside_;
};

}  // namespace dlc
