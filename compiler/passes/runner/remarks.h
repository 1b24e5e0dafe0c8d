#pragma once

#include <span>
#include <string>
#include <vector>

namespace dlc {

/// What a pass can tell; a row of remarks.def each.
enum class remark : unsigned char {
#define REMARK(name, text) name,
#include "compiler/passes/runner/remarks.def"
};

struct Remark {
  remark what{};
  std::vector<std::string> names;  // of values, or words; as many as the text asks for
};

/// What was done and what was not, with the reason; in the order in which it was found.
class Remarks {
 public:
  void add(remark what, std::vector<std::string> names);
  std::span<const Remark> all() const { return all_; }

 private:
  std::vector<Remark> all_;
};

/// One line, without its end.
std::string text_of(const Remark& remark);

}  // namespace dlc
