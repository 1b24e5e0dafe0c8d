#pragma once

#include <vector>

#include "dsl/elaborate/elaborator.h"

namespace dlc {

/// Finds the reads of a definition, its inner reducers' too, before any of it is elaborated: their subscripts
/// decide the ranges of the indices. Nothing is reported but what is wrong with the binders.
class RangeCollector {
 public:
  struct Source {
    SourceRange place;
    std::int64_t extent = 0;
  };

  RangeCollector(Elaborator& elaborator, std::vector<IndexId> open_axes)
      : open(std::move(open_axes)), elaborator_(elaborator) {}

  void visit(const tree::Expression& expression);

  std::vector<IndexId> open;
  std::vector<SubscriptUse> uses;
  std::vector<Source> sources;
  bool failed = false;
  bool saw_mistake = false;  // a read of something that is wrong already

 private:
  void visit_reduction(const tree::Reduction& reduction);
  void visit_choice(const tree::Choice& choice);
  void visit_read(const tree::Read& read, const SourceRange& range);
  std::optional<Shape> shape_read(const tree::Expression& of);
  void add(const Position& position, std::int64_t extent, bool has_else, const SourceRange& range);

  Elaborator& elaborator_;
};

}  // namespace dlc
