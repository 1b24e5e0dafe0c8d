#pragma once

#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "compiler/graph/graph.h"
#include "tests/plan/running.h"

namespace dlc::tests {

/// What a program gives by the reference, and by how much each result moves when every operation is off by a
/// part in a million: no other way of computing it may be held to less than that.
struct Wanted {
  Graph graph;  // differentiated
  std::map<std::string, Tensor> given;
  test::Outcome values;
  bool has_no_number = false;  // a NaN among its values: where it goes, through factors 0, is nobody's law
  std::map<std::string, double> moves;  // by the name of an output, or "next NAME"; in units of the result
};
Wanted wanted_of(const Graph& program, std::uint64_t seed);

/// Results that hang on rounding (they move by more than a thousandth of their size) are not compared, nor
/// those of a program that has a NaN.
int hang_on_rounding(const Wanted& wanted);

/// What is wrong with the results of another graph, computed by the reference too; none if nothing is.
std::optional<std::string> wrong_graph(const Graph& graph, const Wanted& wanted);

/// One way to compute what the reference computes. `check` gives what is wrong in words, none if nothing is.
struct Way {
  std::string name;     // "pass split alone", "avx2 without gather", …
  std::string command;  // what shows it to a developer who has the graph's text
  std::function<std::optional<std::string>(const Graph& program, const Wanted& wanted)> check;
};

/// Every pass alone, the pipeline with each pass left out and after each pass: graphs by the reference.
std::vector<Way> ways_of_passes();

/// The compiled step for each set of instructions that this machine has, on 1, 2, 3 and 5 threads: whole, and
/// of those in which a pass is left out (or all are) the ones of this seed.
std::vector<Way> ways_of_steps(std::uint64_t seed);

/// A program that goes wrong, shrunk.
struct WrongProgram {
  std::string graph;  // its text, under comments: which way, how to see it, what is wrong
  std::string file;   // the same as a .net file that goes wrong too; empty where there is none
};
std::ostream& operator<<(std::ostream& out, const WrongProgram& wrong);

/// The first way that goes wrong; none if all agree.
std::optional<WrongProgram> first_wrong(const Graph& program, std::uint64_t seed,
                                        const std::vector<Way>& ways);

}  // namespace dlc::tests
