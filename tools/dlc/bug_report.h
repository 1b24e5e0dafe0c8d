#pragma once

#include <string>
#include <string_view>

#include "compiler/compile.h"

namespace dlc {

// A mistake of our own (an assertion that fails, a graph that a pass leaves broken, a crash) ends the process
// with status 70. Before that a folder dlc-bug-1/ (the next free number) is written where dlc was started:
// report.txt with the message, the stage, the command and the versions; the .net file as model.net; and the
// graph that the stage began on as graph.txt, where there is one.

/// From here on failed assertions and the signals of a crash are reported. To be called once; the command is
/// as it was typed, the file may be empty.
void report_our_mistakes(const std::string& command, const std::string& file);

/// What is being worked on from here on. Costs two pointers: the stage must live for ever, the graph until
/// the next call.
void now_at(std::string_view stage, const Graph* graph = nullptr);

/// An observer that tells the same and keeps the report up to date; a failure of compile ends the process.
Observer reporting_mistakes(Observer observer);

[[noreturn]] void our_mistake(std::string_view stage, const std::string& message, const Graph& graph);
/// Where the stage may have been left already. What is only of use to us, such as an exception's words,
/// stands in report.txt alone.
[[noreturn]] void our_mistake(const std::string& message, const std::string& only_reported = "");

/// One line and status 1. Nothing is taken down: what was half made when memory was refused may break by
/// that.
[[noreturn]] void end_without_memory();

}  // namespace dlc
