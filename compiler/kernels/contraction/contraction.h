#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compiler/loops/builder.h"
#include "compiler/target/target.h"

namespace dlc {

/// out[..] = sum over the reduced indices of a[..] * b[..], as flat strides: dense layers, convolutions in
/// their three roles, attention and recurrent products alike. An index with a stride in `out` is an output
/// index, any other is reduced.
struct Contraction {
  struct Index {
    std::string name;
    std::int64_t extent = 1;
    std::int64_t out = 0;  // elements from one value to the next
    std::int64_t a = 0;    // any sign; 0 where it does not occur
    std::int64_t b = 0;
    std::vector<std::int64_t> extra;  // strides in what the epilogue also asks for, one for each
  };

  /// 0 <= constant + sum coefficient * index < extent, or else the product is 0 (and the operand is not
  /// read). Only what the ranges do not prove.
  struct Border {
    struct Term {
      std::size_t index = 0;
      std::int64_t coefficient = 0;
    };
    std::int64_t constant = 0;
    std::vector<Term> terms;  // each index once
    std::int64_t extent = 0;
    bool guards_b = false;  // it is b that is read outside, not a
  };

  /// Finished outputs: lane i is the output whose vector index is that much farther.
  struct Outputs {
    RegisterId value{};  // f32, of `lanes` lanes
    std::uint32_t lanes = 1;
    loops::Mask mask;                   // lanes that are outputs: AllLanes or FirstLanes
    loops::Address out;                 // where the plain store would go
    std::vector<loops::Address> extra;  // the same for each extra (buffer 0: to be set by the epilogue)
  };
  using Epilogue = std::function<void(LoopsBuilder& builder, const Outputs& outputs)>;

  std::string name;
  std::vector<Index> indices;
  std::vector<Border> borders;
  std::vector<loops::Buffer> buffers;  // of the kernels; a scratch buffer is appended
  BufferId out{}, a{}, b{};            // f32, places in `buffers`
  std::int64_t out_offset = 0;         // of the element where all indices are 0
  std::int64_t a_offset = 0;
  std::int64_t b_offset = 0;
  std::vector<std::int64_t> extra_offsets;
  bool accumulate = false;  // adds to what is in out; not with an epilogue
  Epilogue epilogue;        // stores itself; none: the plain store
};

/// The kernels of a contraction, to be run one after another. All have the buffers of the contraction and
/// then one of `scratch_elements` f32 that lives from the first to the last of them.
struct ContractionKernels {
  std::vector<Loops> phases;
  std::int64_t scratch_elements = 0;
  std::string choice;  // the schedule in words
  double cost = 0;     // estimated core cycles
};

ContractionKernels schedule_contraction(const Contraction& contraction, const Target& target);

}  // namespace dlc
