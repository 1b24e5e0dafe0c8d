#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlc::tests {

/// One test that is a text: what is run, on which files, and what must come out.
///
///     # what the test is about
///     $ dlc model.net --check        # exit 1
///     --- model.net
///     net …
///     --- output
///     model.net:1:5: error: …
///
/// Sections are files of the folder in which the command runs, but for three: `input` is its standard input,
/// `output` what it must print (standard output, then standard error), and `remarks` is standard error alone,
/// where a test keeps the two apart. Lines and columns of the library's files are `·` in notes
/// (library_places.h).
struct TextTest {
  std::filesystem::path file;
  std::string head;                  // the lines before the first section
  std::vector<std::string> command;  // without the leading "dlc"
  int exit_status = 0;
  std::vector<std::pair<std::string, std::string>> sections;  // in the order of the file
};

/// The test that the file holds, or what is wrong with it.
struct TextTestError {
  std::string what;
};
std::optional<TextTest> read_text_test(const std::filesystem::path& file, TextTestError& error);

/// What the command did in a fresh folder that held the test's files.
struct Outcome {
  int exit_status = 0;
  std::string output;
  std::string errors;
};
Outcome run(const TextTest& test, const std::filesystem::path& dlc);

/// The test with what really came out in its `output` and `remarks`, and the exit status in its command line.
TextTest blessed(const TextTest& test, const Outcome& outcome);

std::string to_text(const TextTest& test);

}  // namespace dlc::tests
