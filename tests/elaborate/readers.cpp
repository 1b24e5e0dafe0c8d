#include <catch2/catch.hpp>
#include <set>
#include <string>

namespace dlc::tests {

TEST_CASE("the readers that the language knows are those that the runtime has", "[elaborate]") {
  const std::set<std::string> there = {
#define READER(name, function) #name,
#include "runtime/data/readers/readers.def"
  };
  std::set<std::string> known;
#define READER(name, is_there) \
  if (is_there) known.insert(#name);
#include "dsl/elaborate/blocks/readers.def"
  for (const std::string& name : there) {
    if (!known.contains(name))
      FAIL_CHECK("dsl/elaborate/blocks/readers.def does not say that " << name << " is there");
  }
  for (const std::string& name : known) {
    if (!there.contains(name)) FAIL_CHECK("runtime/data/readers/readers.def has no row " << name);
  }
}

}  // namespace dlc::tests
