#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dsl/elaborate/builder.h"
#include "dsl/elaborate/names/program.h"

namespace dlc {

/// What a name is bound to.
struct Binding {
  enum class Role : std::uint8_t {
    value,  // by = or a definition; may be bound again
    fixed,  // a setting or an extent of the declaration
    index,  // of a definition, a reducer or a repeat
    kept,   // param, state
    pack,   // "s.." or "..": the axes that stand for it
  };
  std::string name;
  Meaning meaning;
  Role role = Role::value;
  SourceRange place;
  bool from_library = false;           // a function setting that names a library entry
  std::vector<IndexId> axes{};         // of a pack
  std::optional<SourceRange> given{};  // of a parameter: the argument
};

/// One call that is being elaborated; the outermost is the train block.
struct Activation {
  const DeclaredFunction* declared = nullptr;  // none: the train block, a constant, a data block
  std::string instance;                        // the path of its parameters: cnn.conv2d_1
  std::string site;           // the same, but different in each call: names of values, random draws
  SourceRange call;           // where it was called
  SourceRange user_place;     // the place in the user's files that led here
  std::vector<Place> places;  // of the calls that led here
  std::vector<std::vector<Binding>> scopes;
  std::vector<IndexId> ambient;        // the frame where the code stands: batch, leads, indices
  std::uint32_t first_inner_axis = 0;  // axes below this one are of the call's frame
  std::optional<Shape> dots;           // what .. covers
  std::map<std::string, int> counts;   // calls so far, by name
  std::set<std::string> taken_names;   // by `as`
  int draws = 0;
  bool is_given_up = false;  // a requirement failed: nothing more is said
  int repeats = 0;           // repeats around the code
  std::vector<std::pair<std::string, Quantity>>
      writes;                                 // states' next values, taken over at the end of the call
  const tree::Function* optimizer = nullptr;  // in an optimizer's body
  std::string parameter;                      // … the parameter's name
  std::optional<Quantity> update;             // … its next value

  bool in_library() const { return declared && declared->in_library; }
};

struct CallRecord {
  std::string function;
  SourceRange place;
  SourceRange user_place;
  Shape taken;  // with a lead: the shape that came row by row
};

}  // namespace dlc
