#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/graph/graph.h"
#include "compiler/loops/affine.h"

namespace dlc {

/// A buffer of a kernel: an index into Loops::buffers, and into the pointers that the kernel's function is
/// given.
enum class BufferId : std::uint32_t {};

/// A virtual register: an index into Loops::registers. Each is defined once, before its uses.
enum class RegisterId : std::uint32_t {};

// The loops text: a kernel as it will run, nothing left to decide. Names live in the namespace `loops`, for
// the graph has its own Read, Call and Select.
namespace loops {

/// A number is f32, an integer i32, a boolean one bit of a mask. Lanes: any power of two; the code maker
/// splits what is wider than the machine's registers.
struct RegisterType {
  Kind kind = Kind::number;
  std::uint32_t lanes = 1;
  bool operator==(const RegisterType&) const = default;
};

struct Buffer {
  std::string name;
  Element element = Element::f32;
  std::int64_t elements = 0;  // how many the kernel may touch, from the pointer on
};

/// Element `offset + lane * lane_stride + index[lane] * index_scale` of a buffer, for each lane. lane_stride
/// 0 reads one element into all lanes, 1 is contiguous. `index` is a register of integers of as many lanes,
/// or of one lane, added in all.
struct Address {
  BufferId buffer{};
  Affine offset;
  std::int64_t lane_stride = 1;
  std::optional<RegisterId> index = std::nullopt;
  std::int64_t index_scale = 1;
};

/// Which lanes a load or a store touches: all, the first so many, or those of a register of booleans. Lanes
/// left out read 0.
struct AllLanes {};
struct FirstLanes {
  std::uint32_t count = 0;
};
using Mask = std::variant<AllLanes, FirstLanes, RegisterId>;

/// The same value in all lanes. Of an integer a whole number, of a boolean 0 or 1.
struct Constant {
  RegisterId result{};
  double value = 0;
};

/// The integer sum + lane * lane_step.
struct IndexValue {
  RegisterId result{};
  Affine sum;
  std::int64_t lane_step = 0;
};

/// From f32 to numbers; from i32 to integers or numbers; from u8 to integers, numbers or booleans (not 0).
struct Load {
  RegisterId result{};
  Address from;
  Mask mask;
};

/// Numbers to f32, integers to i32 or u8 (lowest byte), booleans to u8 (0 or 1). With `accumulate` the value
/// is added to what is there, lane after lane where lanes may meet (an index register, or lane_stride 0).
struct Store {
  RegisterId value{};
  Address to;
  Mask mask;
  bool accumulate = false;
};

/// A row of scalar_functions.def in each lane; b is equal to a where the arity is 1.
struct Apply {
  RegisterId result{};
  Scalar function{};
  RegisterId a{};
  RegisterId b{};
};

/// a * b + c: rounded once where the target has an instruction for it (avx2, avx512), else twice (sse2).
struct MultiplyAdd {
  RegisterId result{};
  RegisterId a{};
  RegisterId b{};
  RegisterId c{};
};

/// a where the condition (booleans, of as many lanes) holds, else b.
struct Choose {
  RegisterId result{};
  RegisterId condition{};
  RegisterId a{};
  RegisterId b{};
};

/// One lane from all of them, by add, multiply, maximum, minimum, logical_and or logical_or in a fixed tree:
/// the upper half of the lanes onto the lower, until one is left.
struct Fold {
  RegisterId result{};
  Scalar function{};
  RegisterId of{};
};

/// Lane i of the result is lane lanes[i] of a, or lane lanes[i] - (lanes of a) of b. Broadcasts, extracts and
/// transposes.
struct Shuffle {
  RegisterId result{};
  RegisterId a{};
  RegisterId b{};  // equal to a where there is one operand
  std::vector<std::uint32_t> lanes;
};

/// uniform_of_bits(random_bits(key, site, counter)): the number in f32. Key and counter are integers.
struct Uniform {
  RegisterId result{};
  RegisterId key{};
  std::uint32_t site = 0;
  RegisterId counter{};
};

/// What a loop hands from one turn to the next: `value` inside the turn is `initial` in the first, then
/// `next` of the turn before; `result` after the loop is the last `next`, or `initial` if there was no turn.
struct Carried {
  RegisterId value{};
  RegisterId initial{};
  RegisterId next{};
  RegisterId result{};
};

struct Statement;

/// for (variable = first; variable < last; variable += step) body. step >= 1.
struct Loop {
  LoopVariable variable{};
  Bound first = 0;
  Bound last = 0;
  std::int64_t step = 1;
  std::vector<Carried> carried;
  std::vector<Statement> body;
};

struct Statement {
  std::variant<Constant, IndexValue, Load, Store, Apply, MultiplyAdd, Choose, Fold, Shuffle, Uniform, Loop>
      operation;
};

}  // namespace loops

/// One kernel: for (chunk = first_chunk; chunk < last_chunk; ++chunk) body. `chunks` depends on shapes alone,
/// chunks may run on any thread in any order, and no chunk reads what another writes. Registers defined in a
/// loop are known only there.
struct Loops {
  std::string name;
  std::vector<loops::Buffer> buffers;
  std::vector<loops::RegisterType> registers;
  std::vector<std::string> variables;  // names, for the text; may repeat
  LoopVariable chunk{};
  std::int64_t chunks = 1;
  std::vector<loops::Statement> body;

  const loops::RegisterType& operator[](RegisterId id) const {
    return registers[static_cast<std::size_t>(id)];
  }
  const loops::Buffer& operator[](BufferId id) const { return buffers[static_cast<std::size_t>(id)]; }
};

/// The kernel as text.
std::string print(const Loops& kernel);

/// The kernel with all names taken away: two kernels that do the same are then equal, and so are their texts.
Loops without_names(Loops kernel);

/// The first thing that is wrong with a kernel (a type, a use before its definition, a bad bound), as a
/// sentence; none if all is well.
std::optional<std::string> first_fault(const Loops& kernel);

}  // namespace dlc
