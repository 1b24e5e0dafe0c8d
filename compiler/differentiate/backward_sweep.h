#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/differentiate/body_adjoint.h"
#include "compiler/differentiate/remembered.h"
#include "compiler/graph/graph.h"

namespace dlc {

/// What the gradients by some values are to be called, and where they were asked for.
struct Wanted {
  std::string name;
  std::vector<Place> places;
};

/// The gradients of one number by several values: appends to the graph what they need, from the number back
/// to the values.
class BackwardSweep {
 public:
  BackwardSweep(Graph& graph, Remembered& remembered, const Remembered::Naming& naming, ValueId of,
                std::map<ValueId, Wanted> wanted);

  /// By wanted value; of a value that the number does not depend on, zeros.
  std::map<ValueId, ValueId> run();

 private:
  /// The adjoint of a value: of its shape, or the same number everywhere.
  using Adjoint = std::variant<double, ValueId>;

  /// A later value that the adjoint of a value comes from: through a view, or through some of its
  /// definition's reads.
  struct Reader {
    ValueId value{};
    std::optional<ReadGroup> group;
  };

  void find_readers();
  void find_adjoint(ValueId x);
  std::optional<Adjoint> contribution(ValueId x, const Reader& reader, const std::string& name);
  std::optional<Adjoint> contribution_of_view(ValueId x, ValueId view, const std::string& name);
  std::optional<Adjoint> contribution_of_reads(ValueId y, const ReadGroup& group, const std::string& name);
  std::optional<Adjoint> already_there(const Definition& contribution, ValueId x) const;
  ExpressionId read_adjoint(ValueId y, const Definition& definition, BodyBuilder& body) const;
  ValueId filled(ValueId x, double number, const std::string& name);
  std::string name_of_adjoint(ValueId x) const;
  std::vector<Index> indices_like(ValueId value) const;
  ValueId add_elementwise(ValueId x, std::vector<Index> indices, const std::string& name, Body body);
  Type type_of_adjoint(ValueId x) const;

  Graph& graph_;
  Remembered& remembered_;
  const Remembered::Naming& naming_;
  ValueId of_;
  std::map<ValueId, Wanted> wanted_;
  std::vector<std::vector<Reader>> readers_;      // by ValueId, up to `of`: those on the way to it
  std::vector<std::optional<Adjoint>> adjoints_;  // by ValueId, up to `of`; none: nothing comes
};

}  // namespace dlc
