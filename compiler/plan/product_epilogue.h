#pragma once

#include <functional>
#include <map>
#include <vector>

#include "compiler/kernels/contraction/contraction.h"
#include "compiler/kernels/lower/nest.h"

namespace dlc {

/// The element-wise members of a contraction's kernel, computed where its results are finished.
class ProductEpilogue {
 public:
  /// A sum of indices that the members ask for: an element's place in a buffer, or an integer.
  struct Extra {
    std::vector<std::int64_t> strides;  // by index of the root
    std::int64_t offset = 0;
    std::optional<BufferId> buffer;  // none: the sum itself is wanted
    bool operator==(const Extra&) const = default;
  };

  ProductEpilogue(const KernelSource& source, const std::function<BufferId(ValueId)>& buffer_of);

  const std::vector<Extra>& extras() const { return extras_; }

  void write(LoopsBuilder& builder, const Contraction::Outputs& outputs) const;

 private:
  class Writing;

  std::size_t extra_of(Extra extra);
  void find_extras(std::size_t member, const std::function<BufferId(ValueId)>& buffer_of);

  const KernelSource& source_;
  std::vector<Extra> extras_;
  std::vector<std::map<std::size_t, std::size_t>> extra_of_expression_;  // by member: expression to extra
  std::vector<std::optional<BufferId>> results_;                         // by member: where it is stored
  std::map<ValueId, BufferId> keys_;                                     // of draws
};

}  // namespace dlc
