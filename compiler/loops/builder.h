#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "compiler/loops/loops.h"

namespace dlc {

/// Writes a kernel statement by statement, at the present place: inside the loop begun last. Operands of one
/// lane are spread to the lanes of the others where needed. Integers, numbers and booleans never mix: convert
/// by Scalar::number and Scalar::integer.
class LoopsBuilder {
 public:
  explicit LoopsBuilder(std::string name);

  BufferId buffer(std::string name, Element element, std::int64_t elements);

  /// How many chunks there are (1 if never called), and the variable that counts them.
  LoopVariable chunks(std::int64_t count);

  RegisterId constant(double value, loops::RegisterType type = {});
  RegisterId index(Affine sum, std::uint32_t lanes = 1, std::int64_t lane_step = 0);
  RegisterId load(loops::RegisterType type, loops::Address from, loops::Mask mask = loops::AllLanes{});
  void store(RegisterId value, loops::Address to, loops::Mask mask = loops::AllLanes{},
             bool accumulate = false);

  RegisterId apply(Scalar function, RegisterId a);
  RegisterId apply(Scalar function, RegisterId a, RegisterId b);
  RegisterId multiply_add(RegisterId a, RegisterId b, RegisterId c);
  RegisterId choose(RegisterId condition, RegisterId a, RegisterId b);
  RegisterId fold(Scalar function, RegisterId of);
  RegisterId shuffle(RegisterId a, RegisterId b, std::vector<std::uint32_t> lanes);
  RegisterId broadcast(RegisterId one, std::uint32_t lanes);  // the same register if it has those lanes
  RegisterId lane(RegisterId of, std::uint32_t number);
  RegisterId uniform(RegisterId key, std::uint32_t site, RegisterId counter);

  /// A loop. `body` is called once, with the variable and what is carried (one for each of `initial`), and
  /// gives the next values. The call gives the values after the loop.
  using Body =
      std::function<std::vector<RegisterId>(LoopVariable variable, std::span<const RegisterId> carried)>;
  std::vector<RegisterId> loop(std::string name, Bound first, Bound last, std::int64_t step,
                               std::span<const RegisterId> initial, const Body& body);
  /// The same without anything carried.
  void loop(std::string name, Bound first, Bound last, std::int64_t step,
            const std::function<void(LoopVariable variable)>& body);

  const loops::RegisterType& type(RegisterId id) const { return kernel_[id]; }
  const Loops& so_far() const { return kernel_; }

  /// The kernel; the builder is then empty.
  Loops finish() &&;

 private:
  RegisterId define(loops::RegisterType type);
  LoopVariable variable(std::string name);
  void add(loops::Statement statement);

  Loops kernel_;
  std::vector<std::vector<loops::Statement>> open_;  // the bodies of the loops begun, outermost first
};

}  // namespace dlc
