#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace dlc {

/// What was asked for on the command line.
struct Options {
  std::string file;
  std::map<std::string, std::string>
      values;  // by the option's name as it is typed: "help-std"; a flag has an empty value
  std::vector<std::pair<std::string, std::string>> overrides;  // name=value, as written
  std::vector<std::string> sources;  // the files behind --predict, the runs behind --plot
  std::vector<std::string> words;    // all, as they were given; the first is "dlc"

  bool has(const std::string& name) const { return values.contains(name); }
  /// The words in one line.
  std::string command() const;
  std::string value(const std::string& name, const std::string& otherwise = "") const;
};

/// The command line is wrong: one line, exit status 2.
struct OptionsError {
  std::string what;
};

/// Options end at "--": what follows is the file, overrides and sources, however it begins.
std::variant<Options, OptionsError> read_options(int count, char** words);

/// A word as it is typed in a shell: in quotes where it needs them.
std::string as_word(const std::string& word);

/// The page of --help.
std::string help_page();

/// The one of `names` that was probably meant, as an addition to a message: ": did you mean NAME?"; else
/// empty.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& names);

/// a, b, c
std::string listed(const std::vector<std::string>& names);

/// "there is no pass shar: did you mean share? There are …": all of `names`, which are few.
std::string unknown_name(const std::string& kind, const std::string& word,
                         const std::vector<std::string>& names);

}  // namespace dlc
