#pragma once

#include "compiler/passes/algebra/body.h"
#include "compiler/passes/runner/remarks.h"
#include "compiler/passes/runner/rewriter.h"

namespace dlc::passes {

/// Which indices a definition reduces: those that its write does not depend on.
std::vector<bool> reduced_indices(const Definition& definition);

/// Reduced indices that run over one value, or that nothing depends on, go; with none left there is nothing
/// to combine.
void drop_indices(Definition& definition, const Shape& shape, const Graph& graph);

/// Is there a factor `i == …` that leaves one value of a reduced index?
bool is_looked_up(const Definition& sum, const Graph& graph);

/// What a sum is turned into: the definition that stands in its place, and those that it reads and that are
/// added before it. Each returns true if it changed the definition, which is then simplified again.
bool look_up(Value& value, Rewriter& after, Remarks& remarks);
bool factor_out(Value& value, Rewriter& after, Remarks& remarks);
bool part(Value& value, Rewriter& after, Remarks& remarks);

}  // namespace dlc::passes
