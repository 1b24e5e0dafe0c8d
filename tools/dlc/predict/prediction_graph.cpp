#include "tools/dlc/predict/prediction_graph.h"

#include <algorithm>

namespace dlc {

Graph prediction_graph(const Graph& evaluation) {
  std::vector<bool> needed(evaluation.size(), false);
  for (const Output& output : evaluation.outputs) {
    if (output.name == "predict") needed[number_of(output.value)] = true;
  }
  // Operands stand before what reads them.
  for (std::size_t id = evaluation.size(); id-- > 0;) {
    if (!needed[id]) continue;
    for (const ValueId operand : operands(evaluation.values()[id].node)) needed[number_of(operand)] = true;
  }
  Graph result;
  std::vector<ValueId> place(evaluation.size());
  for (std::size_t id = 0; id < evaluation.size(); ++id) {
    if (!needed[id]) continue;
    Value value = evaluation.values()[id];
    renumber(value.node, [&](ValueId old) { return place[number_of(old)]; });
    place[id] = result.add(std::move(value));
  }
  for (const Output& output : evaluation.outputs) {
    if (output.name == "predict") result.outputs.push_back({output.name, place[number_of(output.value)]});
  }
  return result;
}

}  // namespace dlc
