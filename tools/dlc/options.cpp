#include "tools/dlc/options.h"

#include <algorithm>
#include <array>

#include "dsl/diagnostics/diagnostics.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <CLI/CLI.hpp>
#pragma GCC diagnostic pop

namespace dlc {

namespace {

enum class OptionKind { flag, text, integer, perhaps, list };
enum class When { now, later };

struct OptionRow {
  std::string name;
  OptionKind kind;
  When when;
  std::string with;
  std::string help;

  bool is_wish() const { return with == "wish"; }
};

std::string typed(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

std::vector<OptionRow> option_rows() {
  return {
#define OPTION(name, kind, when, with, help) {typed(#name), OptionKind::kind, When::when, with, help},
#include "tools/dlc/options.def"
  };
}

std::vector<std::string> option_names() {
  std::vector<std::string> names;
  for (const OptionRow& row : option_rows()) {
    if (row.when == When::now) names.push_back("--" + row.name);
  }
  return names;
}

bool is_part(const std::string& word) {
  return word == "train" || word == "valid" || word == "test";
}

OptionsError no_part(const std::string& option, const std::string& word) {
  return {"--" + option + " takes train, valid or test, not " + word +
          did_you_mean(word, {"train", "valid", "test"})};
}

/// What stands for the value in the page of --help: N of "N  of order, weights and draws".
std::string placeholder(const OptionRow& row) {
  const std::size_t end = row.help.find("  ");
  return end == std::string::npos ? "" : row.help.substr(0, end);
}

/// What is wrong where the library that reads the words only names the option, or the reason in words of its
/// own.
OptionsError no_value(const OptionRow& row) {
  const std::string stands = placeholder(row);
  const std::string what = row.kind == OptionKind::integer ? "a number" : "a value";
  const std::string example = stands.empty() ? "one of " + row.help : "--" + row.name + "=" + stands;
  return {"--" + row.name + " needs " + what + ": " + example};
}

bool is_override(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0) return false;
  return std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals), [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

/// A run, or an example to predict that stands behind another option or behind "--".
bool is_source(const std::string& word, const Options& options) {
  return (options.has("plot") && !word.ends_with(".net")) ||
         (options.has("predict") && !options.file.empty());
}

/// Everything that is no option: the file, overrides; the first that is neither is the mistake.
std::optional<OptionsError> sort_rest(const std::vector<std::string>& rest, Options& options) {
  for (const std::string& word : rest) {
    if (word.starts_with("-") && word.size() > 1) {
      const std::string name = word.substr(0, word.find('='));
      for (const std::string length : {"epochs", "steps", "batch"}) {
        if (name == "--" + length) return OptionsError{"unknown option " + name + ": write " + length + "=N"};
      }
      const std::string meant = name == "-h" ? "--help" : name;
      return OptionsError{"unknown option " + name + did_you_mean(meant, option_names())};
    }
    if (is_override(word)) {
      const std::size_t equals = word.find('=');
      const std::string name = word.substr(0, equals);
      for (const auto& [other, value] : options.overrides) {
        if (other == name)
          return OptionsError{name + " is set twice: " + name + "=" + value + " and " + word};
        if ((name == "epochs" && other == "steps") || (name == "steps" && other == "epochs"))
          return OptionsError{other + "=" + value + " or " + word + ": both say how long"};
      }
      options.overrides.emplace_back(name, word.substr(equals + 1));
    } else if (is_source(word, options)) {
      options.sources.push_back(word);
    } else if (options.file.empty()) {
      options.file = word;
    } else {
      return OptionsError{"one file at a time: " + options.file + ", or " + word + "?"};
    }
  }
  return std::nullopt;
}

std::optional<OptionsError> check_values(const Options& options) {
  for (const OptionRow& row : option_rows()) {
    if (!options.has(row.name)) continue;
    if (row.when == When::later) return OptionsError{"--" + row.name + " is not there yet"};
    const std::string value = options.value(row.name);
    const bool needs_value = row.kind == OptionKind::integer || row.kind == OptionKind::text;
    if (needs_value && value.empty()) return no_value(row);
    if (row.kind == OptionKind::integer &&
        (value.size() > 18 || value.find_first_not_of("0123456789") != std::string::npos)) {
      return OptionsError{"--" + row.name + " takes a whole number from 0 up, not " + value};
    }
  }
  return std::nullopt;
}

/// What stands behind --predict or --plot: sources, and the file itself and overrides, if they stand there
/// too.
void sort_list(const std::vector<std::string>& words, std::vector<std::string>& rest, Options& options) {
  for (const std::string& word : words) {
    const bool is_source = !word.empty() && !word.ends_with(".net") && !is_override(word);
    if (is_source) options.sources.push_back(word);
    if (!word.empty() && !is_source) rest.push_back(word);
  }
}

/// "--train, --time" of "train time".
std::string as_typed(const std::string& names) {
  std::string text = "--";
  for (const char letter : typed(names)) text += letter == ' ' ? ", --" : std::string(1, letter);
  return text;
}

bool names_word(const std::string& words, const std::string& word) {
  return (" " + typed(words) + " ").find(" " + word + " ") != std::string::npos;
}

/// Options that do not belong to what is wished.
std::optional<OptionsError> check_company(const Options& options) {
  std::string wish;
  for (const OptionRow& row : option_rows()) {
    if (!row.is_wish() || !options.has(row.name)) continue;
    if (!wish.empty()) return OptionsError{"--" + wish + " or --" + row.name + ": one at a time"};
    wish = row.name;
  }
  for (const OptionRow& row : option_rows()) {
    if (row.is_wish() || row.with.empty() || !options.has(row.name)) continue;
    if (!names_word(row.with, wish.empty() ? "summary" : wish))
      return OptionsError{"--" + row.name + " goes with " + as_typed(row.with)};
  }
  const std::string file_for_nothing = options.has("from")   ? "--from reads standard input"
                                       : wish == "help-std"  ? "--help-std reads no file"
                                       : wish == "self-test" ? "--self-test reads no file"
                                                             : "";
  if (!file_for_nothing.empty() && !options.file.empty())
    return OptionsError{file_for_nothing + ": leave out " + options.file};
  for (const std::string name : {"format", "from", "help-std", "self-test", "plot"}) {
    if (options.has(name) && !options.overrides.empty()) {
      const auto& [constant, value] = options.overrides.front();
      return OptionsError{"NAME=VALUE does not go with --" + name + ": " + constant + "=" + value};
    }
  }
  return std::nullopt;
}

std::optional<OptionsError> check_prediction(const Options& options) {
  if (!options.has("predict")) return std::nullopt;
  if (options.has("index") && !options.sources.empty())
    return OptionsError{"--index is an example of the data: leave it out, or " + options.sources.front()};
  if (!options.has("index") && options.has("part"))
    return OptionsError{"--part says of which part --index is: say --index N"};
  if (!options.has("index") && options.sources.empty())
    return OptionsError{"--predict for what? PNG images, a CSV file, or --index N"};
  if (options.has("part") && !is_part(options.value("part"))) return no_part("part", options.value("part"));
  return std::nullopt;
}

std::optional<OptionsError> check_plot(const Options& options) {
  if (!options.has("plot")) return std::nullopt;
  if (options.sources.empty() && options.file.empty())
    return OptionsError{"--plot of what? Runs, such as runs/wine-001, or FILE.net for all runs of it"};
  if (!options.sources.empty() && !options.file.empty())
    return OptionsError{"--plot takes runs, or a file for all of its runs: leave out " + options.file};
  return std::nullopt;
}

/// The words before "--", which ends the options.
int count_before_end(int count, char** words) {
  return static_cast<int>(std::find(words, words + count, std::string_view("--")) - words);
}

/// What stands behind "--". A file whose name begins as options do gets its folder before it, so that it is
/// one wherever it is written afterwards, in the commands that are proposed too.
std::vector<std::string> words_behind_end(int first, int count, char** words) {
  std::vector<std::string> behind;
  for (int i = first; i < count; ++i)
    behind.push_back((std::string_view(words[i]).starts_with("-") ? "./" : "") + std::string(words[i]));
  return behind;
}

/// A flag that is written with a value. The library would take some of them for yes and some for no.
std::optional<OptionsError> check_flags(int count, char** words) {
  for (int i = 1; i < count; ++i) {
    for (const OptionRow& row : option_rows()) {
      const std::string begin = "--" + row.name + "=";
      if (row.kind == OptionKind::flag && std::string_view(words[i]).starts_with(begin))
        return OptionsError{"--" + row.name + " takes no value, not " + (words[i] + begin.size())};
    }
  }
  return std::nullopt;
}

}  // namespace

std::string Options::value(const std::string& name, const std::string& otherwise) const {
  const auto found = values.find(name);
  return found == values.end() ? otherwise : found->second;
}

std::string Options::command() const {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + as_word(word);
  return line;
}

std::variant<Options, OptionsError> read_options(int count, char** words) {
  Options options;
  options.words.assign(words, words + count);
  if (count > 0) options.words.front() = "dlc";

  const int before_end = count_before_end(count, words);
  if (auto error = check_flags(before_end, words)) return *error;

  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  const std::vector<OptionRow> rows = option_rows();
  std::vector<std::string> values(rows.size());
  std::vector<std::vector<std::string>> lists(rows.size());
  std::vector<CLI::Option*> known;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string name = "--" + rows[i].name;
    if (rows[i].kind == OptionKind::list) {
      known.push_back(app.add_option(name, lists[i])->expected(0, CLI::detail::expected_max_vector_size));
      continue;
    }
    CLI::Option* option =
        rows[i].kind == OptionKind::flag ? app.add_flag(name) : app.add_option(name, values[i]);
    if (rows[i].kind == OptionKind::perhaps) option->expected(0, 1);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);  // Given twice, it is refused below.
    known.push_back(option);
  }
  try {
    app.parse(before_end, words);
  } catch (const CLI::ParseError& error) {
    for (const OptionRow& row : rows) {  // It begins with the option's name.
      if (std::string_view(error.what()).starts_with("--" + row.name + ":")) return no_value(row);
    }
    return OptionsError{error.what()};
  }
  std::vector<std::string> rest = app.remaining();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (known[i]->count() == 0) continue;
    if (rows[i].kind == OptionKind::list) {
      sort_list(lists[i], rest, options);
    } else if (known[i]->count() > 1) {
      return OptionsError{"--" + rows[i].name + " is given twice"};
    }
    const bool is_the_file = (rows[i].name == "evaluate" && !is_part(values[i])) ||
                             (rows[i].name == "resume" && values[i].ends_with(".net"));
    const bool is_override_of_it = rows[i].name == "resume" && is_override(values[i]);
    if (rows[i].kind == OptionKind::perhaps && !values[i].empty() && (is_the_file || is_override_of_it)) {
      if (rows[i].name == "evaluate" && !rest.empty() && !values[i].ends_with(".net") &&
          !is_override(values[i])) {
        return no_part("evaluate", values[i]);  // The file is named elsewhere.
      }
      rest.push_back(values[i]);  // It was the file that followed.
      values[i].clear();
    }
    options.values[rows[i].name] = values[i];
  }
  for (std::string& word : words_behind_end(before_end + 1, count, words)) rest.push_back(std::move(word));
  if (auto error = sort_rest(rest, options)) return *error;
  if (auto error = check_values(options)) return *error;
  if (auto error = check_company(options)) return *error;
  if (auto error = check_prediction(options)) return *error;
  if (auto error = check_plot(options)) return *error;
  if (options.has("resume") && options.has("out"))
    return OptionsError{"--resume goes on in the run's own folder: leave out --out"};
  return options;
}

std::string as_word(const std::string& word) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./=,:+@%").find(c) != std::string_view::npos ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::string help_page() {
  std::string page =
      "dlc FILE.net [OPTION...] [NAME=VALUE...]     compile and train the network that FILE.net describes\n\n"
      "NAME=VALUE sets a const of the file, or epochs, steps, batch.\n\n";
  for (const OptionRow& row : option_rows()) {
    if (row.when == When::later) continue;
    std::string line = "  --" + row.name;
    line.resize(22, ' ');
    page += line + row.help + "\n";
  }
  page +=
      "\nFiles of data are looked for beside FILE.net, in the folders of DLC_DATA, in $XDG_DATA_HOME/dlc.\n";
  return page;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& names) {
  const std::optional<std::string> near = nearest_name(word, names);
  return near ? ": did you mean " + *near + "?" : "";
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

std::string unknown_name(const std::string& kind, const std::string& word,
                         const std::vector<std::string>& names) {
  const std::string hint = did_you_mean(word, names);
  return "there is no " + kind + " " + word + (hint.empty() ? "; there are " : hint + " There are ") +
         listed(names);
}

}  // namespace dlc
