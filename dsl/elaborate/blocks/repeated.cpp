#include <algorithm>

#include "dsl/elaborate/elaborator.h"

namespace dlc {

namespace {

/// The first place of each thing that a block may say once.
using FirstPlaces = std::map<std::string, SourceRange>;

/// What a line of a train block says that may be said once; empty: it may stand there several times.
std::string said_once(const tree::TrainLine& line) {
  return std::visit(tree::match{
                        [](const tree::DataUse&) { return "data"; },
                        [](const tree::Batch&) { return "batch"; },
                        [](const tree::Epochs&) { return "epochs"; },
                        [](const tree::Steps&) { return "steps"; },
                        [](const tree::Predict&) { return "predict"; },
                        [](const tree::Sample&) { return "sample"; },
                        [](const tree::Start&) { return "start"; },
                        [](const tree::Validate&) { return "validate"; },
                        [](const tree::Keep&) { return "keep"; },
                        [](const tree::Stop&) { return "stop"; },
                        [](const auto&) { return ""; },
                    },
                    line.line);
}

}  // namespace

void Elaborator::given_twice(const std::string& what, const SourceRange& second, const SourceRange& first) {
  report(message::given_twice, second, what).note(message::given_here, first);
}

void Elaborator::refuse_repeated(const tree::Train& block) {
  FirstPlaces places;
  for (const tree::TrainLine& line : block.lines) {
    const std::string what = said_once(line);
    if (what.empty()) continue;
    const auto [first, is_new] = places.try_emplace(what, line.range);
    if (!is_new) given_twice(what, line.range, first->second);
  }
  const auto epochs = places.find("epochs");
  const auto steps = places.find("steps");
  if (epochs == places.end() || steps == places.end()) return;
  const bool is_steps_first = steps->second.begin < epochs->second.begin;
  report(message::two_lengths, is_steps_first ? epochs->second : steps->second)
      .note(message::given_here, is_steps_first ? steps->second : epochs->second);
}

void Elaborator::refuse_repeated(const tree::Data& block) {
  FirstPlaces places;
  const bool has_from = std::any_of(block.lines.begin(), block.lines.end(), [](const tree::DataLine& line) {
    return std::holds_alternative<tree::FromLine>(line.line);
  });
  const auto once = [&](const std::string& what, const SourceRange& range) {
    const auto [first, is_new] = places.try_emplace(what, range);
    if (!is_new) given_twice(what, range, first->second);
    return is_new;
  };
  for (const tree::DataLine& line : block.lines) {
    if (const auto* part = std::get_if<tree::PartLine>(&line.line)) {
      once(part->part.text, part->part.range);
    } else if (std::holds_alternative<tree::FromLine>(line.line)) {
      once("from", line.range);
    } else if (const auto* split = std::get_if<tree::SplitLine>(&line.line)) {
      const bool counts = once("split", line.range) && has_from;  // without `from` that is the mistake
      for (std::size_t i = 0; counts && i < split->portions.size(); ++i)
        once(split->portions[i].part.text, split->portions[i].part.range);
    } else if (const auto* standardized = std::get_if<tree::StandardizeLine>(&line.line)) {
      once("standardize " + standardized->field.text, line.range);
    }
  }
}

}  // namespace dlc
