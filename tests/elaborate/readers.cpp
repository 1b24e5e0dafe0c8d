#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "dsl/elaborate/blocks/reader_forms.h"

namespace dlc::tests {

TEST_CASE("the readers that the language knows are those that the runtime has", "[elaborate]") {
  const std::set<std::string> there = {
#define READER(name, function) #name,
#include "runtime/data/readers/readers.def"
  };
  std::set<std::string> known;
  for (const ReaderForm& form : reader_forms()) {
    if (form.is_there) known.emplace(form.name);
  }
  CHECK(known == there);
}

}  // namespace dlc::tests
