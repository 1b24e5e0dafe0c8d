#pragma once

#include <map>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/graph/graph.h"
#include "compiler/loops/builder.h"
#include "compiler/window/interval.h"

namespace dlc {

/// What a buffer of a kernel is: a value that is no view, or the kernel's scratch memory from this byte on.
using BufferUse = std::variant<ValueId, std::size_t>;

/// The buffers of one kernel function, made when they are first asked for.
class KernelBuffers {
 public:
  KernelBuffers(LoopsBuilder& builder, const Graph& graph) : builder_(builder), graph_(graph) {}

  BufferId of(ValueId value);
  BufferId scratch(std::string name, Element element, std::int64_t elements, std::size_t offset);

  /// By buffer.
  const std::vector<BufferUse>& uses() const { return uses_; }

 private:
  LoopsBuilder& builder_;
  const Graph& graph_;
  std::vector<BufferUse> uses_;
};

/// An index at the present place in the loops: sum + lane * lane_step.
struct IndexPlace {
  Affine sum;
  std::int64_t lane_step = 0;
};

/// How many lanes values have that differ from lane to lane, and how many of the lanes, from the first, are
/// of the index space.
struct Lanes {
  std::uint32_t count = 1;
  std::uint32_t valid = 1;
};

/// Turns bodies into operations at the builder's present place. What does not differ from lane to lane is
/// computed in one lane; what was computed in the same or an outer scope is not computed again.
class BodyLowering {
 public:
  /// `members`: the values that the kernel computes. Their element-wise reads give what `computed` names.
  BodyLowering(LoopsBuilder& builder, const Graph& graph, KernelBuffers& buffers,
               std::span<const Index> indices, std::span<const ValueId> members);

  /// What is placed, computed or set until the scope ends is then forgotten: one for each loop's body.
  class Scope {
   public:
    explicit Scope(BodyLowering& lowering);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    BodyLowering& lowering_;
    std::size_t computed_, values_, terms_, conditions_, loads_;
    std::vector<std::optional<IndexPlace>> places_;
    std::vector<Range> ranges_;
    Lanes lanes_;
  };

  void place(IndexId index, IndexPlace place) { places_[number_of(index)] = std::move(place); }
  /// In this scope the index has these values only: borders that they prove are not tested.
  void narrow(IndexId index, IndexRange values) {
    ranges_[number_of(index)] = {values.first, values.last - 1};
  }
  void set_lanes(Lanes lanes) { lanes_ = lanes; }
  const Lanes& lanes() const { return lanes_; }

  /// From now on reads of this member give the register.
  void computed(ValueId value, RegisterId result) { computed_.emplace_back(value, result); }

  RegisterId value_of(const Body& body, ExpressionId id);

  /// Computes now what needs only indices that are placed: so that no loop inside does it again and again.
  void hoist(const Body& body);

  /// Writes to the element that the window names, unless it is outside. `accumulate` adds to it.
  void store(ValueId value, const Window& window, RegisterId result, bool accumulate = false);

  /// The element itself, 0 where the window is outside: to combine it with another value.
  RegisterId load(ValueId value, const Window& window);

  /// The integer that the position is.
  RegisterId position(const Position& position);

  /// Which lanes are of the index space, as booleans.
  RegisterId valid_lanes();

 private:
  struct Linear {
    Affine sum;
    std::int64_t lane_step = 0;
    std::vector<std::pair<std::int64_t, RegisterId>> scaled;  // factor, integers
  };
  struct Facts {
    std::vector<std::uint64_t> needs;  // indices, a bit each
    std::vector<std::uint32_t> uses;
  };
  struct KnownLoad {
    loops::Address address;
    std::optional<RegisterId> condition;
    Lanes lanes;
    Kind kind;
    RegisterId result;
  };

  bool is_member(ValueId value) const;
  const Facts& facts_of(const Body& body);
  std::uint64_t needs(const Position& position) const;
  std::uint64_t needs(const Window& window) const;
  bool is_placed(std::uint64_t needed) const;

  RegisterId make(const Body& body, ExpressionId id);
  RegisterId make_call(const Body& body, const Call& call);
  RegisterId make_read(const Body& body, const Read& read);
  void hoist(const Position& whole);
  void hoist_inside(const Expression& expression);

  Linear linear(const Position& position);
  RegisterId term(const std::variant<IndexId, Quotient, Remainder, Lookup>& what);
  RegisterId in_register(const Linear& linear);
  RegisterId integer(std::int64_t value, std::uint32_t lanes);
  std::pair<loops::Address, std::uint32_t> address(ValueId tensor, const Window& window);
  std::optional<RegisterId> condition(const Window& window, const Shape& shape);
  std::optional<RegisterId> condition(const Position& where, std::int64_t extent);
  loops::Mask mask(std::optional<RegisterId> condition, std::uint32_t lanes);
  RegisterId load_element(ValueId tensor, const Window& window, std::optional<RegisterId> condition);

  LoopsBuilder& builder_;
  const Graph& graph_;
  KernelBuffers& buffers_;
  std::vector<Index> indices_;
  std::vector<ValueId> members_;
  std::vector<std::optional<IndexPlace>> places_;
  std::vector<Range> ranges_;  // by index: the values that it has here
  Lanes lanes_;
  std::map<const Body*, Facts> facts_;

  std::vector<std::pair<ValueId, RegisterId>> computed_;
  std::vector<std::pair<std::pair<const Body*, ExpressionId>, RegisterId>> values_;
  std::vector<std::pair<Position, RegisterId>> terms_;  // a single term of coefficient 1
  std::vector<std::pair<std::pair<Position, std::int64_t>, RegisterId>> conditions_;
  std::vector<KnownLoad> loads_;
};

/// The position that is this one term.
Position alone(const Term& term);

/// Row-major: how far apart in memory neighbours in each dimension are, in elements.
std::vector<std::int64_t> strides_of(const Shape& shape);

}  // namespace dlc
