#include "compiler/passes/narrow.h"

#include <utility>

#include "compiler/passes/runner/rewriter.h"

namespace dlc {

using namespace passes;

Graph narrow(const Graph& before, Remarks& remarks) {
  const Readers uses = readers(before);
  Rewriter after(before);
  for (const ValueId id : after.in_order()) {
    Value value = after.renamed(id);
    const bool is_kept = uses.kept_whole[number_of(id)];  // its element is known outside, or to a view
    const bool fits = value.type.kind == Kind::integer && value.type.least >= 0 && value.type.most <= 255;
    if (std::holds_alternative<Definition>(value.node) && fits && !is_kept &&
        value.type.element != Element::u8) {
      value.type.element = Element::u8;
      remarks.add(remark::narrowed, {value.name});
    }
    after.keep(id, std::move(value));
  }
  return std::move(after).finish();
}

}  // namespace dlc
